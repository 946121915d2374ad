using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>Faults in what the server does after it has answered.</summary>
public sealed class ServersWorkFaultTests
{
    [Fact]
    public async Task A_plan_that_cannot_be_queued_is_missing_without_a_word()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "two-shards");
        milvus.Control.ArmFault(new EnqueueFailed { Collection = "books" });
        var trigger = await milvus.Compact();
        Assert.Equal((0, 1), (trigger.Status.Code, trigger.CompactionPlanCount));

        milvus.Control.ArmFault(new EnqueueFailed { Collection = "films", Count = 2 });
        Assert.Equal(-1, (await milvus.Compact("films")).CompactionID);
    }

    [Fact]
    public async Task A_plan_that_is_retried_stays_executing_for_twice_as_long()
    {
        await using var milvus = await RunningSimulator.Start(more: o => o with { Timings = new() { CompactionOverheadSeconds = 100 } });
        milvus.Control.ArmFault(new PlanRetried());
        var id = (await milvus.Compact()).CompactionID;
        milvus.Pass(150);
        Assert.Equal((CompactionState.Executing, 1), ((await milvus.State(id)).State, (await milvus.State(id)).ExecutingPlanNo));
        milvus.Pass(100);
        Assert.Equal(CompactionState.Completed, (await milvus.State(id)).State);
        Assert.Single(await milvus.Segments());
    }

    [Fact]
    public async Task A_merge_whose_record_is_lost_happened_all_the_same()
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        milvus.Control.ArmFault(new MetadataLost());
        var id = (await milvus.Compact()).CompactionID;
        milvus.Pass(30);

        var state = await milvus.State(id);
        Assert.Equal((CompactionState.Completed, 0), (state.State, state.CompletedPlanNo));
        Assert.Empty((await milvus.Plans(id)).MergeInfos);
        Assert.Single(await milvus.Segments());
    }
}
