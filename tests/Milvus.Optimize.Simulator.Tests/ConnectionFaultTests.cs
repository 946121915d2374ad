using Grpc.Core;
using Grpc.Net.Client;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>Faults below the call: what happens to the connection.</summary>
public sealed class ConnectionFaultTests
{
    [Fact]
    public async Task After_GOAWAY_the_call_is_answered_and_the_next_one_takes_another_connection()
    {
        await using var milvus = await RunningSimulator.Start();
        await Flush(milvus);
        milvus.Control.ArmFault(new GoAway("Flush"));
        await Flush(milvus);
        await Flush(milvus);
        await Flush(milvus);

        var peers = milvus.Control.Log.Where(entry => entry.Rpc == "Flush").Select(entry => entry.Peer).ToList();
        Assert.Equal((peers[0], peers[2]), (peers[1], peers[3]));
        Assert.NotEqual(peers[1], peers[2]);
    }

    [Fact]
    public async Task A_silent_connection_is_accepted_and_a_call_on_it_hangs_until_its_deadline()
    {
        await using var milvus = await RunningSimulator.Start();
        milvus.Control.ArmFault(new SilentConnection());
        using var channel = GrpcChannel.ForAddress(milvus.Server.Address);
        var client = new MilvusService.MilvusServiceClient(channel);

        var error = await Assert.ThrowsAsync<RpcException>(async () => await client.GetVersionAsync(new(), RunningSimulator.Within(2)));
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);

        using var other = GrpcChannel.ForAddress(milvus.Server.Address);
        var answer = await new MilvusService.MilvusServiceClient(other).GetVersionAsync(new(), RunningSimulator.Within(20));
        Assert.Equal("2.6.17", answer.Version);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_a_silent_connection()
    {
        var milvus = await RunningSimulator.Start();
        milvus.Control.ArmFault(new SilentConnection());
        using var channel = GrpcChannel.ForAddress(milvus.Server.Address);
        var call = new MilvusService.MilvusServiceClient(channel).GetVersionAsync(new(), RunningSimulator.Within(20)).ResponseAsync;
        await FaultTests.Until(() => !milvus.Control.HasFaults);

        await milvus.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<RpcException>(() => call);
    }

    [Fact]
    public async Task Cut_connections_end_the_calls_on_them_and_the_next_call_connects_again()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "hang");
        var call = milvus.Compact();
        await FaultTests.Until(() => milvus.Triggers.Any());

        milvus.Control.CutConnections();

        var error = await Assert.ThrowsAsync<RpcException>(() => call.WaitAsync(RunningSimulator.Bound));
        Assert.True(error.StatusCode is StatusCode.Unavailable or StatusCode.Internal, error.Message);
        Assert.True((await milvus.Compact()).CompactionID > 0);
    }

    [Fact]
    public async Task The_rate_limit_is_code_8_and_says_so_in_the_legacy_field()
    {
        await using var milvus = await RunningSimulator.Start();
        milvus.Control.ArmFault(new RateLimited("ManualCompaction"));
        var status = (await milvus.Compact()).Status;
#pragma warning disable CS0612 // The legacy field is what is compared.
        Assert.Equal((8, true, ErrorCode.RateLimit), (status.Code, status.Retriable, status.ErrorCode));
#pragma warning restore CS0612
        Assert.True((await milvus.Compact()).CompactionID > 0);
    }

    private static async Task Flush(RunningSimulator milvus) => await milvus.Milvus.FlushAsync(new() { CollectionNames = { "books" } });
}
