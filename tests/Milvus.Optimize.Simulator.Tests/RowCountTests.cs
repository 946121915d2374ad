using Grpc.Core;
using Milvus.Optimize.Wire;
using Status = Milvus.Optimize.Wire.Status;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>Deletes, upserts, flushes of everything, and count(*); codes and texts as a real 2.3.5 gave them.</summary>
public sealed class RowCountTests
{
    [Theory]
    [InlineData("2.3")]
    [InlineData("g4")]
    public async Task Deleted_rows_are_not_counted_at_once_and_are_dropped_by_the_next_compaction(string generation)
    {
        await using var milvus = await RunningSimulator.Start(generation);
        var m = milvus.Milvus;
        var reply = await m.DeleteAsync(new() { CollectionName = "books", Expr = "id in [1, 2,3,4,5]" });
        Assert.Equal((0, 5, 0ul), (reply.Status.Code, reply.DeleteCnt, reply.Timestamp));
        Assert.Equal(1, (await m.DeleteAsync(new() { CollectionName = "books", Expr = " id == -6 ", PartitionName = "_default" })).DeleteCnt);
        Assert.Equal(2, (await m.DeleteAsync(new() { CollectionName = "books", Expr = "id in [7,7]" })).DeleteCnt);
        Assert.Equal(0, (await m.DeleteAsync(new() { CollectionName = "books", Expr = "id in []" })).DeleteCnt);
        Assert.Equal(299_992, await Counted(m));
        Assert.Equal("300000", await Statistics(m));

        await m.FlushAsync(new() { CollectionNames = { "books" } });
        milvus.Pass(30);
        Assert.Equal((299_992, "300000"), (await Counted(m), await Statistics(m)));
        await milvus.Compact(targetSize: generation == "2.3" ? 0 : RunningSimulator.Auto);
        milvus.Pass(60);
        Assert.Equal((299_992, "299992"), (await Counted(m), await Statistics(m)));
    }

    [Fact]
    public async Task Deletes_of_one_partition_leave_the_others_alone()
    {
        foreach (var generation in new[] { "2.3", "g4" })
        {
            await using var milvus = await RunningSimulator.Start(generation);
            var m = milvus.Milvus;
            milvus.Control.AddCollection(new CollectionSpec { Name = "parts", Partitions = ["_default", "p"], Segments = [new() { Rows = 100 }] });
            await m.DeleteAsync(new() { CollectionName = "parts", PartitionName = "p", Expr = "id in [1,2,3]" });
            await m.FlushAsync(new() { CollectionNames = { "parts" } });
            milvus.Pass(30);
            await m.DeleteAsync(new() { CollectionName = "parts", PartitionName = "p", Expr = "id in [4]" });
            Assert.Equal((100, 96, 196), (await Counted(m, "parts", "_default"), await Counted(m, "parts", "p"), await Counted(m, "parts")));
        }
    }

    [Fact]
    public async Task What_a_delete_cannot_do_is_refused_or_not_implemented()
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        var m = milvus.Milvus;
        Refused(100, "Failed to get collection id: collection not found[database=default][collection=no]", (await m.DeleteAsync(new() { CollectionName = "no", Expr = "id in [1]" })).Status);
        Refused(200, "Failed to get partition id: partition not found[partition=z]", (await m.DeleteAsync(new() { CollectionName = "books", PartitionName = "z", Expr = "id in [1]" })).Status);
        Refused(65535, "failed to create expr plan, expr = zz in [1]", (await m.DeleteAsync(new() { CollectionName = "books", Expr = "zz in [1]" })).Status);
        Refused(1100, "invalid expression: invalid parameter[expected=valid expr][actual=empty expr]", (await m.DeleteAsync(new() { CollectionName = "books" })).Status);
        var notKept = await Assert.ThrowsAsync<RpcException>(async () => await m.DeleteAsync(new() { CollectionName = "books", Expr = "id < 20" }));
        Assert.Equal(StatusCode.Unimplemented, notKept.StatusCode);
        Assert.Equal((false, "Unimplemented"), (milvus.Control.Log[^1].Effect, milvus.Control.Log[^1].GrpcStatus));

        await m.ReleaseCollectionAsync(new() { CollectionName = "books" });
        Assert.Equal(2, (await m.DeleteAsync(new() { CollectionName = "books", Expr = "id in [1,2]" })).DeleteCnt);
        Refused(101, $"collection not loaded[collection={milvus.Books.Id}]", (await m.DeleteAsync(new() { CollectionName = "books", Expr = "id < 20" })).Status);
        milvus.Control.AddCollection(new CollectionSpec { Name = "keyed", PartitionKey = true });
        Refused(65535, "not support manually specifying the partition names if partition key mode is used", (await m.DeleteAsync(new() { CollectionName = "keyed", PartitionName = "_default_1", Expr = "id in [1]" })).Status);
    }

    [Theory]
    [InlineData("2.3")]
    [InlineData("g4")]
    public async Task An_upsert_replaces_rows_and_gives_their_keys_back(string generation)
    {
        await using var milvus = await RunningSimulator.Start(generation);
        var m = milvus.Milvus;
        var keys = new FieldData { FieldName = "id", Type = DataType.Int64, Scalars = new() { LongData = new() { Data = { 7, 8, 9 } } } };
        var reply = await m.UpsertAsync(new() { CollectionName = "books", NumRows = 3, FieldsData = { keys } });
        Assert.Equal((3, 3, 3), (reply.InsertCnt, reply.DeleteCnt, reply.UpsertCnt));
        Assert.Equal([7, 8, 9], reply.IDs.IntId.Data);
        Assert.Equal(300_000, await Counted(m));
        await m.FlushAsync(new() { CollectionNames = { "books" } });
        milvus.Pass(2.6);
        Assert.Equal("300003", await Statistics(m));

        var lost = await m.UpsertAsync(new() { CollectionName = "no", NumRows = 2 });
        Refused(100, "collection not found[database=default][collection=no]", lost.Status);
        Assert.Empty(lost.ErrIndex);
        Refused(1100, "num_rows should be greater than 0: invalid parameter[expected=invalid num_rows][actual=0]", (await m.UpsertAsync(new() { CollectionName = "books" })).Status);
        var failed = await m.UpsertAsync(new() { CollectionName = "books", PartitionName = "z", NumRows = 2 });
        Refused(200, "partition not found[partition=z]", failed.Status);
        Assert.Equal([0u, 1u], failed.ErrIndex);
    }

    [Fact]
    public async Task Count_is_the_only_query_and_is_refused_as_the_server_refuses_it()
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        var m = milvus.Milvus;
        var id = milvus.Books.Id;
        Refused(100, "collection not found[database=default][collection=no]", (await m.QueryAsync(Count("no"))).Status);
        Refused(65535, "partition name z not found", (await m.QueryAsync(Count("books", "z"))).Status);
        Refused(65535, "field count(*) not exist", (await m.QueryAsync(new() { CollectionName = "books", OutputFields = { "count(*)", "id" } })).Status);
        Refused(65535, "field Count( * ) not exist", (await m.QueryAsync(new() { CollectionName = "books", OutputFields = { "Count( * )" } })).Status);
        Refused(65535, "empty expression should be used with limit", (await m.QueryAsync(new() { CollectionName = "books", OutputFields = { "id" } })).Status);
        var paged = Count("books");
        paged.QueryParams.Add(new KeyValuePair { Key = "limit", Value = "3" });
        Refused(65535, "count entities with pagination is not allowed", (await m.QueryAsync(paged)).Status);
        foreach (var call in new Func<Task>[]
        {
            async () => await m.QueryAsync(new() { CollectionName = "books", Expr = "id in [1]", OutputFields = { "id" } }),
            async () => await m.QueryAsync(new() { CollectionName = "books", Expr = "id > 1", OutputFields = { "count(*)" } }),
            async () => await m.SearchAsync(new() { CollectionName = "books", Nq = 1 }),
        }) Assert.Equal(StatusCode.Unimplemented, (await Assert.ThrowsAsync<RpcException>(call)).StatusCode);

        Refused(100, "collection not found[database=default][collection=no]", (await m.SearchAsync(new() { CollectionName = "no" })).Status);
        Refused(65535, "nq [0] is invalid, nq (number of search vector per search request) should be in range [1, 16384], but got 0", (await m.SearchAsync(new() { CollectionName = "books" })).Status);
        await m.ReleaseCollectionAsync(new() { CollectionName = "books" });
        Refused(101, $"failed to query: collection not loaded[collection={id}]", (await m.QueryAsync(Count("books"))).Status);
        Refused(101, $"failed to search: collection not loaded[collection={id}]", (await m.SearchAsync(new() { CollectionName = "books", Nq = 1 })).Status);
    }

    [Fact]
    public async Task Growing_rows_are_counted_and_only_those_of_loaded_partitions()
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        var m = milvus.Milvus;
        await m.CreatePartitionAsync(new() { CollectionName = "books", PartitionName = "p" });
        await m.InsertAsync(new() { CollectionName = "books", PartitionName = "p", NumRows = 20 });
        Assert.Equal((300_020, 20), (await Counted(m), await Counted(m, "books", "p")));
        await m.ReleasePartitionsAsync(new() { CollectionName = "books", PartitionNames = { "p" } });
        Assert.Equal(300_000, await Counted(m));
        Assert.Contains("partition not loaded[partition=[", (await m.QueryAsync(Count("books", "p"))).Status.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2.3")]
    [InlineData("g4")]
    public async Task Everything_is_flushed_in_one_call_and_said_to_be_once_it_is(string generation)
    {
        await using var milvus = await RunningSimulator.Start(generation);
        var m = milvus.Milvus;
        await m.CreateDatabaseAsync(new() { DbName = "other" });
        milvus.Control.AddCollection(new CollectionSpec { Name = "far", Database = "other", GrowingRows = 2000 });
        milvus.Control.Insert("empty", 2000);
        var before = (await m.FlushAllAsync(new() { DbName = "default" })).FlushAllTs;
        var all = (await m.FlushAllAsync(new())).FlushAllTs;
        Assert.False((await m.GetFlushAllStateAsync(new() { FlushAllTs = all })).Flushed);
        milvus.Pass(2.6);
        Assert.True((await m.GetFlushAllStateAsync(new() { FlushAllTs = all })).Flushed);
        Assert.Equal((1, 1), ((await milvus.Segments("empty")).Count, (await m.GetPersistentSegmentInfoAsync(new() { DbName = "other", CollectionName = "far" })).Infos.Count));

        milvus.Control.Insert("empty", 10);
        Assert.True((await m.GetFlushAllStateAsync(new() { FlushAllTs = before })).Flushed);
        Refused(800, "database not found[database=no]", (await m.FlushAllAsync(new() { DbName = "no" })).Status);
        Refused(800, "database not found[database=no]", (await m.GetFlushAllStateAsync(new() { DbName = "no" })).Status);
    }

    [Fact]
    public async Task Flush_state_is_about_the_asked_segments_and_refused_for_a_collection_that_is_not_there()
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        var m = milvus.Milvus;
        milvus.Control.Insert("empty", 2000);
        milvus.Control.Insert("films", 2000);
        var flush = await m.FlushAsync(new() { CollectionNames = { "empty" } });
        var id = flush.CollSegIDs["empty"].Data.Single();
        Assert.False((await m.GetFlushStateAsync(new() { SegmentIDs = { id } })).Flushed);
        Assert.False((await m.GetFlushStateAsync(new() { CollectionName = "empty", FlushTs = flush.CollFlushTs["empty"] })).Flushed);
        Assert.True((await m.GetFlushStateAsync(new() { SegmentIDs = { 17 } })).Flushed);
        milvus.Pass(2.6);
        Assert.True((await m.GetFlushStateAsync(new() { SegmentIDs = { id } })).Flushed);
        Refused(100, "collection not found[database=default][collection=no]", (await m.GetFlushStateAsync(new() { CollectionName = "no", FlushTs = 1 })).Status);
    }

    private static QueryRequest Count(string name, params string[] partitions) =>
        new() { CollectionName = name, OutputFields = { "count(*)" }, PartitionNames = { partitions } };

    private static async Task<long> Counted(MilvusService.MilvusServiceClient m, string name = "books", params string[] partitions)
    {
        var reply = await m.QueryAsync(Count(name, partitions));
        Assert.Equal((0, ""), (reply.Status.Code, reply.Status.Reason));
        return reply.FieldsData.Single().Scalars.LongData.Data.Single();
    }

    private static async Task<string> Statistics(MilvusService.MilvusServiceClient m) =>
        (await m.GetCollectionStatisticsAsync(new() { CollectionName = "books" })).Stats.Single().Value;

    private static void Refused(int code, string reason, Status status) => Assert.Equal((code, reason), (status.Code, status.Reason));
}
