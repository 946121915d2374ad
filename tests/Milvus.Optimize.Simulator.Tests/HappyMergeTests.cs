using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>One whole merge as a client sees it, in the order of the recorded run (full-run.jsonl).</summary>
public sealed class HappyMergeTests
{
    [Theory]
    [InlineData("g4", 1, 0)]
    [InlineData("2.3", 0, 1)]
    public async Task A_merge_runs_from_the_trigger_to_completed(string generation, int planCount, long completedPlans)
    {
        await using var milvus = await RunningSimulator.Start(generation);
        var sources = milvus.Books.Segments.Select(segment => segment.Id).Order().ToList();

        var trigger = await milvus.Compact();
        Assert.Equal(0, trigger.Status.Code);
        Assert.True(trigger.CompactionID > 470_000_000_000_000_000);
        Assert.Equal(planCount, trigger.CompactionPlanCount);

        var running = await milvus.State(trigger.CompactionID);
        Assert.Equal((CompactionState.Executing, 1L, 0L), (running.State, running.ExecutingPlanNo, running.CompletedPlanNo));
        var plan = Assert.Single((await milvus.Plans(trigger.CompactionID)).MergeInfos);
        Assert.Equal(sources, plan.Sources.Order());
        Assert.Equal(-1, plan.Target);

        milvus.Pass(11);
        var ended = await milvus.State(trigger.CompactionID);
        Assert.Equal((CompactionState.Completed, 0L, completedPlans, 0L), (ended.State, ended.ExecutingPlanNo, ended.CompletedPlanNo, ended.FailedPlanNo));
        var target = Assert.Single((await milvus.Plans(trigger.CompactionID)).MergeInfos).Target;
        var merged = Assert.Single(await milvus.Segments());
        Assert.Equal((target, 300_000L), (merged.SegmentID, merged.NumRows));
    }

    [Theory]
    [InlineData("g4")]
    [InlineData("2.3")]
    public async Task Timestamp_0_says_Finished_while_nothing_is_built(string generation)
    {
        await using var milvus = await RunningSimulator.Start(generation);
        var early = await milvus.Timestamp();
        await milvus.Compact();
        while ((await milvus.Segments()).Count > 1) milvus.Pass(0.5);

        var trapped = await milvus.Index(timestamp: 0);
        Assert.Equal((IndexState.Finished, 300_000L, 300_000L, 300_000L), (trapped.State, trapped.TotalRows, trapped.IndexedRows, trapped.PendingIndexRows));
        Assert.Equal(IndexState.Finished, (await milvus.Index(early)).State);
        Assert.Equal(IndexState.InProgress, (await milvus.Index(await milvus.Timestamp())).State);

        milvus.Pass(10);
        var built = await milvus.Index(await milvus.Timestamp());
        Assert.Equal((IndexState.Finished, 0L), (built.State, built.PendingIndexRows));
    }
}
