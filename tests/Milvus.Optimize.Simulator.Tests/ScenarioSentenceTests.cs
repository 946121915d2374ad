using Grpc.Core;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>Scenarios whose sentence no other test shows, seen by a plain client.</summary>
public sealed class ScenarioSentenceTests
{
    [Fact, ShowsScenario("pleasant")]
    public async Task In_the_pleasant_one_nothing_goes_wrong()
    {
        await using var milvus = await RunningSimulator.Start();
        Assert.Equal((6, 4, 0), ((await milvus.Segments()).Count, (await milvus.Segments("films")).Count, (await milvus.Segments("empty")).Count));
        Assert.Equal(6, (await milvus.Segments("library")).Count);
        var id = (await milvus.Compact()).CompactionID;
        milvus.Pass(60);
        Assert.Equal((CompactionState.Completed, 0), ((await milvus.State(id)).State, (await milvus.State(id)).FailedPlanNo));
        Assert.Equal(300_000, Assert.Single(await milvus.Segments()).NumRows);
        Assert.Equal((await milvus.Segments()).Select(segment => segment.SegmentID), (await milvus.Served()).Select(segment => segment.SegmentID));
    }

    [Fact, ShowsScenario("connection-cut")]
    public async Task A_cut_connection_ends_the_first_compaction_that_was_carried_out()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "connection-cut");
        var cut = await Assert.ThrowsAsync<RpcException>(() => milvus.Compact());
        // A client tells a cut connection by the one or the other.
        Assert.Contains(cut.StatusCode, (StatusCode[])[StatusCode.Unavailable, StatusCode.Internal]);
        Assert.Equal(-1, (await milvus.Compact()).CompactionID);
        milvus.Pass(30);
        Assert.Equal(300_000, Assert.Single(await milvus.Segments()).NumRows);
        var peers = milvus.Triggers.Select(line => line.Peer).ToList();
        Assert.NotEqual(peers[0], peers[1]);
    }

    [Fact, ShowsScenario("go-away")]
    public async Task GOAWAY_follows_a_compaction_that_is_answered()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "go-away");
        Assert.True((await milvus.Compact()).CompactionID > 0);
        Assert.True((await milvus.Compact("films")).CompactionID > 0);
        milvus.Pass(30);
        Assert.Single(await milvus.Segments());
        var peers = milvus.Triggers.Select(line => line.Peer).ToList();
        Assert.NotEqual(peers[0], peers[1]);
    }

    [Fact, ShowsScenario("enqueue-fails")]
    public async Task One_of_two_plans_is_missing_without_a_word()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "enqueue-fails");
        var trigger = await milvus.Compact();
        Assert.Equal((0, "", 1), (trigger.Status.Code, trigger.Status.Reason, trigger.CompactionPlanCount));
        milvus.Pass(30);
        var state = await milvus.State(trigger.CompactionID);
        Assert.Equal((CompactionState.Completed, 0), (state.State, state.FailedPlanNo));
        Assert.Equal([50_000, 50_000, 50_000, 150_000], (await milvus.Segments()).Select(segment => segment.NumRows).Order());
    }

    [Fact, ShowsScenario("retried-plan")]
    public async Task A_plan_whose_worker_is_lost_takes_twice_as_long()
    {
        await using var retried = await RunningSimulator.Start(scenario: "retried-plan");
        await using var smooth = await RunningSimulator.Start();
        var took = new List<double>();
        foreach (var milvus in (RunningSimulator[])[smooth, retried])
        {
            var id = (await milvus.Compact()).CompactionID;
            var seconds = 0.0;
            for (; seconds < 60 && (await milvus.State(id)).State == CompactionState.Executing; seconds += 0.5) milvus.Pass(0.5);
            took.Add(seconds);
            Assert.Single(await milvus.Segments());
        }

        Assert.InRange(took[1], (2 * took[0]) - 1, (2 * took[0]) + 1);
    }

    [Theory, ShowsScenario("metadata-lost")]
    [InlineData("g4")]
    [InlineData("2.3")]
    public async Task A_merge_whose_record_is_lost_is_told_by_the_segments_alone(string generation)
    {
        await using var milvus = await RunningSimulator.Start(generation, "metadata-lost");
        var id = (await milvus.Compact()).CompactionID;
        Assert.Single((await milvus.Plans(id)).MergeInfos);
        milvus.Pass(60);
        var state = await milvus.State(id);
        Assert.Equal((CompactionState.Completed, 0, 0, 0), (state.State, state.ExecutingPlanNo, state.CompletedPlanNo, state.FailedPlanNo));
        Assert.Empty((await milvus.Plans(id)).MergeInfos);
        Assert.Equal(300_000, Assert.Single(await milvus.Segments()).NumRows);
    }

    [Fact, ShowsScenario("indexes-look-finished")]
    public async Task Every_index_is_called_finished_while_it_is_built()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "indexes-look-finished");
        await milvus.Compact();
        milvus.Pass(10);
        Assert.Single(await milvus.Segments());
        var index = await milvus.Index(await milvus.Timestamp());
        Assert.Equal((IndexState.Finished, 300_000, 0), (index.State, index.IndexedRows, index.PendingIndexRows));
        // It takes two minutes, and only then the query nodes take the product over.
        milvus.Pass(100);
        Assert.Equal(6, (await milvus.Served()).Count);
        milvus.Pass(60);
        Assert.Single(await milvus.Served());
    }

    [Fact, ShowsScenario("scalar-index")]
    public async Task Of_two_indexes_the_scalar_one_is_finished_last()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "scalar-index");
        await milvus.Compact();
        milvus.Pass(75);
        Assert.Equal([("v", IndexState.Finished), ("year", IndexState.InProgress)], await States());
        milvus.Pass(75);
        Assert.Equal([("v", IndexState.Finished), ("year", IndexState.Finished)], await States());

        async Task<IEnumerable<(string, IndexState)>> States() =>
            (await milvus.Milvus.DescribeIndexAsync(new() { CollectionName = "books", Timestamp = await milvus.Timestamp() })).IndexDescriptions.Select(one => (one.FieldName, one.State)).Order();
    }

    [Fact, ShowsScenario("segments-drop")]
    public async Task For_ten_seconds_after_a_merge_every_other_list_of_segments_fails()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "segments-drop");
        var id = (await milvus.Compact()).CompactionID;
        while ((await milvus.State(id)).State == CompactionState.Executing) milvus.Pass(0.5);
        var codes = new List<int>();
        for (var i = 0; i < 12; i++)
        {
            codes.Add((await milvus.Milvus.GetPersistentSegmentInfoAsync(new() { CollectionName = "books" })).Status.Code);
            milvus.Pass(i < 6 ? 1 : 2);
        }

        Assert.Equal([600, 0, 600, 0, 600, 0, 600, 0, 0, 0, 0, 0], codes);
    }

    [Fact, ShowsScenario("replicas")]
    public async Task Two_replicas_are_on_a_node_each()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "replicas");
        var replicas = (await milvus.Milvus.GetReplicasAsync(new() { CollectionName = "books" })).Replicas;
        Assert.Equal(2, replicas.Count);
        Assert.Equal(2, replicas.SelectMany(replica => replica.NodeIds).Distinct().Count());
        Assert.All(replicas, replica => Assert.Single(replica.NodeIds));
        Assert.All(await milvus.Served(), segment => Assert.Equal(2, segment.NodeIds.Distinct().Count()));
    }

    [Fact, ShowsScenario("memory-short")]
    public async Task Nodes_that_hold_books_once_never_take_over_a_merged_view()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "memory-short");
        var old = (await milvus.Served()).Select(segment => segment.SegmentID).ToList();
        await milvus.Compact();
        milvus.Pass(600);
        Assert.Single(await milvus.Segments());
        Assert.Equal(0, (await milvus.Milvus.LoadCollectionAsync(new() { CollectionName = "books", Refresh = true })).Code);
        milvus.Pass(3600);
        var progress = await milvus.Milvus.GetLoadingProgressAsync(new() { CollectionName = "books" });
        Assert.NotEqual(100, progress.RefreshProgress);
        Assert.Equal(6, old.Count);
        Assert.Equal(old, (await milvus.Served()).Select(segment => segment.SegmentID));
    }

    [Fact, ShowsScenario("slow")]
    public async Task A_merge_takes_ten_minutes_and_its_index_three()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "slow");
        var id = (await milvus.Compact()).CompactionID;
        milvus.Pass(595);
        Assert.Equal(CompactionState.Executing, (await milvus.State(id)).State);
        milvus.Pass(10);
        Assert.Equal(CompactionState.Completed, (await milvus.State(id)).State);
        milvus.Pass(165);
        Assert.Equal(IndexState.InProgress, (await milvus.Index(await milvus.Timestamp())).State);
        milvus.Pass(20);
        Assert.Equal(IndexState.Finished, (await milvus.Index(await milvus.Timestamp())).State);
    }

    [Fact, ShowsScenario("large")]
    public async Task Forty_segments_become_ten_plans_two_at_a_time()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "large");
        var trigger = await milvus.Compact();
        Assert.Equal(10, trigger.CompactionPlanCount);
        Assert.All((await milvus.Plans(trigger.CompactionID)).MergeInfos, plan => Assert.Equal(4, plan.Sources.Count));
        var counts = new List<int>();
        for (var i = 0; i < 400; i++)
        {
            milvus.Pass(1);
            var done = (await milvus.Plans(trigger.CompactionID)).MergeInfos.Count(plan => plan.Target > 0);
            if (counts.Count == 0 || counts[^1] != done) counts.Add(done);
        }

        Assert.Equal([0, 2, 4, 6, 8, 10], counts);
    }

    [Fact, ShowsScenario("denied")]
    public async Task Without_a_password_nothing_is_answered_and_the_viewer_may_not_compact()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "denied");
        Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(() => milvus.Compact())).StatusCode);
        var request = new ManualCompactionRequest { CollectionName = "books", TargetSize = RunningSimulator.Auto };
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await milvus.Milvus.ManualCompactionAsync(request, As("viewer:viewer")));
        Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
        Assert.Equal(LoadState.Loaded, (await milvus.Milvus.GetLoadStateAsync(new() { CollectionName = "books" }, As("viewer:viewer"))).State);
        Assert.True((await milvus.Milvus.ManualCompactionAsync(request, As("root:Milvus"))).CompactionID > 0);
    }

    private static Metadata As(string user) => new() { { "authorization", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(user)) } };
}
