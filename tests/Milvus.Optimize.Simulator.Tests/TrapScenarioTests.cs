using Grpc.Core;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>What is tested here of the traps does what its sentence in the list says, seen by a client.</summary>
public sealed class TrapScenarioTests
{
    [Fact, ShowsScenario("several")]
    public async Task Several_has_eight_collections_in_two_databases_that_all_merge()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "several");
        var names = new List<(string Database, string Name)>();
        foreach (var database in new[] { "default", "archive" })
            names.AddRange((await milvus.Milvus.ShowCollectionsAsync(new() { DbName = database })).CollectionNames.Select(name => (database, name)));
        Assert.Equal(8, names.Count);
        foreach (var (database, name) in names)
            Assert.True((await milvus.Milvus.ManualCompactionAsync(new() { DbName = database, CollectionName = name, TargetSize = RunningSimulator.Auto })).CompactionID > 0, name);
        milvus.Pass(120);
        foreach (var (database, name) in names) Assert.Single(milvus.Control.Find(name, database)!.Segments);
    }

    [Fact, ShowsScenario("merged")]
    public async Task Merged_is_rewritten_all_the_same()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "merged");
        Assert.Equal(1, (await milvus.Compact()).CompactionPlanCount);
    }

    [Fact, ShowsScenario("failed-index-before")]
    public async Task A_failed_index_of_old_is_built_anew_by_a_merge()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "failed-index-before");
        var index = await milvus.Index(0);
        Assert.Equal(IndexState.Failed, index.State);
        Assert.EndsWith(": out of memory on index node;", index.IndexStateFailReason, StringComparison.Ordinal);
        await milvus.Compact();
        milvus.Pass(60);
        Assert.Equal(IndexState.Finished, (await milvus.Index(await milvus.Timestamp())).State);
    }

    [Fact, ShowsScenario("index-gap")]
    public async Task In_the_index_gap_timestamp_0_says_Finished_and_pending_says_all_rows()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "index-gap");
        await milvus.Compact();
        milvus.Pass(20);
        var naive = await milvus.Index(0);
        Assert.Equal((IndexState.Finished, 300_000, 300_000), (naive.State, naive.PendingIndexRows, naive.IndexedRows));
        Assert.Equal(IndexState.InProgress, (await milvus.Index(await milvus.Timestamp())).State);
        milvus.Pass(60);
        Assert.Equal(0, (await milvus.Index(0)).PendingIndexRows);
    }

    [Fact, ShowsScenario("short-retention")]
    public async Task Short_retention_loses_the_first_plans_while_the_last_still_run()
    {
        await using var milvus = await RunningSimulator.Start("g4", "short-retention");
        var id = (await milvus.Compact()).CompactionID;
        milvus.Pass(4300);
        var plans = await milvus.Plans(id);
        Assert.Equal(CompactionState.Executing, plans.State);
        Assert.InRange(plans.MergeInfos.Count, 8, 12);
    }

    [Fact, ShowsScenario("deletes-and-age")]
    public async Task Deletes_and_age_leave_a_part_of_one_and_nothing_of_the_other()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "deletes-and-age");
        await milvus.Compact();
        await milvus.Compact("films");
        milvus.Pass(60);
        Assert.Equal(204_000, Assert.Single(await milvus.Segments()).NumRows);
        Assert.Empty(await milvus.Segments("films"));
    }

    [Fact, ShowsScenario("snapshot")]
    public async Task A_snapshot_keeps_half_of_books_as_it_is()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "snapshot");
        await milvus.Compact();
        milvus.Pass(60);
        Assert.Equal(4, (await milvus.Segments()).Count);
    }

    [Fact, ShowsScenario("auto-compaction")]
    public async Task Auto_compaction_begins_after_the_flush()
    {
        await using var milvus = await RunningSimulator.Start("2.3", "auto-compaction");
        milvus.Pass(600);
        Assert.Equal(18, (await milvus.Segments()).Count);
        await milvus.Milvus.FlushAsync(new() { CollectionNames = { "books" } });
        milvus.Pass(60);
        Assert.Equal(3, (await milvus.Segments()).Count);
        Assert.Empty(milvus.Triggers);
    }

    [Theory, ShowsScenario("one-big-plan")]
    [InlineData("g4", 1)]
    [InlineData("g5", 7)]
    public async Task One_big_plan_is_one_up_to_g4(string generation, int plans)
    {
        await using var milvus = await RunningSimulator.Start(generation, "one-big-plan");
        Assert.Equal(plans, (await milvus.Compact("books", 4096)).CompactionPlanCount);
    }

    [Fact, ShowsScenario("query-nodes")]
    public async Task Four_query_nodes_get_a_segment_each()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "query-nodes");
        await milvus.Compact();
        milvus.Pass(3600);
        Assert.Equal(4, (await milvus.Segments()).Count);
    }

    [Fact, ShowsScenario("starting")]
    public async Task A_starting_server_says_nothing_on_two_connections()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "starting");
        for (var i = 0; i < 2; i++)
        {
            using var channel = Grpc.Net.Client.GrpcChannel.ForAddress(milvus.Server.Address);
            var error = await Assert.ThrowsAsync<RpcException>(async () => await new MilvusService.MilvusServiceClient(channel).GetVersionAsync(new(), RunningSimulator.Within(1)));
            Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        }

        Assert.Equal(6, (await milvus.Segments()).Count);
    }
}
