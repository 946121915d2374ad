using Milvus.Optimize.Wire;
using KeyValuePair = Milvus.Optimize.Wire.KeyValuePair;

namespace Milvus.Optimize.Simulator.Tests.Switches;

/// <summary>The rules by which generations differ in names, texts, codes and what they know of a request.</summary>
internal static class TextSwitches
{
    public static IReadOnlyList<Switch> All { get; } =
    [
        RuleSwitches.Of("Version", "g4: 2.6.17", "g5: 3.0.0", async c => (await c.Milvus.GetVersionAsync(new())).Version),
        RuleSwitches.Of("BuildTags", "g4: 2.6.17", "lite: milvus_lite", async c => (await Server(c)).BuildTags),
        RuleSwitches.Of("BuildTime", "g4: ", "2.3: Fri Jan 19 14:23:10 UTC 2024", async c => (await Server(c)).BuildTime),
        RuleSwitches.Of("GitCommit", "g4: ", "2.3: 9aceff5a6", async c => (await Server(c)).GitCommit),
        RuleSwitches.Of("GoVersion", "g4: ", "2.3: go version go1.20.4 linux/amd64", async c => (await Server(c)).GoVersion),
        RuleSwitches.Of("ChannelPrefix", "g4: by-dev-rootcoord-dml_", "2.3: by-dev-_", async c =>
        {
            var channel = (await c.Milvus.DescribeCollectionAsync(new() { CollectionName = "books" })).VirtualChannelNames.Single();
            return channel[..(channel[..channel.LastIndexOf('_')].LastIndexOf('_') + 1)];
        }),
        RuleSwitches.Of("KeyedPartitions", "g4: 16", "2.3: 64", async c => $"{(await c.Milvus.ShowPartitionsAsync(new() { CollectionName = "keyed" })).PartitionNames.Count}")
            with { Collection = new() { Name = "keyed", PartitionKey = true } },
        RuleSwitches.Of("MarksInputErrors", "g4: 1100 true", "2.3: 1100 ", async c =>
        {
            var status = (await c.Milvus.DescribeCollectionAsync(new() { CollectionName = "no-name" })).Status;
            return $"{status.Code} {status.ExtraInfo.GetValueOrDefault("is_input_error")}";
        }),
        RuleSwitches.Of("FiltersIndexesByField", "g4: 700", "2.3: 0", c => PlainClient.Said(c.Milvus.DescribeIndexAsync(new() { CollectionName = "books", FieldName = "id" }))),
        RuleSwitches.Of("DescribeKeepsOldErrorText",
            "g4: can't find collection[database=default][collection=x]",
            "2.3: can't find collection collection not found[database=default][collection=x]",
            async c => (await c.Milvus.DescribeCollectionAsync(new() { CollectionName = "x" })).Status.Reason),
        RuleSwitches.Of("RemembersDroppedNames", "g4: collection not found[database=default][collection=books]", "2.3: collection not found[collection=<id>]", async c =>
        {
            var id = await c.Id("books");
            await c.Milvus.DropCollectionAsync(new() { CollectionName = "books" });
            return (await c.Load()).Reason.Replace($"{id}", "<id>", StringComparison.Ordinal);
        }),
        RuleSwitches.Of("DescribeEchoesName", "g4: books", "2.3: library", async c => (await c.Milvus.DescribeCollectionAsync(new() { CollectionName = "library" })).CollectionName),
        RuleSwitches.Of("UnknownDatabaseIsItsOwnError", "g4: 800", "2.3: 100", c => PlainClient.Said(c.Milvus.DescribeCollectionAsync(new() { DbName = "nowhere", CollectionName = "books" }))),
        RuleSwitches.Of("HasDeleteKeys", "g4: 0", "2.3: 65535", c => PlainClient.Said(c.Milvus.AlterCollectionAsync(new() { CollectionName = "books", DeleteKeys = { "some" } }))),
        RuleSwitches.Of("AltersMmapOnlyReleased", "g4: 104", "2.3: 0", c =>
            PlainClient.Said(c.Milvus.AlterCollectionAsync(new() { CollectionName = "books", Properties = { new KeyValuePair { Key = "mmap.enabled", Value = "true" } } }))),
        RuleSwitches.Of("SaysWhenItLooked", "g4: collection", "2.3: timestamp", async c =>
            (await c.Milvus.RenameCollectionAsync(new() { OldName = "nowhere", NewName = "somewhere" })).Reason.Split(' ')[0]),
        RuleSwitches.Of("AlterIndexIsBroken", "g4: 104", "2.3: Unavailable", c =>
            PlainClient.Said(c.Milvus.AlterIndexAsync(new() { CollectionName = "books", IndexName = "v", ExtraParams = { new KeyValuePair { Key = "mmap.enabled", Value = "true" } } }))),
        RuleSwitches.Of("UpsertWantsOwnKeys", "g4: 0", "2.3: 1100", async c =>
        {
            var schema = new CollectionSchema { Name = "auto", Fields = { new FieldSchema { Name = "id", IsPrimaryKey = true, AutoID = true, DataType = DataType.Int64 } } };
            await c.Milvus.CreateCollectionAsync(new() { CollectionName = "auto", Schema = Google.Protobuf.MessageExtensions.ToByteString(schema) });
            return await PlainClient.Said(c.Milvus.UpsertAsync(new() { CollectionName = "auto", NumRows = 1 }));
        }),
    ];

    private static async Task<ServerInfo> Server(PlainClient client) => (await client.Milvus.ConnectAsync(new())).ServerInfo;
}
