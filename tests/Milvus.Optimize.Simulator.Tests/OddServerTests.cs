using Grpc.Core;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>Scenarios of servers that are older, newer or odder than most, and what is still under way at the end of a merge.</summary>
public sealed class OddServerTests
{
    [Theory, ShowsScenario("executing-for-ever")]
    [InlineData("g0")]
    [InlineData("2.3")]
    public async Task A_compaction_that_is_unknown_or_forgotten_executes_for_ever(string generation)
    {
        await using var milvus = await RunningSimulator.Start(generation, "executing-for-ever");
        var id = (await milvus.Compact()).CompactionID;
        milvus.Pass(86_400);
        Assert.Single(await milvus.Segments());
        foreach (var asked in (long[])[id, 4711, -1])
        {
            var state = await milvus.State(asked);
            Assert.Equal((CompactionState.Executing, 0, 0), (state.State, state.ExecutingPlanNo, state.CompletedPlanNo));
            Assert.Equal((CompactionState.Executing, 0), ((await milvus.Plans(asked)).State, (await milvus.Plans(asked)).MergeInfos.Count));
        }
    }

    [Fact]
    public async Task A_list_by_collection_without_plans_is_of_no_unknown_compaction()
    {
        await using var milvus = await RunningSimulator.Start("g6", "executing-for-ever");
        Assert.Equal(CompactionState.Completed, (await milvus.Milvus.GetCompactionStateWithPlansAsync(new() { CollectionName = "books" })).State);
    }

    [Fact]
    public async Task Lite_calls_everything_completed_all_the_same()
    {
        await using var milvus = await RunningSimulator.Start("lite", "executing-for-ever");
        Assert.Equal(CompactionState.Completed, (await milvus.State(4711)).State);
    }

    [Fact, ShowsScenario("refresh-looks-done")]
    public async Task A_refresh_is_called_done_while_the_old_segments_are_served()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "refresh-looks-done");
        await milvus.Compact();
        milvus.Pass(20);
        Assert.Equal(IndexState.Finished, (await milvus.Index(await milvus.Timestamp())).State);
        await milvus.Milvus.LoadCollectionAsync(new() { CollectionName = "books", Refresh = true });
        var progress = await milvus.Milvus.GetLoadingProgressAsync(new() { CollectionName = "books" });
        Assert.Equal((100, 100, 6), (progress.Progress, progress.RefreshProgress, (await milvus.Served()).Count));
        milvus.Pass(70);
        Assert.Single(await milvus.Served());
    }

    [Fact, ShowsScenario("header-ignored")]
    public async Task A_compaction_in_another_database_by_its_header_alone_is_one_of_the_namesake_in_default()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "header-ignored");
        var archive = new Metadata { { "dbname", "archive" } };
        Assert.Equal(0, (await milvus.Milvus.ManualCompactionAsync(new() { CollectionName = "books", TargetSize = RunningSimulator.Auto }, archive)).Status.Code);
        Assert.Equal(["default/books"], milvus.Triggers.Single().TouchedUnnamed);
        Assert.Equal(100, (await milvus.Milvus.ManualCompactionAsync(new() { CollectionName = "nowhere" }, archive)).Status.Code);
        milvus.Pass(30);
        Assert.Equal((1, 6), (milvus.Books.Segments.Count, milvus.Control.Find("books", "archive")!.Segments.Count));

        await milvus.Milvus.ManualCompactionAsync(new() { CollectionName = "books", DbName = "archive", TargetSize = RunningSimulator.Auto }, archive);
        milvus.Pass(30);
        Assert.Single(milvus.Control.Find("books", "archive")!.Segments);
        Assert.Null(milvus.Triggers.Last().TouchedUnnamed);
    }

    [Fact, ShowsScenario("index-stuck")]
    public async Task The_index_of_the_merged_segment_is_built_for_ever()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "index-stuck");
        await milvus.Compact();
        await milvus.Compact("films");
        milvus.Pass(7 * 86_400);
        var index = await milvus.Index(await milvus.Timestamp());
        Assert.Equal((IndexState.InProgress, 300_000, 300_000), (index.State, index.PendingIndexRows, index.IndexedRows));
        Assert.Equal(6, (await milvus.Served()).Count);
        Assert.Equal(IndexState.Finished, (await milvus.Index(await milvus.Timestamp(), "films")).State);

        milvus.Control.Restart();
        milvus.Pass(60);
        Assert.Equal((IndexState.Finished, 0), ((await milvus.Index(await milvus.Timestamp())).State, (await milvus.Index(0)).PendingIndexRows));
        Assert.Single(await milvus.Served());
    }

    [Fact, ShowsScenario("still-loading")]
    public async Task Books_is_still_loading_when_its_merge_is_over()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "still-loading");
        var id = (await milvus.Compact()).CompactionID;
        milvus.Pass(30);
        Assert.Equal(CompactionState.Completed, (await milvus.State(id)).State);
        Assert.Single(await milvus.Segments());
        Assert.Equal(LoadState.Loading, (await milvus.Milvus.GetLoadStateAsync(new() { CollectionName = "books" })).State);
        Assert.True((await milvus.Milvus.GetLoadingProgressAsync(new() { CollectionName = "books" })).Progress < 100);
        Assert.Equal(101, (await milvus.Milvus.LoadCollectionAsync(new() { CollectionName = "books", Refresh = true })).Code);
        milvus.Pass(300);
        Assert.Equal(LoadState.Loaded, (await milvus.Milvus.GetLoadStateAsync(new() { CollectionName = "books" })).State);
        Assert.Equal((await milvus.Segments()).Select(one => one.SegmentID), (await milvus.Served()).Select(one => one.SegmentID));
    }

    [Theory, ShowsScenario("external")]
    [InlineData("g4", 0, 1)]
    [InlineData("g5", 1100, 6)]
    [InlineData("g6", 1100, 6)]
    public async Task An_external_collection_is_compacted_by_no_server_that_knows_what_it_is(string generation, int code, int segments)
    {
        await using var milvus = await RunningSimulator.Start(generation, "external");
        Assert.Equal("s3://elsewhere/books", (await milvus.Milvus.DescribeCollectionAsync(new() { CollectionName = "books" })).Schema.ExternalSource);
        // Before the size: 1 MB would be too small for any other collection.
        Assert.Equal(1100, (await milvus.Compact(targetSize: 1)).Status.Code);
        foreach (var size in (long[])[0, RunningSimulator.Auto])
        {
            var status = (await milvus.Compact(targetSize: size)).Status;
            Assert.Equal((code, code != 0), (status.Code, status.Reason.StartsWith("compaction is not supported for external collection", StringComparison.Ordinal)));
        }

        milvus.Pass(60);
        Assert.Equal(segments, (await milvus.Segments()).Count);
        Assert.True((await milvus.Compact("films")).CompactionID > 0);
    }

    [Theory, ShowsScenario("snapshots-unread")]
    [InlineData("g3", 0)]
    [InlineData("g4", 65535)]
    [InlineData("g6", 65535)]
    public async Task While_snapshots_are_unread_no_force_merge_begins(string generation, int code)
    {
        await using var milvus = await RunningSimulator.Start(generation, "snapshots-unread");
        Assert.Equal(code, (await milvus.Compact()).Status.Code);
        Assert.Equal(1100, (await milvus.Compact(targetSize: 1)).Status.Code);
        milvus.Control.Configure(milvus.Control.Settings with { SnapshotsUnread = false });
        Assert.True((await milvus.Compact("films")).CompactionID > 0);
    }

    [Theory]
    [InlineData("g3", 1, "")]
    [InlineData("g4", 6, "")]
    [InlineData("g6", 6, "compaction is blocked by a snapshot")]
    public async Task A_snapshot_that_is_taken_meanwhile_fails_the_plan_at_its_end(string generation, int segments, string reason)
    {
        await using var milvus = await RunningSimulator.Start(generation);
        var id = (await milvus.Compact()).CompactionID;
        milvus.Control.TakeSnapshot("books");
        milvus.Pass(3);
        Assert.Equal(CompactionState.Executing, (await milvus.State(id)).State);
        milvus.Pass(30);
        Assert.Equal((CompactionState.Completed, segments), ((await milvus.State(id)).State, (await milvus.Segments()).Count));
        Assert.Equal(segments == 1, (await milvus.Plans(id)).MergeInfos.Single().Target > 0);
        Assert.StartsWith(reason, (await milvus.Plans(id)).MergeInfos.Single().FailureReason, StringComparison.Ordinal);
        if (segments == 6) Assert.Equal(-1, (await milvus.Compact()).CompactionID);
    }

    [Fact, ShowsScenario("odd-version")]
    public async Task Somebodys_cloud_has_a_version_that_is_no_number()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "odd-version");
        Assert.Equal("unknown-20260608-7ea6e3526", (await milvus.Milvus.GetVersionAsync(new())).Version);
        Assert.Equal("Zilliz Cloud Vector Database(Compatible with Milvus 2.6)", (await milvus.Milvus.ConnectAsync(new())).ServerInfo.BuildTags);
        Assert.True((await milvus.Compact()).CompactionID > 0);
    }
}
