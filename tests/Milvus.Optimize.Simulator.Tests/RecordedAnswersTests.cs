using Grpc.Core;
using Milvus.Optimize.Wire;
using Status = Milvus.Optimize.Wire.Status;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>Codes and texts as Milvus 2.3.5 and Lite 3.2.2 gave them (missing, index-none, unloaded, describe, databases, handshake).</summary>
public sealed class RecordedAnswersTests
{
    private const string Missing = "collection not found[database=default][collection=a_absent]";

    [Fact]
    public async Task A_missing_collection_on_2_3()
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        var m = milvus.Milvus;
        const string name = "a_absent";

        Recorded(await m.LoadCollectionAsync(new() { CollectionName = name }), 100, ErrorCode.CollectionNotExists, Missing);
        Recorded(await m.ReleaseCollectionAsync(new() { CollectionName = name }), 100, ErrorCode.CollectionNotExists, Missing);
        Recorded((await m.GetLoadingProgressAsync(new() { CollectionName = name })).Status, 100, ErrorCode.CollectionNotExists, Missing);
        Recorded((await m.GetPersistentSegmentInfoAsync(new() { CollectionName = name })).Status, 100, ErrorCode.CollectionNotExists, Missing);
        Recorded((await m.GetQuerySegmentInfoAsync(new() { CollectionName = name })).Status, 100, ErrorCode.CollectionNotExists, Missing);
        Recorded((await m.FlushAsync(new() { CollectionNames = { name } })).Status, 100, ErrorCode.CollectionNotExists, Missing);
        Recorded((await m.DescribeIndexAsync(new() { CollectionName = name })).Status, 100, ErrorCode.CollectionNotExists, Missing);
        Recorded((await m.ShowPartitionsAsync(new() { CollectionName = name })).Status, 100, ErrorCode.CollectionNotExists, Missing);
        Recorded((await m.GetReplicasAsync(new() { CollectionID = 1 })).Status, 400, ErrorCode.MetaFailed, "failed to get replicas by collection: replica not found[replica=1]");
        var state = await m.GetLoadStateAsync(new() { CollectionName = name });
        Assert.Equal((0, LoadState.NotExist), (state.Status.Code, state.State));
        Assert.Equal(0, (await m.FlushAsync(new())).Status.Code);
        Assert.False((await m.HasCollectionAsync(new() { CollectionName = name })).Value);
    }

    [Fact]
    public async Task Describing_what_is_not_there_on_2_3()
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        var m = milvus.Milvus;
        var reply = await m.DescribeCollectionAsync(new() { CollectionName = "a_absent" });
        Recorded(reply.Status, 100, ErrorCode.UnexpectedError, $"can't find collection {Missing}", Missing);
        Assert.Equal(("a_absent", "default"), (reply.CollectionName, reply.DbName));

        reply = await m.DescribeCollectionAsync(new() { CollectionID = 1 });
        Recorded(reply.Status, 100, ErrorCode.UnexpectedError, "can't find collection collection not found[collection=1]", "collection not found[collection=1]");
        reply = await m.DescribeCollectionAsync(new() { CollectionName = "books", DbName = "nosuchdb" });
        Assert.Equal((100, "nosuchdb"), (reply.Status.Code, reply.DbName));
        Recorded((await m.ShowCollectionsAsync(new() { DbName = "nosuchdb" })).Status, 800, ErrorCode.UnexpectedError, "database not found[database=nosuchdb]");
        Recorded((await m.DescribeAliasAsync(new() { Alias = "books" })).Status, 1600, ErrorCode.UnexpectedError, "alias not found[database=default][alias=books]");
    }

    [Theory]
    [InlineData("", "collection name should not be empty: invalid parameter")]
    [InlineData("1abc", "Invalid collection name: 1abc. the first character of a collection name must be an underscore or letter: invalid parameter")]
    [InlineData("a-b", "Invalid collection name: a-b. collection name can only contain numbers, letters and underscores: invalid parameter")]
    [InlineData("ü", "Invalid collection name: ü. the first character of a collection name must be an underscore or letter: invalid parameter")]
    public async Task A_bad_name_on_2_3(string name, string text)
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        Recorded((await milvus.Milvus.DescribeCollectionAsync(new() { CollectionName = name })).Status, 1100, ErrorCode.IllegalArgument, text);
    }

    [Fact]
    public async Task Without_an_index_or_a_load_on_2_3()
    {
        await using var milvus = await RunningSimulator.Start("2.3", "no-index");
        var m = milvus.Milvus;
        var id = milvus.Books.Id;
        Recorded((await m.DescribeIndexAsync(new() { CollectionName = "books" })).Status, 700, ErrorCode.IndexNotExist, "index not found[collection=books]");
        Recorded((await m.DescribeIndexAsync(new() { CollectionName = "films", IndexName = "nosuch" })).Status, 700, ErrorCode.IndexNotExist, "index not found[indexName=nosuch]");
        Assert.Equal("v", (await m.DescribeIndexAsync(new() { CollectionName = "films", FieldName = "id" })).IndexDescriptions.Single().FieldName);
        Recorded(await m.LoadCollectionAsync(new() { CollectionName = "books" }), 700, ErrorCode.IndexNotExist, "index not found[collection=books]");
        Recorded(await m.LoadCollectionAsync(new() { CollectionName = "books", Refresh = true }), 700, ErrorCode.IndexNotExist, "index not found[collection=books]");
        Recorded((await m.GetLoadingProgressAsync(new() { CollectionName = "books" })).Status, 101, ErrorCode.UnexpectedError, $"collection not loaded[collection={id}]");
        Recorded((await m.GetReplicasAsync(new() { CollectionName = "books" })).Status, 400, ErrorCode.MetaFailed, $"failed to get replicas by collection: replica not found[replica={id}]");
        Assert.Equal(LoadState.NotLoad, (await m.GetLoadStateAsync(new() { CollectionName = "books" })).State);
        var served = await m.GetQuerySegmentInfoAsync(new() { CollectionName = "books" });
        Assert.Equal((0, 0), (served.Status.Code, served.Infos.Count));
    }

    [Fact]
    public async Task A_refresh_of_an_unloaded_collection_is_101()
    {
        await using var milvus = await RunningSimulator.Start("2.3", "unloaded");
        Recorded(
            await milvus.Milvus.LoadCollectionAsync(new() { CollectionName = "books", Refresh = true }),
            101, ErrorCode.UnexpectedError, $"collection not loaded[collection={milvus.Books.Id}]");
    }

    [Theory]
    [InlineData("2.3", "v2.3.5-lite", "v2.3.5-lite", 512)]
    [InlineData("g4", "2.6.17", "2.6.17", 1024)]
    public async Task The_handshake(string generation, string version, string buildTags, int segmentMaxSize)
    {
        await using var milvus = await RunningSimulator.Start(generation);
        Assert.Equal(version, (await milvus.Milvus.GetVersionAsync(new())).Version);
        Assert.Equal((buildTags, "STANDALONE"), (await milvus.Milvus.ConnectAsync(new())) is var reply ? (reply.ServerInfo.BuildTags, reply.ServerInfo.DeployMode) : default);
        Assert.Equal(["default"], (await milvus.Milvus.ListDatabasesAsync(new())).DbNames);
        var metrics = await milvus.Milvus.GetMetricsAsync(new() { Request = """{"metric_type":"system_info"}""" });
        Assert.Contains($"\"segment_max_size\":{segmentMaxSize}", metrics.Response, StringComparison.Ordinal);
        var other = await milvus.Milvus.GetMetricsAsync(new() { Request = """{"metric_type":"compaction_tasks"}""" });
        Recorded(other.Status, 1200, ErrorCode.UnexpectedError, "metric not found[metric=compaction_tasks]");
    }

    [Fact]
    public async Task What_2_3_never_sends_is_not_sent()
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        Assert.All(await milvus.Segments(), segment => Assert.Equal((SegmentLevel.Legacy, false), (segment.Level, segment.IsSorted)));
        Assert.All(await milvus.Served(), segment => Assert.Equal(0, segment.MemSize));
        var error = await Assert.ThrowsAsync<RpcException>(async () => await milvus.Milvus.DescribeDatabaseAsync(new()));
        Assert.Equal((StatusCode.Unimplemented, "unknown method DescribeDatabase for service milvus.proto.milvus.MilvusService"), (error.StatusCode, error.Status.Detail));
    }

    [Fact]
    public async Task Lite_has_no_segments_no_timestamps_and_is_always_done()
    {
        await using var milvus = await RunningSimulator.Start("lite");
        var m = milvus.Milvus;
        var compaction = await m.ManualCompactionAsync(new() { CollectionID = 1, CollectionName = "a_absent", TargetSize = RunningSimulator.Auto });
        Assert.Equal((0, 0L), (compaction.Status.Code, compaction.CompactionID));
        Assert.Equal(CompactionState.Completed, (await milvus.State(0)).State);
        Assert.Equal(0, (await m.GetLoadingProgressAsync(new() { CollectionName = "books" })).RefreshProgress);
        Assert.Equal(IndexState.Finished, (await milvus.Index(0)).State);
        Recorded((await m.DescribeCollectionAsync(new() { CollectionName = "a_absent" })).Status, 100, ErrorCode.CollectionNotExists, "collection 'a_absent' does not exist", "");
        Func<Task>[] lacking =
        [
            async () => await m.AllocTimestampAsync(new()),
            async () => await m.GetPersistentSegmentInfoAsync(new()),
            async () => await m.GetQuerySegmentInfoAsync(new()),
            async () => await m.GetReplicasAsync(new()),
            async () => await m.GetCompactionStateWithPlansAsync(new()),
            async () => await m.GetMetricsAsync(new()),
        ];
        foreach (var call in lacking)
        {
            var error = await Assert.ThrowsAsync<RpcException>(call);
            Assert.Equal((StatusCode.Unimplemented, "Method not implemented!"), (error.StatusCode, error.Status.Detail));
        }
    }

    [Theory]
    [InlineData(null, "missing authorization in header")]
    [InlineData("cm9vdDp3cm9uZw==", "auth check failure, please check username and password are correct")]
    [InlineData("!!!", "invalid token format")]
    [InlineData("bm9jb2xvbg==", "auth check failure, please check api key is correct")]
    public async Task Wrong_credentials(string? header, string text)
    {
        await using var milvus = await RunningSimulator.Start("2.3", more: options => options with { Token = "root:Milvus" });
        var headers = header is null ? new Metadata() : new Metadata { { "authorization", header } };
        var error = await Assert.ThrowsAsync<RpcException>(async () => await milvus.Milvus.GetVersionAsync(new(), headers));
        Assert.Equal((StatusCode.Unauthenticated, text), (error.StatusCode, error.Status.Detail));
        Assert.Equal("v2.3.5-lite", (await milvus.Milvus.GetVersionAsync(new(), new Metadata { { "authorization", "cm9vdDpNaWx2dXM=" } })).Version);
    }

    private static void Recorded(Status status, int code, ErrorCode legacy, string reason, string? detail = null)
    {
#pragma warning disable CS0612 // The legacy field is what is compared.
        Assert.Equal((code, legacy, reason, detail ?? reason), (status.Code, status.ErrorCode, status.Reason, status.Detail));
#pragma warning restore CS0612
    }
}
