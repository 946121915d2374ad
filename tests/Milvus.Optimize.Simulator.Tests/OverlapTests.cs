using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>Busy segments are skipped in silence; there is no error for it in any generation.</summary>
public sealed class OverlapTests
{
    [Fact]
    public async Task A_second_trigger_while_the_first_runs_gets_minus_one()
    {
        await using var milvus = await RunningSimulator.Start();
        var first = await milvus.Compact();

        var second = await milvus.Compact();

        Assert.Equal((0, -1L, 0), (second.Status.Code, second.CompactionID, second.CompactionPlanCount));
        Assert.Equal(CompactionState.Completed, (await milvus.State(-1)).State);
        Assert.Equal(CompactionState.Executing, (await milvus.State(first.CompactionID)).State);
        Assert.Equal([0, 1], milvus.Triggers.Select(entry => entry.Overlaps));
    }

    [Fact]
    public async Task On_2_3_a_second_trigger_gets_a_positive_id_that_is_Completed_at_once()
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        await milvus.Compact();

        var second = await milvus.Compact();

        Assert.True(second.CompactionID > 0);
        var plans = await milvus.Plans(second.CompactionID);
        Assert.Equal((CompactionState.Completed, 0), (plans.State, plans.MergeInfos.Count));
    }

    [Fact, ShowsScenario("busy")]
    public async Task Somebody_elses_compaction_keeps_every_segment_busy_for_a_minute()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "busy");
        Assert.Equal(-1, (await milvus.Compact()).CompactionID);
        Assert.Equal(0, milvus.Triggers.Single().Overlaps);

        milvus.Pass(61);

        Assert.Single(await milvus.Segments());
        Assert.True((await milvus.Compact()).CompactionID > 0);
    }

    [Fact, ShowsScenario("half-busy")]
    public async Task Half_of_the_segments_busy_means_half_of_a_merge_without_a_word()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "half-busy");

        var trigger = await milvus.Compact();

        Assert.Equal(1, trigger.CompactionPlanCount);
        Assert.Equal(3, (await milvus.Plans(trigger.CompactionID)).MergeInfos.Single().Sources.Count);
    }

    [Fact, ShowsScenario("unsorted")]
    public async Task Unsorted_segments_are_left_out_by_g4_and_taken_by_g3()
    {
        await using var newer = await RunningSimulator.Start("g4", "unsorted");
        await using var older = await RunningSimulator.Start("g3", "unsorted");

        var left = await newer.Plans((await newer.Compact()).CompactionID);
        var all = await older.Plans((await older.Compact()).CompactionID);

        Assert.Equal((3, 6), (left.MergeInfos.Single().Sources.Count, all.MergeInfos.Single().Sources.Count));
    }
}
