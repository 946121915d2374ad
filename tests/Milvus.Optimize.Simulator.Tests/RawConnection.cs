using System.Net;
using System.Net.Sockets;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>A TCP connection that has said what a client says first, and no more.</summary>
internal sealed class RawConnection(Socket socket) : IDisposable
{
    public static readonly byte[] Ping = [0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];

    private readonly List<byte> _heard = [];

    public static async Task<RawConnection> To(Uri address)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, address.Port);
        var raw = new RawConnection(socket);
        await raw.Say([.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0]);
        return raw;
    }

    public async Task Say(byte[] bytes) => await socket.SendAsync(bytes);

    /// <summary>Everything until the server ends the connection.</summary>
    public async Task<byte[]> HearAll()
    {
        while (await Hear() > 0)
        {
        }

        return [.. _heard];
    }

    /// <summary>Whether so many pings are answered, before the server ends the connection.</summary>
    public async Task<bool> HearsAnswers(int count)
    {
        while (Answers([.. _heard]) < count)
            if (await Hear() == 0) return false;
        return true;
    }

    public static int Answers(byte[] heard)
    {
        var answers = 0;
        for (var at = 0; at + 9 <= heard.Length; at += 9 + (heard[at] << 16 | heard[at + 1] << 8 | heard[at + 2]))
            if (heard[at + 3] == 6 && heard[at + 4] == 1) answers++;
        return answers;
    }

    public void Dispose() => socket.Dispose();

    private async Task<int> Hear()
    {
        using var bound = new CancellationTokenSource(RunningSimulator.Bound);
        var bytes = new byte[4096];
        var count = await socket.ReceiveAsync(bytes, bound.Token);
        _heard.AddRange(bytes.AsSpan(0, count));
        return count;
    }
}
