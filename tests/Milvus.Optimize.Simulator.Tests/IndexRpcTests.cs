using Grpc.Core;
using Milvus.Optimize.Wire;
using Status = Milvus.Optimize.Wire.Status;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>Indexes over the wire, as old and new SDKs ask for them; codes and texts as a real 2.3.5 gave them beside the simulator.</summary>
public sealed class IndexRpcTests
{
    private const string OneDistinct = "CreateIndex failed: at most one distinct index is allowed per field";
    private const string Several = "CreateIndex failed: creating multiple indexes on same field is not supported";

    [Theory]
    [InlineData("2.3")]
    [InlineData("g4")]
    public async Task State_and_progress_move_with_the_build(string generation)
    {
        await using var milvus = await RunningSimulator.Start(generation, "no-index", options => options with
        {
            Timings = new() { IndexRegistrationSeconds = 1, IndexOverheadSeconds = 0, IndexRowsPerSecond = 10_000, IndexLookSeconds = 0 },
        });
        Success(await milvus.Milvus.CreateIndexAsync(new() { CollectionName = "books", FieldName = "v" }));
        Assert.Equal((IndexState.InProgress, 0L, 300_000L), await Old(milvus));
        milvus.Pass(17);
        Assert.Equal((IndexState.InProgress, 150_000L, 300_000L), await Old(milvus));
        milvus.Pass(15);
        Assert.Equal((IndexState.Finished, 300_000L, 300_000L), await Old(milvus));
        Assert.Equal((IndexState.Finished, 300_000L, 300_000L), await Old(milvus, "v"));
        // As DescribeIndex with timestamp 0: what a compaction made since does not count.
        await milvus.Compact();
        milvus.Pass(20);
        Assert.Equal((IndexState.InProgress, IndexState.Finished), ((await milvus.Index(await milvus.Timestamp())).State, (await Old(milvus)).State));
    }

    [Fact]
    public async Task A_failed_build_says_why()
    {
        await using var milvus = await RunningSimulator.Start("2.3", "failed-index-before");
        var state = await milvus.Milvus.GetIndexStateAsync(new() { CollectionName = "books" });
        Assert.Equal((await milvus.Index(0)).IndexStateFailReason, state.FailReason);
        Assert.Equal((await milvus.Index(0)).State, state.State);
    }

    [Theory]
    [InlineData("2.3", 0)]
    [InlineData("g4", 700)]
    public async Task Without_an_index_the_progress_is_refused_and_the_old_servers_state_is_none(string generation, int code)
    {
        await using var milvus = await RunningSimulator.Start(generation, "no-index");
        foreach (var name in (string[])["", "v"])
        {
            var state = await milvus.Milvus.GetIndexStateAsync(new() { CollectionName = "books", IndexName = name });
            Assert.Equal((code, IndexState.None), (state.Status.Code, state.State));
            Refused(700, $"index not found[indexName={name}]", (await milvus.Milvus.GetIndexBuildProgressAsync(new() { CollectionName = "books", IndexName = name })).Status);
        }
    }

    [Theory]
    [InlineData("2.3", 0)]
    [InlineData("g4", 702)]
    public async Task Of_several_indexes_one_has_to_be_named(string generation, int code)
    {
        await using var milvus = await RunningSimulator.Start(generation, "scalar-index");
        var state = await milvus.Milvus.GetIndexStateAsync(new() { CollectionName = "books" });
        Assert.Equal((code, IndexState.None), (state.Status.Code, state.State));
        Refused(702, "index duplicates[indexName=]", (await milvus.Milvus.GetIndexBuildProgressAsync(new() { CollectionName = "books" })).Status);
        Assert.Equal(IndexState.Finished, (await Old(milvus, "v")).State);
    }

    [Fact]
    public async Task The_old_way_to_ask_refuses_what_is_not_there()
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        await using var lite = await RunningSimulator.Start("lite");
        foreach (var (name, code, text) in ((string, int, string)[])
                 [("no", 100, "collection not found[database=default][collection=no]"), ("", 1100, "collection name should not be empty: invalid parameter")])
        {
            Refused(code, text, (await milvus.Milvus.GetIndexStateAsync(new() { CollectionName = name })).Status);
            Refused(code, text, (await milvus.Milvus.GetIndexBuildProgressAsync(new() { CollectionName = name })).Status);
        }

        Assert.Equal(300_000, (await milvus.Milvus.GetIndexBuildProgressAsync(new() { CollectionName = "library", FieldName = "whatever" })).IndexedRows);
        foreach (var call in (Func<Task>[])
                 [
                     async () => await lite.Milvus.GetIndexStateAsync(new() { CollectionName = "books" }),
                     async () => await lite.Milvus.GetIndexBuildProgressAsync(new() { CollectionName = "books" }),
                     async () => await lite.Milvus.GetIndexStatisticsAsync(new() { CollectionName = "books" }),
                 ])
            Assert.Equal(StatusCode.Unimplemented, (await Assert.ThrowsAsync<RpcException>(call)).StatusCode);
    }

    [Fact]
    public async Task Statistics_are_the_descriptions_and_can_be_asked_by_name()
    {
        await using var milvus = await RunningSimulator.Start("2.3", "scalar-index");
        var all = await milvus.Milvus.GetIndexStatisticsAsync(new() { CollectionName = "books" });
        Success(all.Status);
        Assert.Equal((await milvus.Milvus.DescribeIndexAsync(new() { CollectionName = "books" })).IndexDescriptions, all.IndexDescriptions);
        Assert.True(all.IndexDescriptions.Count > 1);
        var one = (await milvus.Milvus.GetIndexStatisticsAsync(new() { CollectionName = "library", IndexName = "v" })).IndexDescriptions.Single();
        Assert.Equal(("v", IndexState.Finished, 300_000), (one.FieldName, one.State, one.IndexedRows));
        Refused(700, "index not found[indexName=no]", (await milvus.Milvus.GetIndexStatisticsAsync(new() { CollectionName = "books", IndexName = "no" })).Status);
        Refused(100, "collection not found[database=default][collection=no]", (await milvus.Milvus.GetIndexStatisticsAsync(new() { CollectionName = "no" })).Status);
    }

    [Fact]
    public async Task An_index_is_dropped_from_a_released_collection_by_its_name()
    {
        await using var milvus = await RunningSimulator.Start("2.3", "scalar-index");
        var m = milvus.Milvus;
        Refused(100, "collection not found[database=default][collection=no]", await m.DropIndexAsync(new() { CollectionName = "no", IndexName = "v" }));
        foreach (var name in (string[])["v", "no"])
            Refused(65535, "index cannot be dropped, collection is loaded, please release it first", await m.DropIndexAsync(new() { CollectionName = "books", IndexName = name }));
        Success(await m.ReleaseCollectionAsync(new() { CollectionName = "books" }));
        Success(await m.DropIndexAsync(new() { CollectionName = "books", IndexName = "no" }));
        Refused(65535, "index duplicates[indexName=]", await m.DropIndexAsync(new() { CollectionName = "books", FieldName = "v" }));
        Success(await m.DropIndexAsync(new() { CollectionName = "books", IndexName = "v" }));
        var left = (await m.DescribeIndexAsync(new() { CollectionName = "books" })).IndexDescriptions.Single();
        Assert.NotEqual("v", left.FieldName);
        // With one left no name is needed, and the field does not count.
        Success(await m.DropIndexAsync(new() { CollectionName = "books", FieldName = "v" }));
        Refused(700, "index not found[collection=books]", (await m.DescribeIndexAsync(new() { CollectionName = "books" })).Status);
        Success(await m.DropIndexAsync(new() { CollectionName = "books" }));
        Assert.Equal(700, (await m.LoadCollectionAsync(new() { CollectionName = "books" })).Code);
    }

    [Theory]
    [InlineData("2.3")]
    [InlineData("g4")]
    public async Task A_field_has_one_index_of_one_kind(string generation)
    {
        await using var milvus = await RunningSimulator.Start(generation, "no-index");
        Success(await Create("vectors", "v", "8"));
        Success(await Create("vectors", "v", "8"));
        Success(await Create("", "v", "8"));
        Refused(65535, Several, await Create("other", "v", "8"));
        Refused(65535, Several, await Create("v", "v", "8"));
        Refused(65535, OneDistinct, await Create("vectors", "v", "16"));
        Refused(65535, OneDistinct, await Create("", "v", "16"));
        Refused(65535, OneDistinct, await Create("vectors", "v", null));
        Refused(65535, OneDistinct, await Create("vectors", "id", null));
        Refused(65535, "cannot create index on non-exist field: no", await Create("vectors", "no", "8"));
        Success(await Create("", "id", null));
        var described = (await milvus.Milvus.DescribeIndexAsync(new() { CollectionName = "books" })).IndexDescriptions;
        Assert.Equal([("vectors", "v"), ("id", "id")], described.Select(index => (index.IndexName, index.FieldName)));
        Assert.Equal("8", described[0].Params.Single(pair => pair.Key == "M").Value);

        async Task<Status> Create(string name, string field, string? m)
        {
            var request = new CreateIndexRequest { CollectionName = "books", IndexName = name, FieldName = field };
            if (m is not null) request.ExtraParams.Add([new KeyValuePair { Key = "index_type", Value = "HNSW" }, new KeyValuePair { Key = "M", Value = m }]);
            return await milvus.Milvus.CreateIndexAsync(request);
        }
    }

    private static async Task<(IndexState State, long Indexed, long Total)> Old(RunningSimulator milvus, string index = "")
    {
        var state = await milvus.Milvus.GetIndexStateAsync(new() { CollectionName = "books", IndexName = index });
        var progress = await milvus.Milvus.GetIndexBuildProgressAsync(new() { CollectionName = "books", IndexName = index });
        Success(state.Status);
        Success(progress.Status);
        return (state.State, progress.IndexedRows, progress.TotalRows);
    }

    private static void Success(Status status) => Assert.True(status.Code == 0, $"{status.Code}: {status.Reason}");

    private static void Refused(int code, string reason, Status status) => Assert.Equal((code, reason), (status.Code, status.Reason));
}
