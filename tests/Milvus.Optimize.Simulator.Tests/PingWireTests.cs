using Grpc.Core;
using Grpc.Net.Client;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>GOAWAY too_many_pings as a client sees it: Lite says it, the other generations bear every ping.</summary>
public sealed class PingWireTests
{
    private static readonly byte[] Ping = RawConnection.Ping;

    [Fact]
    public async Task The_fourth_ping_at_once_is_answered_by_the_bytes_of_a_goaway_and_the_end()
    {
        await using var milvus = await RunningSimulator.Start("lite");
        using var raw = await RawConnection.To(milvus.Server.Address);
        await raw.Say([.. Ping, .. Ping, .. Ping]);
        Assert.True(await raw.HearsAnswers(3));
        await raw.Say(Ping);
        var heard = await raw.HearAll();
        byte[] goAway = [0, 0, 22, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xb, .. "too_many_pings"u8];
        Assert.Equal(goAway, heard[^goAway.Length..]);
        Assert.Equal(3, RawConnection.Answers(heard[..^goAway.Length]));
    }

    [Fact]
    public async Task A_frame_that_comes_in_pieces_is_one()
    {
        await using var milvus = await RunningSimulator.Start("lite");
        using var raw = await RawConnection.To(milvus.Server.Address);
        foreach (var piece in ((byte[])[.. Ping, .. Ping, .. Ping, .. Ping]).Chunk(5)) await raw.Say(piece);

        Assert.EndsWith("too_many_pings", System.Text.Encoding.ASCII.GetString(await raw.HearAll()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2.3", null)]
    [InlineData("g4", null)]
    [InlineData("lite", 0.0)]
    public async Task Others_answer_every_ping(string generation, double? leastSeconds)
    {
        await using var milvus = await RunningSimulator.Start(generation, more: options => options with { Settings = new() { LeastPingSeconds = leastSeconds } });
        using var raw = await RawConnection.To(milvus.Server.Address);
        for (var i = 0; i < 50; i++) await raw.Say(Ping);
        Assert.True(await raw.HearsAnswers(50));
    }

    [Theory]
    [InlineData(10, StatusCode.ResourceExhausted)]
    [InlineData(0.2, StatusCode.DeadlineExceeded)]
    public async Task A_client_that_pings_every_second_while_it_waits_loses_its_call(double leastSeconds, StatusCode status)
    {
        await using var milvus = await RunningSimulator.Start("lite", more: options => options with { Settings = new() { LeastPingSeconds = leastSeconds } });
        milvus.Control.ArmFault(new Hang("GetVersion"));
        using var channel = GrpcChannel.ForAddress(milvus.Server.Address, new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler { KeepAlivePingDelay = TimeSpan.FromSeconds(1), KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests },
        });
        var client = new MilvusService.MilvusServiceClient(channel);

        var lost = await Assert.ThrowsAsync<RpcException>(async () => await client.GetVersionAsync(new(), RunningSimulator.Within(status == StatusCode.ResourceExhausted ? 60 : 6)));

        Assert.Equal(status, lost.StatusCode);
        Assert.Equal(status == StatusCode.ResourceExhausted, lost.ToString().Contains("ENHANCE_YOUR_CALM", StringComparison.Ordinal));
        Assert.Equal("milvus_lite-3.2.2", (await client.GetVersionAsync(new(), RunningSimulator.Within(20))).Version);
    }

    [Fact]
    public async Task Pings_between_answers_are_borne_and_the_calls_are_answered()
    {
        await using var milvus = await RunningSimulator.Start("lite");
        for (var i = 0; i < 200; i++) Assert.Equal(0, (await milvus.Milvus.DescribeCollectionAsync(new() { CollectionName = "books" })).Status.Code);
    }
}
