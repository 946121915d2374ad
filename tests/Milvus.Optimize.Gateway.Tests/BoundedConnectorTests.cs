using System.Net;
using System.Net.Sockets;

namespace Milvus.Optimize.Gateway.Tests;

public sealed class BoundedConnectorTests
{
    [Fact]
    public async Task The_kernel_gives_unacknowledged_bytes_up_and_the_end_is_a_reset()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var connector = new BoundedConnector(TimeSpan.FromSeconds(7), onlyOnce: true);
        NetworkStream? ours = null;
        using var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (context, token) => ours = (NetworkStream)await connector.ConnectAsync(context, token),
        });
        var request = http.GetAsync(new Uri($"http://{listener.LocalEndpoint}"));
        using var theirs = await listener.AcceptTcpClientAsync();
        await theirs.GetStream().ReadAtLeastAsync(new byte[16], 16);
        if (OperatingSystem.IsLinux())
        {
            var milliseconds = new byte[sizeof(int)];
            ours!.Socket.GetRawSocketOption(6, 18, milliseconds);
            Assert.Equal(7000, BitConverter.ToInt32(milliseconds));
        }
        connector.Dispose();
        var ended = await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (await theirs.GetStream().ReadAsync(new byte[64].AsMemory()) > 0) { }
        });
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(ended.InnerException).SocketErrorCode);
        await Assert.ThrowsAnyAsync<Exception>(() => request);
    }

    [Fact]
    public async Task A_second_connection_is_refused()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var connector = new BoundedConnector(TimeSpan.FromSeconds(7), onlyOnce: true);
        using var http = new HttpClient(new SocketsHttpHandler { ConnectCallback = connector.ConnectAsync });
        var address = new Uri($"http://{listener.LocalEndpoint}");
        var first = http.GetAsync(address);
        using (await listener.AcceptTcpClientAsync())
        {
            var second = await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(address));
            Assert.Contains("may not move", second.ToString(), StringComparison.Ordinal);
        }
        await Assert.ThrowsAnyAsync<Exception>(() => first);
    }
}
