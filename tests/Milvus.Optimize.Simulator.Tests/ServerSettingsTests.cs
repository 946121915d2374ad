using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>The switches of the server's configuration, as a client sees them.</summary>
public sealed class ServerSettingsTests
{
    [Fact]
    public async Task Compaction_disabled_refuses_all_three_calls_for_ever_and_calls_that_retriable()
    {
        await using var milvus = await Start("g4", new() { EnableCompaction = false });
        for (var i = 0; i < 3; i++)
        {
            var refused = await milvus.Compact();
            Assert.Equal((2, true, "compaction disabled: service unavailable"), (refused.Status.Code, refused.Status.Retriable, refused.Status.Reason));
        }

        Assert.Equal((2, 2), ((await milvus.State(1)).Status.Code, (await milvus.Plans(1)).Status.Code));
    }

    [Fact]
    public async Task Compaction_disabled_refuses_the_list_by_collection_too()
    {
        await using var milvus = await Start("g6", new() { EnableCompaction = false });
        Assert.Equal(2, (await milvus.Milvus.GetCompactionStateWithPlansAsync(new() { CollectionName = "books" })).Status.Code);
    }

    [Fact]
    public async Task Lite_has_no_such_setting()
    {
        await using var milvus = await Start("lite", new() { EnableCompaction = false });
        var (trigger, state) = (await milvus.Compact(), await milvus.State(1));
        Assert.Equal((0, 0L), (trigger.Status.Code, trigger.CompactionID));
        Assert.Equal((0, CompactionState.Completed), (state.Status.Code, state.State));
    }

    [Fact]
    public async Task The_segment_size_and_the_topology_decide_what_a_target_may_be()
    {
        await using var milvus = await Start("g4", new() { SegmentMaxSizeMb = 64, Topology = new() { QueryNodeMemoryBytes = [] } });
        milvus.Control.AddCollection(new CollectionSpec { Name = "wide", Segments = [new() { Rows = 1000, Bytes = 32L << 20, Count = 4 }] });

        Assert.Equal(1100, (await milvus.Compact("wide", 63)).Status.Code);
        // No query node is known, so auto only packs to the ordinary size: two and two.
        Assert.Equal(2, (await milvus.Compact("wide")).CompactionPlanCount);
    }

    [Fact]
    public async Task An_all_DiskANN_collection_has_a_larger_ordinary_size()
    {
        await using var milvus = await Start("g4", new());
        milvus.Control.AddCollection(new CollectionSpec { Name = "disk", Index = "DISKANN" });
        Assert.Equal((1100, 0), ((await milvus.Compact("disk", 2047)).Status.Code, (await milvus.Compact("disk", 2048)).Status.Code));
    }

    [Fact]
    public async Task Four_query_nodes_get_a_segment_each_where_the_data_is_enough()
    {
        var topology = new Topology { QueryNodeMemoryBytes = [64L << 30, 64L << 30, 64L << 30, 64L << 30], DataNodeMemoryBytes = [64L << 30], IsStandalone = false };
        await using var milvus = await Start("g4", new() { SegmentMaxSizeMb = 64, Topology = topology });
        milvus.Control.AddCollection(new CollectionSpec { Name = "wide", Segments = [new() { Rows = 5000, Bytes = 100L << 20, Count = 8 }] });
        milvus.Control.AddCollection(new CollectionSpec { Name = "doubled", Replicas = 2, Segments = [new() { Rows = 5000, Bytes = 100L << 20, Count = 8 }] });

        await milvus.Compact("wide");
        await milvus.Compact("doubled");
        milvus.Pass(120);

        Assert.Equal((4, 2), ((await milvus.Segments("wide")).Count, (await milvus.Segments("doubled")).Count));
        var replicas = (await milvus.Milvus.GetReplicasAsync(new() { CollectionName = "doubled" })).Replicas;
        Assert.Equal(["1 3", "2 4"], replicas.Select(replica => string.Join(' ', replica.NodeIds)));
    }

    [Theory]
    [InlineData("g4", "7 7")] // one full segment of 8 GB, rounded down, is less than two nodes
    [InlineData("g5", "8 6")] // two, rounded up, are enough
    [InlineData("g6", "8 6")]
    public async Task A_rest_counts_as_a_segment_for_a_node_from_g5_on(string generation, string sizes)
    {
        var topology = new Topology { QueryNodeMemoryBytes = [32L << 30, 32L << 30], DataNodeMemoryBytes = [32L << 30], IsStandalone = false };
        await using var milvus = await Start(generation, new() { Topology = topology });
        milvus.Control.AddCollection(new CollectionSpec { Name = "wide", Segments = [new() { Rows = 5000, Bytes = 1L << 30, Count = 14 }] });
        await milvus.Compact("wide", 8192);
        milvus.Pass(600);
        Assert.Equal(sizes, string.Join(' ', milvus.Control.Find("wide")!.Segments.Select(segment => segment.Bytes >> 30).OrderDescending()));
    }

    [Fact]
    public async Task The_record_of_a_plan_goes_from_its_start_and_the_first_plans_before_the_last_one_ends()
    {
        await using var milvus = await Start("g5", new() { DropToleranceSeconds = 3600, GcIntervalSeconds = 1800 }, o => o with
        {
            Scenario = "large",
            Timings = new ServerTimings { CompactionOverheadSeconds = 2000 },
        });
        var id = (await milvus.Compact()).CompactionID;
        milvus.Pass(2100);
        Assert.Equal(10, (await milvus.Plans(id)).MergeInfos.Count);

        milvus.Pass(3400); // The pass at 5400 s: the first plans ended at 2000 and 4000 s, and all of them were asked for at 0.

        var plans = await milvus.Plans(id);
        Assert.Equal(CompactionState.Executing, plans.State);
        Assert.InRange(plans.MergeInfos.Count, 5, 8);
        Assert.All(plans.MergeInfos, info => Assert.Equal(-1, info.Target));
    }

    [Fact]
    public async Task A_finished_plan_can_stay_counted_for_a_tick()
    {
        await using var milvus = await RunningSimulator.Start(more: o => o with { Timings = new() { CleanSeconds = 0.5 } });
        var id = (await milvus.Compact()).CompactionID;
        milvus.Pass(4);
        var seen = new HashSet<long>();
        for (var i = 0; i < 40; i++)
        {
            milvus.Pass(0.1);
            seen.Add((await milvus.State(id)).CompletedPlanNo);
        }

        Assert.Equal([0, 1], seen.Order());
        Assert.Equal(0, (await milvus.State(id)).CompletedPlanNo);
    }

    [Fact]
    public async Task Right_after_a_merge_every_other_list_of_segments_fails_with_600()
    {
        await using var milvus = await Start("g4", new() { SegmentLossSeconds = 3 });
        var source = milvus.Books.Segments.Select(segment => segment.Id).ToList();
        await milvus.Compact();
        while (milvus.Books.Segments.Count > 1) milvus.Pass(0.5);

        var request = new GetPersistentSegmentInfoRequest { CollectionName = "books" };
        var lost = (await milvus.Milvus.GetPersistentSegmentInfoAsync(request)).Status;
        Assert.Equal(600, lost.Code);
        Assert.Contains(source, id => lost.Reason == $"segment not found[segment={id}]");
        Assert.Equal(0, (await milvus.Milvus.GetPersistentSegmentInfoAsync(request)).Status.Code);
        Assert.Equal(600, (await milvus.Milvus.GetPersistentSegmentInfoAsync(request)).Status.Code);
        milvus.Pass(3);
        Assert.Equal(0, (await milvus.Milvus.GetPersistentSegmentInfoAsync(request)).Status.Code);
        Assert.Equal(0, (await milvus.Milvus.GetPersistentSegmentInfoAsync(request)).Status.Code);
    }

    [Fact]
    public async Task A_server_can_call_every_index_finished_while_nothing_is_built()
    {
        await using var milvus = await Start("g4", new() { IndexesLookFinished = true });
        await milvus.Compact();
        while (milvus.Books.Segments.Count > 1) milvus.Pass(0.5);

        Assert.False(milvus.Books.Segments.Single().IsIndexed);
        Assert.Equal(IndexState.Finished, (await milvus.Index(await milvus.Timestamp())).State);
    }

    [Fact]
    public async Task A_view_that_does_not_fit_beside_the_old_one_is_never_handed_over()
    {
        const long memory = 250L << 20; // 'books' has 150 MB: once it fits, twice it does not.
        await using var milvus = await Start("g4", new() { ChecksMemory = true, Topology = new() { QueryNodeMemoryBytes = [memory] } });
        milvus.Control.AddCollection(new CollectionSpec { Name = "big", Segments = [new() { Rows = 1000, Bytes = 300L << 20 }], Loaded = false });
        var old = milvus.Books.QuerySegmentIds;
        await milvus.Compact();
        milvus.Pass(600);
        await milvus.Milvus.LoadCollectionAsync(new() { CollectionName = "books", Refresh = true });
        milvus.Pass(600);

        Assert.Equal(old, (await milvus.Served()).Select(segment => segment.SegmentID));
        var progress = await milvus.Milvus.GetLoadingProgressAsync(new() { CollectionName = "books" });
        Assert.Equal((100, 0), (progress.Progress, progress.RefreshProgress));
        Assert.Equal(3, (await milvus.Milvus.LoadCollectionAsync(new() { CollectionName = "big" })).Code);
    }

    [Theory]
    [InlineData(5, 1)] // exactly: whatever the cut, two products are full and there is a rest, so there is no cut
    [InlineData(4, 2)] // greedily: 600 and 610 are full with hardly a rest
    public async Task Above_the_threshold_of_segments_a_force_merge_is_planned_greedily(int threshold, int plans)
    {
        await using var milvus = await Start("g4", new() { MaxFullSegmentThreshold = threshold });
        long[] megabytes = [600, 610, 300, 700, 210];
        milvus.Control.AddCollection(new CollectionSpec { Name = "uneven", Segments = [.. megabytes.Select(mb => new SegmentSpec { Rows = 1000, Bytes = mb << 20 })] });
        Assert.Equal(plans, (await milvus.Compact("uneven", 1200)).CompactionPlanCount);
    }

    [Theory]
    [InlineData("g1", null, 3)]
    [InlineData("g2", null, 3)]
    [InlineData("g3", null, 4)]
    [InlineData("g4", null, 4)]
    [InlineData("g4", 3.0, 3)]
    [InlineData("g4", 6.0, 6)]
    public async Task A_third_of_the_memory_was_safe_and_later_a_quarter(string generation, double? factor, int plans)
    {
        // Half of it on a standalone server: 24 GB allow segments of 4 GB, or of 3.
        await using var milvus = await Start(generation, new() { MemoryFactor = factor, Topology = new() { QueryNodeMemoryBytes = [24L << 30], DataNodeMemoryBytes = [24L << 30] } });
        milvus.Control.AddCollection(new CollectionSpec { Name = "wide", Segments = [new() { Rows = 1000, Bytes = 1L << 30, Count = 12 }] });
        Assert.Equal(plans, (await milvus.Compact("wide")).CompactionPlanCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task So_many_plans_run_at_once(int atOnce)
    {
        await using var milvus = await RunningSimulator.Start(scenario: "partition-key", more: o => o with { Timings = new() { CompactionOverheadSeconds = 10, PlansAtOnce = atOnce } });
        var id = (await milvus.Compact()).CompactionID;
        milvus.Pass(9);
        Assert.Equal(0, await Done());
        milvus.Pass(2);
        Assert.Equal(atOnce, await Done());
        milvus.Pass(10);
        Assert.Equal(2 * atOnce, await Done());

        async Task<int> Done() => (await milvus.Plans(id)).MergeInfos.Count(plan => plan.Target > 0);
    }

    [Theory]
    [InlineData("2.3", 9.9, 10.1)]
    [InlineData("g4", 4.4, 4.6)]
    public async Task On_2_3_the_end_of_a_plan_is_seen_at_the_next_of_its_looks(string generation, double before, double after)
    {
        await using var milvus = await RunningSimulator.Start(generation);
        var id = (await milvus.Compact()).CompactionID;
        milvus.Pass(before);
        Assert.Equal((CompactionState.Executing, 6), ((await milvus.State(id)).State, (await milvus.Segments()).Count));
        milvus.Pass(after - before);
        Assert.Equal((CompactionState.Completed, 1), ((await milvus.State(id)).State, (await milvus.Segments()).Count));
    }

    [Fact]
    public async Task On_2_3_a_call_for_all_collections_leaves_out_what_the_last_look_merged_until_its_index_is_built()
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        await milvus.Milvus.ManualCompactionAsync(new());
        milvus.Pass(10.1);
        Assert.Equal((0, 1, 2), (await Plans(0), await Plans(4), await Plans(20)));

        // One index after the other: of the two products that came at ten seconds none is built yet, then one, and much later both.
        async Task<int> Plans(double seconds)
        {
            milvus.Pass(seconds);
            return (await milvus.Plans((await milvus.Milvus.ManualCompactionAsync(new())).CompactionID)).MergeInfos.Count;
        }
    }

    private static Task<RunningSimulator> Start(string generation, ServerSettings settings, Func<SimulatorOptions, SimulatorOptions>? more = null) =>
        RunningSimulator.Start(generation, more: o => (more?.Invoke(o) ?? o) with { Settings = settings });
}
