using Grpc.Core;
using Milvus.Optimize.Wire;
using Status = Milvus.Optimize.Wire.Status;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>Renamed collections, altered properties and indexes; codes and texts as a real 2.3.5 gave them, later ones as their source has them.</summary>
public sealed class AlterationTests
{
    [Fact]
    public async Task A_renamed_collection_keeps_its_id_rows_aliases_and_its_running_compaction()
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        var m = milvus.Milvus;
        var before = milvus.Books;
        var id = (await milvus.Compact(targetSize: 0)).CompactionID;
        Success(await m.RenameCollectionAsync(new() { OldName = "books", NewName = "tomes" }));
        milvus.Pass(60);

        Assert.False((await m.HasCollectionAsync(new() { CollectionName = "books" })).Value);
        var described = await m.DescribeCollectionAsync(new() { CollectionName = "library" });
        Assert.Equal((before.Id, "tomes"), (described.CollectionID, described.Schema.Name));
        Assert.Equal(1, (await milvus.State(id)).CompletedPlanNo);
        Assert.Equal("tomes", milvus.Control.Log.Last(entry => entry.Event == "compactionEnded").Collection);
        Assert.Equal(300_000, (await milvus.Segments("tomes")).Single().NumRows);
    }

    [Fact]
    public async Task A_collection_moves_to_another_database_without_aliases_alone()
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        var m = milvus.Milvus;
        await m.CreateDatabaseAsync(new() { DbName = "other" });
        Refused(65535, "fail to rename db name, must drop all aliases of this collection before rename", await m.RenameCollectionAsync(new() { OldName = "books", NewName = "books", NewDBName = "other" }));
        Success(await m.RenameCollectionAsync(new() { OldName = "films", NewName = "movies", NewDBName = "other" }));
        Assert.Equal(["movies"], (await m.ShowCollectionsAsync(new() { DbName = "other" })).CollectionNames);
    }

    [Fact]
    public async Task What_cannot_be_renamed_is_refused_in_the_servers_words()
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        await using var newer = await RunningSimulator.Start("g4");
        var m = milvus.Milvus;
        Refused(65535, "duplicated new collection name default:films with other collection name or alias", await m.RenameCollectionAsync(new() { OldName = "books", NewName = "films" }));
        Refused(65535, "duplicated new collection name default:library with other collection name or alias", await m.RenameCollectionAsync(new() { OldName = "films", NewName = "library" }));
        Refused(65535, "unsupported use an alias to rename collection, alias:library", await m.RenameCollectionAsync(new() { OldName = "library", NewName = "x" }));
        Refused(65535, "target database:no not found", await m.RenameCollectionAsync(new() { OldName = "films", NewName = "x", NewDBName = "no" }));
        Refused(65535, "database:no not found", await m.RenameCollectionAsync(new() { OldName = "films", NewName = "x", DbName = "no" }));
        Refused(1100, "Invalid collection name: e-f. collection name can only contain numbers, letters and underscores: invalid parameter", await m.RenameCollectionAsync(new() { OldName = "films", NewName = "e-f" }));
        var missing = await m.RenameCollectionAsync(new() { OldName = "no", NewName = "x" });
        Assert.Equal(100, missing.Code);
        Assert.Matches(@"^timestamp = \d{18}: collection not found\[database=1\]\[collection=no\]$", missing.Reason);
        Refused(100, "collection not found[database=default][collection=no]", await newer.Milvus.RenameCollectionAsync(new() { OldName = "no", NewName = "x" }));
    }

    [Fact]
    public async Task Altered_properties_are_merged_and_take_effect()
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        var m = milvus.Milvus;
        milvus.Control.Insert("empty", 2000);
        await m.FlushAsync(new() { CollectionNames = { "empty" } });
        await m.CreateIndexAsync(new() { CollectionName = "empty", FieldName = "v" });
        Success(await m.AlterCollectionAsync(Alter("empty", ("collection.autocompaction.enabled", "false"))));
        milvus.Pass(60);
        Success(await m.AlterCollectionAsync(Alter("empty", ("collection.ttl.seconds", "30"))));
        var properties = (await m.DescribeCollectionAsync(new() { CollectionName = "empty" })).Properties.ToDictionary(pair => pair.Key, pair => pair.Value);
        Assert.Equal(("30", "false"), (properties["collection.ttl.seconds"], properties["collection.autocompaction.enabled"]));

        await milvus.Compact("empty", 0);
        milvus.Pass(60);
        Assert.Empty(await milvus.Segments("empty"));
    }

    [Fact]
    public async Task What_cannot_be_altered_is_refused_by_each_generation_in_its_way()
    {
        await using var older = await RunningSimulator.Start("2.3");
        await using var newer = await RunningSimulator.Start("g4");
        const string nothing = "only support alter collection properties, but collection properties is empty";
        Refused(65535, nothing, await older.Milvus.AlterCollectionAsync(Alter("books")));
        Refused(65535, nothing, await newer.Milvus.AlterCollectionAsync(Alter("books")));
        Refused(65535, nothing, await older.Milvus.AlterCollectionAsync(new() { CollectionName = "books", DeleteKeys = { "a" } }));
        Refused(65535, "alter collection failed, collection name does not exists", await older.Milvus.AlterCollectionAsync(new() { CollectionID = older.Books.Id, Properties = { Pair("a", "b") } }));
        Assert.Matches(@"^timestamp = \d{18}: collection not found\[database=1\]\[collection=no\]$", (await older.Milvus.AlterCollectionAsync(Alter("no", ("a", "b")))).Reason);
        Success(await older.Milvus.AlterCollectionAsync(Alter("books", ("mmap.enabled", "true"))));
        Refused(104, "can not alter mmap properties if collection loaded: collection already loaded[collection=books]", await newer.Milvus.AlterCollectionAsync(Alter("books", ("mmap.enabled", "true"))));

        Success(await newer.Milvus.AlterCollectionAsync(Alter("books", ("a", "b"), ("c", "d"))));
        Success(await newer.Milvus.AlterCollectionAsync(new() { CollectionName = "books", DeleteKeys = { "a" } }));
        Assert.Equal(["c"], (await newer.Milvus.DescribeCollectionAsync(new() { CollectionName = "books" })).Properties.Select(pair => pair.Key));
    }

    [Fact]
    public async Task An_index_is_altered_while_its_collection_is_released_and_never_on_2_3()
    {
        await using var older = await RunningSimulator.Start("2.3");
        await using var newer = await RunningSimulator.Start("g4");
        var mmap = Pair("mmap.enabled", "true");
        var broken = await Assert.ThrowsAsync<RpcException>(async () => await older.Milvus.AlterIndexAsync(new() { CollectionName = "books", IndexName = "v", ExtraParams = { mmap } }));
        Assert.Equal((StatusCode.Internal, "grpc: error while marshaling: proto: Marshal called with nil"), (broken.StatusCode, broken.Status.Detail));

        var m = newer.Milvus;
        Refused(1100, "M is not a configable index property: invalid parameter", await m.AlterIndexAsync(new() { CollectionName = "books", IndexName = "v", ExtraParams = { Pair("M", "8") } }));
        Refused(104, "can't alter index on loaded collection, please release the collection first: collection already loaded[collection=books]", await m.AlterIndexAsync(new() { CollectionName = "books", IndexName = "v", ExtraParams = { mmap } }));
        await m.ReleaseCollectionAsync(new() { CollectionName = "books" });
        Refused(700, "index not found[indexName=no]", await m.AlterIndexAsync(new() { CollectionName = "books", IndexName = "no", ExtraParams = { mmap } }));
        Success(await m.AlterIndexAsync(new() { CollectionName = "books", IndexName = "v", ExtraParams = { mmap } }));
        Assert.Contains(mmap, (await newer.Index(0)).Params);
    }

    private static KeyValuePair Pair(string key, string value) => new() { Key = key, Value = value };

    private static AlterCollectionRequest Alter(string name, params (string Key, string Value)[] properties) =>
        new() { CollectionName = name, Properties = { properties.Select(pair => Pair(pair.Key, pair.Value)) } };

    private static void Success(Status status) => Assert.Equal((0, ""), (status.Code, status.Reason));

    private static void Refused(int code, string reason, Status status) => Assert.Equal((code, reason), (status.Code, status.Reason));
}
