using System.Net.Sockets;

namespace Milvus.Optimize.Gateway;

/// <summary>Opens TCP connections that do not deliver late: the kernel gives up sent bytes that stay unacknowledged.</summary>
/// <param name="onlyOnce">Refuses a second connection, and closes the first one with RST when disposed, so that nothing is sent from a queue later.</param>
internal sealed class BoundedConnector(TimeSpan userTimeout, bool onlyOnce) : IDisposable
{
    private const int IpProtocolTcp = 6;
    private const int TcpUserTimeout = 18;
    private Socket? _only;
    private int _opened;

    /// <summary>Fits <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        if (onlyOnce && Interlocked.Exchange(ref _opened, 1) == 1)
            throw new IOException("the connection that was shown to be up is gone, and this call may not move to another one");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (OperatingSystem.IsLinux()) Bound(socket);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
            if (onlyOnce) socket.LingerState = new LingerOption(true, 0);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        if (onlyOnce) _only = socket;
        return new NetworkStream(socket, ownsSocket: true);
    }

    public void Dispose() => _only?.Dispose();

    // There is no named option for it: level 6 is TCP, 18 is TCP_USER_TIMEOUT of tcp(7), its value an int of milliseconds.
    private void Bound(Socket socket)
    {
        Span<byte> milliseconds = stackalloc byte[sizeof(int)];
        BitConverter.TryWriteBytes(milliseconds, (int)userTimeout.TotalMilliseconds);
        socket.SetRawSocketOption(IpProtocolTcp, TcpUserTimeout, milliseconds);
    }
}
