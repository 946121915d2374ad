using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>"Completed" says that nothing executes. Only plans and segments say what became of it.</summary>
public sealed class EndOfCompactionTests
{
    [Theory, ShowsScenario("failed-plans")]
    [InlineData("g4", 0)]
    [InlineData("2.3", 1)]
    public async Task A_failed_plan_is_Completed_with_target_minus_one_and_its_sources_stay(string generation, long failedPlans)
    {
        await using var milvus = await RunningSimulator.Start(generation, "failed-plans");
        var trigger = await milvus.Compact();
        milvus.Pass(60);

        var state = await milvus.State(trigger.CompactionID);
        Assert.Equal((CompactionState.Completed, failedPlans, 0L), (state.State, state.FailedPlanNo, state.CompletedPlanNo));
        Assert.Equal(-1, (await milvus.Plans(trigger.CompactionID)).MergeInfos.Single().Target);
        Assert.Equal(6, (await milvus.Segments()).Count(segment => segment.State == SegmentState.Flushed));

        var again = await milvus.Compact();
        milvus.Pass(60);
        Assert.True(again.CompactionID > 0);
        Assert.Single(await milvus.Segments());
    }

    [Fact]
    public async Task After_a_restart_2_3_has_forgotten_the_compaction_and_merged_nothing()
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        var before = milvus.Books.Segments.Select(segment => segment.Id).Order().ToList();
        var trigger = await milvus.Compact();
        milvus.Pass(1);
        milvus.Control.Restart();

        var plans = await milvus.Plans(trigger.CompactionID);
        var state = await milvus.State(trigger.CompactionID);
        Assert.Equal((CompactionState.Completed, 0), (plans.State, plans.MergeInfos.Count));
        Assert.Equal((CompactionState.Completed, 0L, 0L), (state.State, state.ExecutingPlanNo, state.CompletedPlanNo));
        milvus.Pass(600);
        Assert.Equal(before, (await milvus.Segments()).Select(segment => segment.SegmentID).Order());
        Assert.True((await milvus.Plans((await milvus.Compact()).CompactionID)).MergeInfos.Count == 1);
    }

    [Fact]
    public async Task After_a_restart_g4_goes_on_with_the_plan_from_its_start()
    {
        await using var milvus = await RunningSimulator.Start();
        var trigger = await milvus.Compact();
        milvus.Pass(4);
        milvus.Control.Restart();

        milvus.Pass(2);
        Assert.Equal(CompactionState.Executing, (await milvus.State(trigger.CompactionID)).State);
        milvus.Pass(4);
        Assert.Equal(CompactionState.Completed, (await milvus.State(trigger.CompactionID)).State);
        Assert.Single(await milvus.Segments());
    }

    [Fact, ShowsScenario("forgotten-plans")]
    public async Task A_forgotten_plan_leaves_no_trace_but_its_sources()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "forgotten-plans");
        var trigger = await milvus.Compact();
        milvus.Pass(60);

        var plans = await milvus.Plans(trigger.CompactionID);
        Assert.Equal((CompactionState.Completed, 0), (plans.State, plans.MergeInfos.Count));
        Assert.Equal(6, (await milvus.Segments()).Count);
        Assert.DoesNotContain(milvus.Books.Segments, segment => segment.IsCompacting);
    }

    [Theory]
    [InlineData("g4", 12345L)]
    [InlineData("g4", 0L)]
    [InlineData("2.3", 12345L)]
    [InlineData("2.3", -5L)]
    public async Task An_unknown_id_is_Completed_without_plans(string generation, long id)
    {
        await using var milvus = await RunningSimulator.Start(generation);
        await milvus.Compact();

        Assert.Equal((CompactionState.Completed, 0), ((await milvus.Plans(id)).State, (await milvus.Plans(id)).MergeInfos.Count));
    }

    [Fact]
    public async Task On_2_3_id_0_is_the_sum_of_all_compactions()
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        await milvus.Compact("films");
        milvus.Pass(10);
        await milvus.Compact();

        var all = await milvus.State(0);
        Assert.Equal((CompactionState.Executing, 1L, 1L), (all.State, all.ExecutingPlanNo, all.CompletedPlanNo));
        Assert.Equal(2, (await milvus.Plans(0)).MergeInfos.Count);
    }

    [Fact]
    public async Task On_2_3_a_dropped_collection_fails_its_plan_a_while_later()
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        var trigger = await milvus.Compact();
        await milvus.Milvus.DropCollectionAsync(new() { CollectionName = "books" });

        Assert.Equal(CompactionState.Executing, (await milvus.State(trigger.CompactionID)).State);
        milvus.Pass(10);
        var state = await milvus.State(trigger.CompactionID);
        Assert.Equal((CompactionState.Completed, 1L), (state.State, state.FailedPlanNo));
    }

    [Fact, ShowsScenario("index-failure")]
    public async Task A_failed_index_build_is_told_with_its_segment()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "index-failure");
        await milvus.Compact();
        milvus.Pass(30);

        var index = await milvus.Index(await milvus.Timestamp());
        Assert.Equal(IndexState.Failed, index.State);
        Assert.Equal($"{milvus.Books.Segments.Single().Id}: out of memory on index node;", index.IndexStateFailReason);
        Assert.Equal(300_000, index.PendingIndexRows);
        milvus.Pass(600);
        Assert.Equal(6, (await milvus.Served()).Count);
    }

    [Fact, ShowsScenario("partition-key")]
    public async Task Plans_of_many_partitions_end_one_after_the_other_two_at_a_time()
    {
        await using var milvus = await RunningSimulator.Start("2.3", "partition-key");
        var trigger = await milvus.Compact();
        Assert.Equal((16L, 0L), ((await milvus.State(trigger.CompactionID)).ExecutingPlanNo, (await milvus.State(trigger.CompactionID)).CompletedPlanNo));

        milvus.Pass(9.9);
        Assert.Equal(16L, (await milvus.State(trigger.CompactionID)).ExecutingPlanNo);
        milvus.Pass(0.2);
        Assert.Equal((14L, 2L), ((await milvus.State(trigger.CompactionID)).ExecutingPlanNo, (await milvus.State(trigger.CompactionID)).CompletedPlanNo));
        milvus.Pass(70);
        Assert.Equal((0L, 16L), ((await milvus.State(trigger.CompactionID)).ExecutingPlanNo, (await milvus.State(trigger.CompactionID)).CompletedPlanNo));
        Assert.Equal(16, (await milvus.Segments()).Count);
    }
}
