using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>What a real 2.3.5 said, side by side, of names that are made twice, dropped twice, or dropped and asked for.</summary>
public sealed class NameTests
{
    [Fact]
    public async Task Making_the_same_again_is_a_success_and_something_else_under_its_name_is_not()
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        var m = milvus.Milvus;
        Assert.Equal(0, (await m.CreateCollectionAsync(Fresh())).Code);
        Assert.Equal(0, (await m.CreateCollectionAsync(Fresh())).Code);
        var text = "create duplicate collection with different parameters, collection: fresh";
        Refused(65535, text, await m.CreateCollectionAsync(Fresh(shards: 2)));
        Refused(65535, text, await m.CreateCollectionAsync(Fresh(dimension: "16")));

        Assert.Equal(0, (await m.CreateAliasAsync(new() { CollectionName = "fresh", Alias = "a" })).Code);
        Assert.Equal(0, (await m.CreateAliasAsync(new() { CollectionName = "fresh", Alias = "a" })).Code);
        Refused(1602, "a is alias to another collection: fresh: alias already exist[database=default][alias=a]", await m.CreateAliasAsync(new() { CollectionName = "books", Alias = "a" }));
        Refused(1601, "alias and collection name conflict[database=default][alias=books]", await m.CreateAliasAsync(new() { CollectionName = "fresh", Alias = "books" }));

        Assert.Equal(0, (await m.CreateDatabaseAsync(new() { DbName = "other" })).Code);
        Refused(65535, "database already exist: other", await m.CreateDatabaseAsync(new() { DbName = "other" }));
    }

    [Fact]
    public async Task Dropping_what_is_not_there_is_a_success()
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        var m = milvus.Milvus;
        Assert.Equal(0, (await m.DropCollectionAsync(new() { CollectionName = "nowhere" })).Code);
        Assert.Equal(0, (await m.DropAliasAsync(new() { Alias = "nowhere" })).Code);
        Assert.Equal(0, (await m.DropDatabaseAsync(new() { DbName = "nowhere" })).Code);
    }

    [Fact]
    public async Task The_name_and_the_alias_of_a_dropped_collection_still_stand_for_its_id()
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        var m = milvus.Milvus;
        await m.CreateCollectionAsync(Fresh());
        await m.CreateAliasAsync(new() { CollectionName = "fresh", Alias = "a" });
        var id = milvus.Control.Find("fresh")!.Id;
        Assert.Equal(0, (await m.DropCollectionAsync(new() { CollectionName = "fresh" })).Code);

        var gone = $"collection not found[collection={id}]";
        Refused(100, gone, (await m.GetPersistentSegmentInfoAsync(new() { CollectionName = "fresh" })).Status);
        Refused(100, gone, (await m.GetPersistentSegmentInfoAsync(new() { CollectionName = "a" })).Status);
        Refused(1602, "a is alias to another collection: fresh: alias already exist[database=default][alias=a]", await m.CreateAliasAsync(new() { CollectionName = "books", Alias = "a" }));
        Refused(1600, "alias not found[database=default][alias=a]", (await m.DescribeAliasAsync(new() { Alias = "a" })).Status);
        Assert.Equal(0, (await m.AlterAliasAsync(new() { CollectionName = "books", Alias = "a" })).Code);
        Assert.Equal("books", (await m.DescribeAliasAsync(new() { Alias = "a" })).Collection);

        await m.CreateCollectionAsync(Fresh());
        await m.DropAliasAsync(new() { Alias = "a" });
        Assert.Empty((await m.GetPersistentSegmentInfoAsync(new() { CollectionName = "fresh" })).Infos);
        Refused(100, "collection not found[database=default][collection=a]", (await m.GetPersistentSegmentInfoAsync(new() { CollectionName = "a" })).Status);
    }

    private static CreateCollectionRequest Fresh(int shards = 1, string dimension = "8") => new()
    {
        CollectionName = "fresh",
        ShardsNum = shards,
        Schema = Google.Protobuf.MessageExtensions.ToByteString(new CollectionSchema
        {
            Name = "fresh",
            Fields =
            {
                new FieldSchema { Name = "id", IsPrimaryKey = true, DataType = DataType.Int64 },
                new FieldSchema { Name = "v", DataType = DataType.FloatVector, TypeParams = { new Milvus.Optimize.Wire.KeyValuePair { Key = "dim", Value = dimension } } },
            },
        }),
    };

    private static void Refused(int code, string text, Status status) => Assert.Equal((code, text), (status.Code, status.Reason));
}
