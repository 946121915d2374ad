using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Milvus.Optimize.Wire;
using KeyValuePair = Milvus.Optimize.Wire.KeyValuePair;

namespace Milvus.Optimize.RealServer.Tests;

/// <summary>Makes collections as any client would, with its own plain gRPC client.</summary>
internal sealed class Seed(Uri address) : IDisposable
{
    /// <summary>Of a collection with a partition key.</summary>
    public const int Partitions = 4;

    private const int Dimension = 32;
    private readonly GrpcChannel _channel = GrpcChannel.ForAddress(address, new() { MaxReceiveMessageSize = null });

    private MilvusService.MilvusServiceClient Client => new(_channel);

    /// <param name="Segments">How many flushed segments.</param>
    public sealed record Spec(string Name, int Segments, string Database = "default", int Rows = 2000, int Shards = 1, bool Index = true, bool Load = true, bool PartitionKey = false);

    public async Task<string> MakeAsync(Spec spec)
    {
        var headers = new Metadata { { "dbname", spec.Database } };
        var schema = new CollectionSchema { Name = spec.Name };
        schema.Fields.Add(new FieldSchema { Name = "id", IsPrimaryKey = true, DataType = DataType.Int64 });
        schema.Fields.Add(new FieldSchema { Name = "v", DataType = DataType.FloatVector, TypeParams = { new KeyValuePair { Key = "dim", Value = $"{Dimension}" } } });
        if (spec.PartitionKey) schema.Fields.Add(new FieldSchema { Name = "k", IsPartitionKey = true, DataType = DataType.Int64 });
        Ok(await Client.CreateCollectionAsync(
            new() { DbName = spec.Database, CollectionName = spec.Name, Schema = schema.ToByteString(), ShardsNum = spec.Shards, NumPartitions = spec.PartitionKey ? Partitions : 0 }, headers));
        for (var i = 0; i < spec.Segments; i++) await FlushedAsync(spec, i * spec.Rows, headers);
        if (spec.Index) await IndexAsync(spec, headers);
        if (spec is { Index: true, Load: true }) await LoadAsync(spec, headers);
        return spec.Name;
    }

    public async Task InsertAsync(Spec spec, int firstId)
    {
        var headers = new Metadata { { "dbname", spec.Database } };
        var ids = new LongArray { Data = { Enumerable.Range(firstId, spec.Rows).Select(i => (long)i) } };
        var random = new Random(firstId + 1);
        var floats = new FloatArray { Data = { Enumerable.Range(0, spec.Rows * Dimension).Select(_ => random.NextSingle()) } };
        var insert = new InsertRequest { DbName = spec.Database, CollectionName = spec.Name, NumRows = (uint)spec.Rows };
        insert.FieldsData.Add(new FieldData { FieldName = "id", Type = DataType.Int64, Scalars = new() { LongData = ids } });
        insert.FieldsData.Add(new FieldData { FieldName = "v", Type = DataType.FloatVector, Vectors = new() { Dim = Dimension, FloatVector = floats } });
        if (spec.PartitionKey) insert.FieldsData.Add(new FieldData { FieldName = "k", Type = DataType.Int64, Scalars = new() { LongData = ids } });
        Ok((await Client.InsertAsync(insert, headers)).Status);
    }

    /// <summary>A merge that is not ours.</summary>
    /// <returns>The id that its caller is told.</returns>
    public async Task<long> CompactAsync(string collection)
    {
        var described = await Client.DescribeCollectionAsync(new() { CollectionName = collection });
        var answer = await Client.ManualCompactionAsync(new() { CollectionID = described.CollectionID });
        Ok(answer.Status);
        return answer.CompactionID;
    }

    public async Task<bool> IsAtWorkAsync(long compaction) =>
        (await Client.GetCompactionStateAsync(new() { CompactionID = compaction })).State == CompactionState.Executing;

    /// <summary>One more flushed segment.</summary>
    public Task AddAsync(Spec spec, int firstId) => FlushedAsync(spec, firstId, new Metadata { { "dbname", spec.Database } });

    public async Task DatabaseAsync(string database) => Ok(await Client.CreateDatabaseAsync(new() { DbName = database }));

    public async Task AliasAsync(string collection, string alias) => Ok(await Client.CreateAliasAsync(new() { CollectionName = collection, Alias = alias }));

    public async Task DropAsync(string collection) => Ok(await Client.DropCollectionAsync(new() { CollectionName = collection }));

    public async Task<long[]> SegmentsAsync(string collection, string database = "default")
    {
        var reply = await Client.GetPersistentSegmentInfoAsync(new() { DbName = database, CollectionName = collection }, new Metadata { { "dbname", database } });
        return [.. reply.Infos.Where(s => s.State == SegmentState.Flushed).Select(s => s.SegmentID).Order()];
    }

    public void Dispose() => _channel.Dispose();

    private async Task FlushedAsync(Spec spec, int firstId, Metadata headers)
    {
        await InsertAsync(spec, firstId);
        var flush = await Client.FlushAsync(new() { DbName = spec.Database, CollectionNames = { spec.Name } }, headers);
        Ok(flush.Status);
        var ask = new GetFlushStateRequest { DbName = spec.Database, CollectionName = spec.Name, FlushTs = flush.CollFlushTs[spec.Name] };
        ask.SegmentIDs.AddRange(flush.CollSegIDs[spec.Name].Data);
        await UntilAsync(async () => (await Client.GetFlushStateAsync(ask, headers)).Flushed);
    }

    private async Task IndexAsync(Spec spec, Metadata headers)
    {
        var create = new CreateIndexRequest { DbName = spec.Database, CollectionName = spec.Name, FieldName = "v", IndexName = "v" };
        foreach (var (key, value) in new[] { ("index_type", "HNSW"), ("metric_type", "L2"), ("M", "8"), ("efConstruction", "64") }) create.ExtraParams.Add(new KeyValuePair { Key = key, Value = value });
        Ok(await Client.CreateIndexAsync(create, headers));
        await UntilAsync(async () =>
        {
            var now = await Client.AllocTimestampAsync(new());
            var reply = await Client.DescribeIndexAsync(new() { DbName = spec.Database, CollectionName = spec.Name, Timestamp = now.Timestamp }, headers);
            return reply.IndexDescriptions.All(i => i is { State: IndexState.Finished, PendingIndexRows: 0 });
        });
    }

    private async Task LoadAsync(Spec spec, Metadata headers)
    {
        Ok(await Client.LoadCollectionAsync(new() { DbName = spec.Database, CollectionName = spec.Name, ReplicaNumber = 1 }, headers));
        await UntilAsync(async () => (await Client.GetLoadStateAsync(new() { DbName = spec.Database, CollectionName = spec.Name }, headers)).State == LoadState.Loaded);
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var over = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!await holds()) await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, over.Token);
    }

    private static void Ok(Wire.Status status) => Assert.True(status.Code == 0, $"code {status.Code}: {status.Reason}");
}
