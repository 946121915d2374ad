using System.Text;
using Google.Protobuf;
using Milvus.Optimize.Wire;
using KeyValuePair = Milvus.Optimize.Wire.KeyValuePair;

namespace Milvus.Optimize.Host.Tests;

/// <summary>What <c>simulate --data FILE</c> keeps over kill -9, seen by a client that knows only the wire. Server time runs 50 times faster.</summary>
public sealed class KilledSimulatorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _over = new(TimeSpan.FromSeconds(60));

    [Theory]
    [InlineData("2.3", 0)]
    [InlineData("g6", 1)]
    public async Task What_a_real_server_keeps_is_there_and_what_it_forgets_is_forgotten(string generation, int plansAfter)
    {
        string before;
        long compaction;
        using (var first = await StartAsync(generation))
        {
            var m = first.Milvus;
            compaction = await MakeAsync(m);
            Assert.Single((await m.GetCompactionStateWithPlansAsync(new() { CompactionID = compaction })).MergeInfos);
            Assert.Equal(2, (await SegmentsAsync(m, "default")).Count);
            await m.DeleteAsync(new() { CollectionName = "walk", Expr = "id in [1,2,3,4,5]" });
            await m.DeleteAsync(new() { CollectionName = "walk", PartitionName = "q", Expr = "id in [6,7]" });
            await m.FlushAsync(new() { CollectionNames = { "walk" } });
            await m.InsertAsync(new() { CollectionName = "walk", PartitionName = "p", NumRows = 7 });
            before = await DescribeAsync(m);
            await first.KillAsync(_over.Token);
        }

        using var second = await StartAsync(generation);
        var milvus = second.Milvus;
        Assert.Equal(plansAfter, (await milvus.GetCompactionStateWithPlansAsync(new() { CompactionID = compaction })).MergeInfos.Count);
        await UntilAsync(async () => (await milvus.GetLoadStateAsync(new() { CollectionName = "walk" })).State == LoadState.Loaded);
        Assert.Equal(before, await DescribeAsync(milvus));
        Assert.Equal(1400, (await milvus.UpdateCredentialAsync(Password("wrong1", "secret2"))).Code);
        Assert.Equal(0, (await milvus.UpdateCredentialAsync(Password("secret1", "secret2"))).Code);

        // What was deleted or had grown too old before the kill is dropped after it.
        await UntilAsync(async () => (await SegmentsAsync(milvus, "default", SegmentLevel.L0)).Count == 0);
        await CompactAsync(milvus, "default", await IdAsync(milvus, "default"));
        await UntilAsync(async () => (await SegmentsAsync(milvus, "default")).Sum(segment => segment.NumRows) == 5993);
        await CompactAsync(milvus, "shelf", await IdAsync(milvus, "shelf"));
        await UntilAsync(async () => (await SegmentsAsync(milvus, "shelf")).Count == 0);
    }

    public void Dispose()
    {
        _over.Dispose();
        _folder.Dispose();
    }

    private Task<SimulatorProcess> StartAsync(string generation) =>
        SimulatorProcess.StartAsync(_over.Token, "--generation", generation, "--speed", "50", "--data", _folder.File("world.json"));

    /// <summary>Two collections of one name in two databases, one of them with partitions, of which one is loaded.</summary>
    /// <returns>A compaction that is over.</returns>
    private async Task<long> MakeAsync(MilvusService.MilvusServiceClient m)
    {
        Assert.Equal(0, (await m.CreateCredentialAsync(new() { Username = "ann", Password = Base64("secret1") })).Code);
        Assert.Equal(0, (await m.CreateDatabaseAsync(new() { DbName = "shelf" })).Code);
        foreach (var database in new[] { "default", "shelf" })
        {
            Assert.Equal(0, (await m.CreateCollectionAsync(new() { DbName = database, CollectionName = "stroll", Schema = Schema() })).Code);
            Assert.Equal(0, (await m.RenameCollectionAsync(new() { DbName = database, OldName = "stroll", NewName = "walk" })).Code);
            Assert.Equal(0, (await m.CreateAliasAsync(new() { DbName = database, CollectionName = "walk", Alias = "stroll" })).Code);
            await AlterAsync(m, database, "collection.autocompaction.enabled", "false");
            Assert.Equal(0, (await m.CreateIndexAsync(new() { DbName = database, CollectionName = "walk", FieldName = "v", ExtraParams = { Pair("index_type", "HNSW") } })).Code);
        }

        foreach (var partition in new[] { "p", "q", "r" }) await m.CreatePartitionAsync(new() { CollectionName = "walk", PartitionName = partition });
        await m.DropPartitionAsync(new() { CollectionName = "walk", PartitionName = "r" });
        Assert.Equal(0, (await m.LoadPartitionsAsync(new() { CollectionName = "walk", PartitionNames = { "p" }, ReplicaNumber = 1 })).Code);
        await FillAsync(m, "default", "p", 3000);
        await FillAsync(m, "default", "p", 2000);
        await FillAsync(m, "shelf", "", 4000);
        await AlterAsync(m, "shelf", "collection.ttl.seconds", "1");
        await UntilAsync(async () => await IndexedAsync(m, "default"));
        await UntilAsync(async () => (await m.GetLoadStateAsync(new() { CollectionName = "walk" })).State == LoadState.Loaded);
        var compaction = await CompactAsync(m, "default", await IdAsync(m, "default"));
        await UntilAsync(async () => (await m.GetCompactionStateAsync(new() { CompactionID = compaction })).State == CompactionState.Completed);
        await FillAsync(m, "default", "q", 1000);
        return compaction;
    }

    private async Task FillAsync(MilvusService.MilvusServiceClient m, string database, string partition, uint rows)
    {
        await m.InsertAsync(new() { DbName = database, CollectionName = "walk", PartitionName = partition, NumRows = rows });
        await m.FlushAsync(new() { DbName = database, CollectionNames = { "walk" } });
        await UntilAsync(() => IndexedAsync(m, database));
    }

    private static async Task<long> CompactAsync(MilvusService.MilvusServiceClient m, string database, long id) =>
        (await m.ManualCompactionAsync(new() { CollectionID = id, CollectionName = "walk", DbName = database, TargetSize = long.MaxValue })).CompactionID;

    /// <summary>All that an SDK is told of the server, without what moves by itself.</summary>
    private static async Task<string> DescribeAsync(MilvusService.MilvusServiceClient m)
    {
        var all = new StringBuilder().AppendLine((await m.ListDatabasesAsync(new())).ToString()).AppendLine((await m.ListCredUsersAsync(new())).ToString());
        foreach (var database in new[] { "default", "shelf" })
        {
            all.AppendLine((await m.DescribeCollectionAsync(new() { DbName = database, CollectionName = "stroll" })).ToString());
            all.AppendLine((await m.ShowPartitionsAsync(new() { DbName = database, CollectionName = "walk" })).ToString());
            all.AppendLine((await m.DescribeIndexAsync(new() { DbName = database, CollectionName = "walk" })).ToString());
            all.AppendLine((await m.GetLoadStateAsync(new() { DbName = database, CollectionName = "walk" })).ToString());
            foreach (var segment in (await SegmentsAsync(m, database)).OrderBy(segment => segment.SegmentID)) all.AppendLine(segment.ToString());
        }

        foreach (var partition in new[] { "_default", "p", "q" })
            all.AppendLine((await m.GetLoadStateAsync(new() { CollectionName = "walk", PartitionNames = { partition } })).ToString());
        all.AppendLine((await m.QueryAsync(new() { CollectionName = "walk", OutputFields = { "count(*)" } })).ToString());
        return all.ToString();
    }

    private static async Task<List<PersistentSegmentInfo>> SegmentsAsync(MilvusService.MilvusServiceClient m, string database, SegmentLevel? only = null)
    {
        var infos = (await m.GetPersistentSegmentInfoAsync(new() { DbName = database, CollectionName = "walk" })).Infos;
        return [.. infos.Where(info => only is null ? info.Level != SegmentLevel.L0 : info.Level == only)];
    }

    /// <summary>Every flushed segment has its index, and in the generations that sort it is the sorted one.</summary>
    private static async Task<bool> IndexedAsync(MilvusService.MilvusServiceClient m, string database)
    {
        var flush = await m.GetFlushAllStateAsync(new() { FlushAllTs = (await m.AllocTimestampAsync(new())).Timestamp });
        var index = (await m.DescribeIndexAsync(new() { DbName = database, CollectionName = "walk", Timestamp = (await m.AllocTimestampAsync(new())).Timestamp })).IndexDescriptions.Single();
        var isSorted = (await m.GetVersionAsync(new())).Version.StartsWith("v2.3", StringComparison.Ordinal) || (await SegmentsAsync(m, database)).TrueForAll(segment => segment.IsSorted);
        return flush.Flushed && isSorted && index is { State: IndexState.Finished, PendingIndexRows: 0 };
    }

    private static async Task<long> IdAsync(MilvusService.MilvusServiceClient m, string database) =>
        (await m.DescribeCollectionAsync(new() { DbName = database, CollectionName = "walk" })).CollectionID;

    private static async Task AlterAsync(MilvusService.MilvusServiceClient m, string database, string key, string value) =>
        Assert.Equal(0, (await m.AlterCollectionAsync(new() { DbName = database, CollectionName = "walk", Properties = { Pair(key, value) } })).Code);

    private async Task UntilAsync(Func<Task<bool>> holds)
    {
        while (!await holds()) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, _over.Token);
    }

    private static KeyValuePair Pair(string key, string value) => new() { Key = key, Value = value };

    private static UpdateCredentialRequest Password(string old, string other) => new() { Username = "ann", OldPassword = Base64(old), NewPassword = Base64(other) };

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static ByteString Schema() => new CollectionSchema
    {
        Name = "stroll",
        Fields =
        {
            new FieldSchema { Name = "id", IsPrimaryKey = true, DataType = DataType.Int64 },
            new FieldSchema { Name = "v", DataType = DataType.FloatVector, TypeParams = { Pair("dim", "32") } },
        },
    }.ToByteString();
}
