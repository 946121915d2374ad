using Microsoft.Extensions.Time.Testing;
using Milvus.Optimize.Actors.Collections;
using Milvus.Optimize.Actors.Outbox;
using Milvus.Optimize.Actors.Supervision;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Actors.Tests.Supervision;

/// <summary>A process that stood still acts no more, whether its own thread or the one that wants to act notices first.</summary>
public sealed class SelfFenceTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _ends = [];

    [Fact]
    public void Beats_in_time_keep_it_open()
    {
        var fence = Fence();
        for (var i = 0; i < 100; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(4.9));
            Assert.Null(fence.Closed);
            fence.Beat();
        }

        Assert.Empty(_ends);
    }

    [Fact]
    public void A_late_beat_closes_it_for_ever_and_ends_the_process_once()
    {
        var fence = Fence();
        _time.Advance(TimeSpan.FromSeconds(5.1));
        fence.Beat();
        fence.Beat();
        Assert.Contains("stood still for 5.1 s", fence.Closed, StringComparison.Ordinal);
        Assert.Single(_ends);
    }

    [Fact]
    public async Task Whoever_acts_before_the_beat_is_held_back()
    {
        var fence = Fence();
        var permit = new SendPermit(_time, TimeSpan.FromMinutes(1), fence);
        using var reads = new ReadBudgets(50);
        var milvus = new ScriptedGateway();
        var gateway = new BudgetedGateway(milvus, reads, fence, OptimizeHost.Cluster, ReadTurn.First);
        _time.Advance(TimeSpan.FromSeconds(5.1));
        Assert.False(permit.TryUse());
        await Assert.ThrowsAsync<MilvusException>(() => gateway.RefreshLoadAsync(new("default", "books", 7), CancellationToken.None));
        await Assert.ThrowsAsync<MilvusException>(() => gateway.FlushAsync(new("default", "books", 7), CancellationToken.None));
        Assert.Single(_ends);
    }

    [Fact]
    public void Shut_out_it_closes_too()
    {
        var fence = Fence();
        fence.Close("downed");
        Assert.Equal("downed", fence.Closed);
        Assert.Equal(["downed"], _ends);
    }

    private SelfFence Fence()
    {
        var fence = new SelfFence(_time, TimeSpan.FromSeconds(5));
        fence.EndBy(_ends.Add);
        return fence;
    }
}
