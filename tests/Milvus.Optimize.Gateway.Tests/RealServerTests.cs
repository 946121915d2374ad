using Google.Protobuf;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Wire;
using Xunit.Abstractions;
using KeyValuePair = Milvus.Optimize.Wire.KeyValuePair;
using LoadState = Milvus.Optimize.Core.Milvus.LoadState;

namespace Milvus.Optimize.Gateway.Tests;

public sealed class RealServerTests(ITestOutputHelper output)
{
    private const int Rows = 2000;
    private const int Dimension = 8;

    [RealServerFact]
    public async Task One_merge_from_the_first_read_to_the_last()
    {
        var cancel = new CancellationTokenSource(TimeSpan.FromMinutes(3)).Token;
        var options = new MilvusConnectionOptions { Address = MilvusAddress.Parse(RealServerFactAttribute.Address!) };
        await using var gateway = new MilvusGateway(options, TimeProvider.System);
        var server = await gateway.DescribeServerAsync("default", cancel);
        output.WriteLine(server.ToString());
        Assert.NotEqual(GenerationRange.Unknown, server.Generation);

        var collection = $"gateway_{Guid.NewGuid():N}";
        using var maker = MilvusChannel.ForReads(options);
        await MakeAsync(maker, collection, cancel);
        var description = await gateway.DescribeCollectionAsync("default", collection, cancel);
        output.WriteLine(description.ToString());
        Assert.Equal("v", Assert.Single(description.VectorFields));
        var name = description.Name;
        Assert.Empty(await gateway.DescribeIndexesAsync(name, 0, cancel));

        for (var i = 0; i < 3; i++)
        {
            await InsertAsync(maker, collection, i, cancel);
            var ticket = await gateway.FlushAsync(name, cancel);
            output.WriteLine($"flush {ticket.SegmentIds.Length} segment(s) at {ticket.FlushTimestamp}");
            await UntilAsync(() => gateway.IsFlushedAsync(name, ticket, cancel), cancel);
        }
        var before = await gateway.ListSegmentsAsync(name, cancel);
        Assert.Equal(3 * Rows, before!.Value.Sum(s => s.Rows));
        Assert.Equal(LoadState.NotLoaded, await gateway.GetLoadStateAsync(name, cancel));

        var index = new CreateIndexRequest { CollectionName = collection, FieldName = "v", IndexName = "v" };
        foreach (var (key, value) in new[] { ("index_type", "FLAT"), ("metric_type", "L2") }) index.ExtraParams.Add(new KeyValuePair { Key = key, Value = value });
        await maker.Client.CreateIndexAsync(index, maker.Call("default", options.CallTimeout, cancel));
        await UntilIndexedAsync(gateway, name, cancel);

        var outcome = await gateway.TriggerForceMergeAsync(new(name, long.MaxValue, TimeSpan.FromSeconds(10)), new CountingPermit(), cancel);
        output.WriteLine(outcome.ToString());
        var id = Assert.IsType<TriggerOutcome.Acknowledged>(outcome).CompactionId;
        var first = await gateway.GetCompactionAsync(name, id, cancel);
        Assert.Equal(before.Value.Select(s => s.Id).Order(), first.Plans!.Value.SelectMany(p => p.Sources).Order());
        await UntilAsync(async () => !(await gateway.GetCompactionAsync(name, id, cancel)).Executing, cancel);
        output.WriteLine((await gateway.GetCompactionAsync(name, id, cancel)).ToString());
        var after = await gateway.ListSegmentsAsync(name, cancel);
        output.WriteLine(string.Join('\n', after!.Value.Where(s => s.State != Core.Milvus.SegmentState.Dropped)));

        await maker.Client.LoadCollectionAsync(new() { CollectionName = collection, ReplicaNumber = 1 }, maker.Call("default", options.CallTimeout, cancel));
        await UntilAsync(async () => await gateway.GetLoadStateAsync(name, cancel) == LoadState.Loaded, cancel);
        await gateway.RefreshLoadAsync(name, cancel);
        await UntilAsync(async () => await gateway.GetRefreshProgressAsync(name, cancel) == 100, cancel);
        Assert.Equal(3 * Rows, (await gateway.ListQuerySegmentsAsync(name, cancel))!.Value.Sum(s => s.Rows));

        Assert.Equal(collection, (await gateway.FindCollectionAsync("default", name.CollectionId, cancel))!.Name.Name);
        await maker.Client.DropCollectionAsync(new() { CollectionName = collection }, maker.Call("default", options.CallTimeout, cancel));
        await UntilAsync(async () => await gateway.FindCollectionAsync("default", name.CollectionId, cancel) is null, cancel);
        var gone = await Assert.ThrowsAsync<MilvusException>(() => gateway.DescribeCollectionAsync("default", collection, cancel));
        Assert.Equal(MilvusFailure.CollectionNotFound, gone.Code);
    }

    [RealServerFact]
    public async Task An_unknown_database_and_an_unknown_id()
    {
        await using var gateway = new MilvusGateway(new() { Address = MilvusAddress.Parse(RealServerFactAttribute.Address!) }, TimeProvider.System);
        var failure = await Gateways.FailureOf(() => gateway.DescribeServerAsync("nosuchdb", default));
        output.WriteLine(failure.ToString());
        Assert.Equal(MilvusFailure.DatabaseNotFound, failure.Code);
        Assert.Null(await gateway.FindCollectionAsync("nosuchdb", 1, default));
        Assert.Null(await gateway.FindCollectionAsync("default", 1, default));
    }

    private static async Task MakeAsync(MilvusChannel maker, string collection, CancellationToken cancel)
    {
        var schema = new CollectionSchema { Name = collection };
        schema.Fields.Add(new FieldSchema { Name = "id", IsPrimaryKey = true, DataType = DataType.Int64 });
        var vector = new FieldSchema { Name = "v", DataType = DataType.FloatVector };
        vector.TypeParams.Add(new KeyValuePair { Key = "dim", Value = $"{Dimension}" });
        schema.Fields.Add(vector);
        var request = new CreateCollectionRequest { CollectionName = collection, Schema = schema.ToByteString(), ShardsNum = 1 };
        var status = await maker.Client.CreateCollectionAsync(request, maker.Call("default", TimeSpan.FromSeconds(10), cancel));
        Assert.Null(FailureClassifier.OfAnswer(status));
    }

    private static async Task InsertAsync(MilvusChannel maker, string collection, int batch, CancellationToken cancel)
    {
        var ids = new LongArray { Data = { Enumerable.Range(batch * Rows, Rows).Select(i => (long)i) } };
        var floats = new FloatArray { Data = { Enumerable.Range(0, Rows * Dimension).Select(i => i % 97 / 97f) } };
        var insert = new InsertRequest { CollectionName = collection, NumRows = Rows };
        insert.FieldsData.Add(new FieldData { FieldName = "id", Type = DataType.Int64, Scalars = new() { LongData = ids } });
        insert.FieldsData.Add(new FieldData { FieldName = "v", Type = DataType.FloatVector, Vectors = new() { Dim = Dimension, FloatVector = floats } });
        var result = await maker.Client.InsertAsync(insert, maker.Call("default", TimeSpan.FromSeconds(20), cancel));
        Assert.Null(FailureClassifier.OfAnswer(result.Status));
    }

    private static Task UntilIndexedAsync(MilvusGateway gateway, CollectionName name, CancellationToken cancel) => UntilAsync(async () =>
    {
        var indexes = await gateway.DescribeIndexesAsync(name, await gateway.AllocateTimestampAsync(cancel) ?? 0, cancel);
        return indexes.All(i => i is { State: Core.Milvus.IndexState.Finished, PendingRows: 0 });
    }, cancel);

    private static async Task UntilAsync(Func<Task<bool>> holds, CancellationToken cancel)
    {
        while (!await holds()) await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancel);
    }
}
