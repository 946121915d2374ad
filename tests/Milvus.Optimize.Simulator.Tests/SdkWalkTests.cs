using Google.Protobuf;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>The life of a collection as an SDK leads it, by a client that knows only the wire.</summary>
public sealed class SdkWalkTests
{
    public static TheoryData<string> Generations => [.. GenerationRules.Names];

    [Theory]
    [MemberData(nameof(Generations))]
    public async Task A_collection_is_made_filled_loaded_named_compacted_and_dropped_in_a_database_of_its_own(string generation)
    {
        await using var milvus = await RunningSimulator.Start(generation);
        var m = milvus.Milvus;
        Success(await m.CreateDatabaseAsync(new() { DbName = "shelf" }));
        Success(await m.CreateCollectionAsync(new() { DbName = "shelf", CollectionName = "walk", Schema = Schema(), ShardsNum = 1, ConsistencyLevel = ConsistencyLevel.Session }));
        Success(await m.CreatePartitionAsync(new() { DbName = "shelf", CollectionName = "walk", PartitionName = "more" }));
        Assert.Contains("more", (await m.ShowPartitionsAsync(new() { DbName = "shelf", CollectionName = "walk" })).PartitionNames);
        Success(await m.CreateIndexAsync(new()
        {
            DbName = "shelf", CollectionName = "walk", FieldName = "v",
            ExtraParams = { new KeyValuePair { Key = "index_type", Value = "HNSW" }, new KeyValuePair { Key = "metric_type", Value = "L2" } },
        }));
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(700, (await m.InsertAsync(new() { DbName = "shelf", CollectionName = "walk", PartitionName = "more", NumRows = 700 })).InsertCnt);
            Success((await m.FlushAsync(new() { DbName = "shelf", CollectionNames = { "walk" } })).Status);
            milvus.Pass(60);
        }

        Success(await m.LoadCollectionAsync(new() { DbName = "shelf", CollectionName = "walk", ReplicaNumber = 1 }));
        milvus.Pass(120);
        Assert.Equal(100, (await m.GetLoadingProgressAsync(new() { DbName = "shelf", CollectionName = "walk" })).Progress);
        Assert.Equal("1400", (await m.GetCollectionStatisticsAsync(new() { DbName = "shelf", CollectionName = "walk" })).Stats.Single().Value);
        Success(await m.CreateAliasAsync(new() { DbName = "shelf", CollectionName = "walk", Alias = "stroll" }));
        var described = await m.DescribeCollectionAsync(new() { DbName = "shelf", CollectionName = "stroll" });
        Success(described.Status);
        Assert.Equal(generation == "lite" ? ConsistencyLevel.Strong : ConsistencyLevel.Session, described.ConsistencyLevel);
        Success((await m.ManualCompactionAsync(new() { CollectionID = described.CollectionID, DbName = "shelf", CollectionName = "walk" })).Status);
        milvus.Pass(300);
        Assert.Equal("1400", (await m.GetCollectionStatisticsAsync(new() { DbName = "shelf", CollectionName = "walk" })).Stats.Single().Value);
        Success(await m.DropAliasAsync(new() { DbName = "shelf", Alias = "stroll" }));
        Success(await m.ReleaseCollectionAsync(new() { DbName = "shelf", CollectionName = "walk" }));
        Success(await m.DropCollectionAsync(new() { DbName = "shelf", CollectionName = "walk" }));
        Assert.False((await m.HasCollectionAsync(new() { DbName = "shelf", CollectionName = "walk" })).Value);
        Success(await m.DropDatabaseAsync(new() { DbName = "shelf" }));
        Assert.DoesNotContain("shelf", (await m.ListDatabasesAsync(new())).DbNames);
    }

    private static void Success(Status status) => Assert.True(status.Code == 0, $"{status.Code}: {status.Reason}");

    private static ByteString Schema() => new CollectionSchema
    {
        Name = "walk",
        Fields =
        {
            new FieldSchema { Name = "id", IsPrimaryKey = true, DataType = DataType.Int64 },
            new FieldSchema { Name = "v", DataType = DataType.FloatVector, TypeParams = { new KeyValuePair { Key = "dim", Value = "32" } } },
        },
    }.ToByteString();
}
