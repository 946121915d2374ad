using System.Net;
using System.Net.Sockets;

namespace Milvus.Optimize.Storage.Tests;

/// <summary>
/// Ports for servers that a test starts. They lie below the range from which the kernel takes the ports of outgoing connections (32768 and up): there any
/// connection made between the look and the server's start, or while a killed server is down, may sit on the port, and the server ends with "address in use".
/// </summary>
internal static class FreePorts
{
    private const int First = 12000;
    private const int Last = 32000;

    public static int Next() => Row(1);

    public static int[] Some(int count)
    {
        var first = Row(count);
        return [.. Enumerable.Range(first, count)];
    }

    /// <summary>The first of <paramref name="count"/> free ports in a row.</summary>
    public static int Row(int count)
    {
        for (var tries = 0; tries < 1000; tries++)
        {
            var first = Random.Shared.Next(First, Last - count);
            if (Enumerable.Range(first, count).All(IsFree)) return first;
        }

        throw new InvalidOperationException($"no {count} free ports in a row between {First} and {Last}");
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
