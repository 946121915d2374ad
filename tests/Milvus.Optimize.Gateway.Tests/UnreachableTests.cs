using System.Net;
using System.Net.Sockets;
using System.Text;
using Grpc.Core;
using Milvus.Optimize.Core.Milvus;
using Xunit.Abstractions;

namespace Milvus.Optimize.Gateway.Tests;

public sealed class UnreachableTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task No_server()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var address = new Uri($"http://{free.LocalEndpoint}");
        free.Stop();
        var failure = await DescribeAsync(address);
        Assert.Equal((MilvusFailureKind.Transient, "UNAVAILABLE"), (failure.Kind, failure.GrpcStatus));
        Assert.Contains("no server answers at 127.0.0.1", failure.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_such_host()
    {
        var failure = await DescribeAsync(new Uri("http://no-such-host.invalid:19530"));
        Assert.Equal(MilvusFailureKind.Transient, failure.Kind);
        Assert.Contains("no-such-host.invalid:19530", failure.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task A_port_that_accepts_and_says_nothing(string scheme)
    {
        using var silent = Listen(_ => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System));
        var failure = await DescribeAsync(new Uri($"{scheme}://{silent.LocalEndpoint}"), o => o with { CallTimeout = TimeSpan.FromSeconds(1), ConnectTimeout = TimeSpan.FromSeconds(0.4) });
        Assert.Equal(MilvusFailureKind.Transient, failure.Kind);
        Assert.Contains("check", failure.Reason, StringComparison.Ordinal);
        var outcome = await TriggerAsync(new Uri($"{scheme}://{silent.LocalEndpoint}"));
        Assert.IsType<TriggerOutcome.NotSent>(outcome);
    }

    [Fact]
    public async Task A_port_that_closes_at_once()
    {
        using var closing = Listen(_ => Task.CompletedTask);
        var failure = await DescribeAsync(new Uri($"http://{closing.LocalEndpoint}"));
        Assert.Equal(MilvusFailureKind.Transient, failure.Kind);
        Assert.Contains("check", failure.Reason, StringComparison.Ordinal);
        Assert.IsType<TriggerOutcome.NotSent>(await TriggerAsync(new Uri($"http://{closing.LocalEndpoint}")));
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task A_server_of_HTTP_1(string scheme)
    {
        using var web = Listen(async stream =>
        {
            await stream.ReadAtLeastAsync(new byte[1024], 1);
            await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
        });
        var failure = await DescribeAsync(new Uri($"{scheme}://{web.LocalEndpoint}"));
        Assert.Contains(scheme == "http" ? "gRPC" : "TLS", failure.Reason, StringComparison.Ordinal);
        Assert.Contains("check", failure.Reason, StringComparison.OrdinalIgnoreCase);
        Assert.IsNotType<TriggerOutcome.Unknown>(await TriggerAsync(new Uri($"{scheme}://{web.LocalEndpoint}")));
    }

    [Fact]
    public async Task A_web_server_of_HTTP_2()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.On("Connect", (http, _) =>
        {
            http.Response.StatusCode = 404;
            http.Response.ContentType = "text/html";
            return Task.CompletedTask;
        });
        server.On("GetVersion", (http, _) =>
        {
            http.Response.StatusCode = 502;
            http.Response.ContentType = "text/html";
            return Task.CompletedTask;
        });
        var failure = await DescribeAsync(server.Address);
        Assert.Equal(MilvusFailureKind.Transient, failure.Kind);
        Assert.Contains("502", failure.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_token()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.Fail("Connect", StatusCode.Unauthenticated, "auth check failure, please check api key is correct");
        var failure = await DescribeAsync(server.Address, o => o with { Token = "s3cret" });
        Assert.Equal((MilvusFailureKind.Permanent, "UNAUTHENTICATED"), (failure.Kind, failure.GrpcStatus));
        Assert.Contains("check the token", failure.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", failure.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, server.Count("Connect"));
    }

    private async Task<MilvusFailure> DescribeAsync(Uri address, Func<MilvusConnectionOptions, MilvusConnectionOptions>? change = null)
    {
        await using var gateway = Gateways.To(address, change);
        var started = TimeProvider.System.GetTimestamp();
        var failure = await Gateways.FailureOf(() => gateway.DescribeServerAsync("default", default));
        output.WriteLine($"{failure.Kind}: {failure}");
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, Bound);
        return failure;
    }

    private async Task<TriggerOutcome> TriggerAsync(Uri address)
    {
        await using var gateway = Gateways.To(address, o => o with { ConnectTimeout = TimeSpan.FromSeconds(0.4) });
        var permit = new CountingPermit();
        var outcome = await gateway.TriggerForceMergeAsync(Gateways.Trigger(), permit, default);
        output.WriteLine(outcome.ToString());
        Assert.Equal(0, permit.Asked);
        return outcome;
    }

    private static TcpListener Listen(Func<NetworkStream, Task> serve)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        // Kept, or the collector closes the connection of a server that waits for nothing.
        var clients = new List<TcpClient>();
        _ = AcceptAsync();
        return listener;

        async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    clients.Add(await listener.AcceptTcpClientAsync());
                    _ = ServeAsync(clients[^1]);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        async Task ServeAsync(TcpClient client)
        {
            using (client)
            {
                try
                {
                    await serve(client.GetStream());
                }
                catch (IOException)
                {
                    // The client closed first.
                }
            }
        }
    }
}
