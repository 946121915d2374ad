using Grpc.Core;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Tests.Switches;

/// <summary>The server's configuration, its nodes, and what a flag overrides of it.</summary>
internal static class SettingSwitches
{
    private const long Gb = 1L << 30;

    private static readonly CollectionSpec Wide = new() { Name = "wide", Segments = [new() { Rows = 1000, Bytes = Gb, Count = 12 }] };
    private static readonly CollectionSpec Narrow = new() { Name = "narrow", Segments = [new() { Rows = 1000, Bytes = 32L << 20, Count = 4 }] };
    private static readonly CollectionSpec Disk = new() { Name = "disk", Index = "DISKANN" };

    private static readonly CollectionSpec Uneven = new()
    {
        Name = "uneven",
        Segments = [.. ((long[])[600, 610, 300, 700, 210]).Select(mb => new SegmentSpec { Rows = 1000, Bytes = mb << 20 })],
    };

    public static IReadOnlyList<Switch> All { get; } =
    [
        Setting("EnableCompaction", "0 0 0", "2 2 2", new() { EnableCompaction = false }, async c =>
            $"{(await c.Compact()).Status.Code} {(await c.Milvus.GetCompactionStateAsync(new())).Status.Code} {(await c.Milvus.GetCompactionStateWithPlansAsync(new())).Status.Code}"),
        Setting("AutoCompaction", "3", "21", new() { AutoCompaction = false }, async c =>
        {
            await c.Milvus.FlushAsync(new() { CollectionNames = { "books" } });
            c.Pass(60);
            return $"{(await c.Segments()).Count}";
        }) with { Generation = "2.3", Scenario = "auto-compaction" },
        Setting("SegmentMaxSizeMb", "1100", "0", new() { SegmentMaxSizeMb = 64 }, async c => $"{(await c.Compact(target: 64)).Status.Code}"),
        Setting("DiskSegmentMaxSizeMb", "0", "1100", new() { DiskSegmentMaxSizeMb = 4096 }, async c => $"{(await c.Compact("disk", 2048)).Status.Code}") with { Collection = Disk },
        Setting("MaxFullSegmentThreshold", "1", "2", new() { MaxFullSegmentThreshold = 4 }, async c => $"{(await c.Compact("uneven", 1200)).CompactionPlanCount}") with { Collection = Uneven },
        Setting("MemoryFactor", "5", "2", new() { MemoryFactor = 1.5 }, c => SegmentsAfterMerge(c, "wide")) with { Collection = Wide },
        Setting("DropToleranceSeconds", "1", "0", new() { DropToleranceSeconds = 10 }, async c => $"{(await c.Plans(await c.CompactFor(2000))).Count}"),
        Setting("GcIntervalSeconds", "1", "0", new() { DropToleranceSeconds = 10, GcIntervalSeconds = 60 }, async c => $"{(await c.Plans(await c.CompactFor(70))).Count}")
            with { Both = o => o with { Settings = new() { DropToleranceSeconds = 10 } } },
        Setting("ChecksMemory", "0", "3", new() { ChecksMemory = true, Topology = new() { QueryNodeMemoryBytes = [1] } }, async c =>
        {
            await c.Milvus.ReleaseCollectionAsync(new() { CollectionName = "books" });
            return $"{(await c.Load()).Code}";
        }) with { Both = o => o with { Settings = new() { Topology = new() { QueryNodeMemoryBytes = [1] } } } },
        Setting("SegmentLossSeconds", "0 0", "600 0", new() { SegmentLossSeconds = 100 }, ListedTwice),
        Setting("IndexesLookFinished", "InProgress", "Finished", new() { IndexesLookFinished = true }, async c =>
        {
            await c.CompactFor(5);
            return $"{(await c.Index()).State}";
        }),
        Setting("UnknownCompactionsExecute", "Completed Completed", "Executing Executing", new() { UnknownCompactionsExecute = true }, async c =>
            $"{await c.State(12345)} {(await c.Milvus.GetCompactionStateWithPlansAsync(new() { CompactionID = -1 })).State}"),
        Setting("RefreshProgress", "0 100", "100 100", new() { RefreshProgress = RefreshReport.AlwaysDone }, Refreshed),
        Setting("RefreshProgress", "0 100", "0 0", new() { RefreshProgress = RefreshReport.Absent }, Refreshed),
        Setting("IgnoresDatabaseHeader", "6 1", "1 6", new() { IgnoresDatabaseHeader = true }, async c =>
        {
            await c.Milvus.ManualCompactionAsync(new() { CollectionName = "books", TargetSize = long.MaxValue }, new Metadata { { "dbname", "archive" } });
            c.Pass(30);
            return $"{(await c.Segments()).Count} {(await c.Segments(database: "archive")).Count}";
        }) with { Collection = new() { Name = "books", Database = "archive", Segments = [new() { Rows = 50_000, Count = 6 }] } },
        Setting("SnapshotsUnread", "0", "65535", new() { SnapshotsUnread = true }, async c => $"{(await c.Compact()).Status.Code}"),
        Setting("LeastPingSeconds", "answered", "too many", new() { LeastPingSeconds = 30 }, c => c.FourPings()),
        Setting("Version", "2.6.17 2.6.17", "v2.6.15 v2.6.15", new() { Version = "v2.6.15" }, Versions),
        Setting("BuildTags", "2.6.17 2.6.17", "2.6.17 somebody's", new() { BuildTags = "somebody's" }, Versions),

        Nodes("QueryNodeMemoryBytes", "1", "2", new() { QueryNodeMemoryBytes = [] }, "narrow"),
        Nodes("DataNodeMemoryBytes", "1", "2", new() { DataNodeMemoryBytes = [] }, "narrow"),
        Nodes("IsStandalone", "5", "3", new() { IsStandalone = false }, "wide"),
        Nodes("IsPooled", "5", "3", new() { IsPooled = true }, "wide"),

        new("overrides.CompactionDisabled", "0", "2", async c => $"{(await c.Compact()).Status.Code}") { Turn = o => o with { Overrides = new() { CompactionDisabled = true } } },
        new("overrides.SegmentLossSeconds", "0 0", "600 0", ListedTwice) { Turn = o => o with { Overrides = new() { SegmentLossSeconds = 100 } } },
    ];

    private static Switch Setting(string name, string without, string with, ServerSettings turned, Func<PlainClient, Task<string>> see) =>
        new($"settings.{name}", without, with, see) { Turn = options => options with { Settings = turned } };

    /// <summary>How many segments an automatic size makes of a collection: of four of 32 MB where 64 are ordinary, or of twelve of 1 GB where 1 GB is.</summary>
    private static Switch Nodes(string name, string without, string with, Topology turned, string collection)
    {
        int? ordinary = collection == "narrow" ? 64 : null;
        return new($"topology.{name}", without, with, c => SegmentsAfterMerge(c, collection))
        {
            Collection = collection == "narrow" ? Narrow : Wide,
            Both = options => options with { Settings = new() { SegmentMaxSizeMb = ordinary } },
            Turn = options => options with { Settings = new() { SegmentMaxSizeMb = ordinary, Topology = turned } },
        };
    }

    private static async Task<string> SegmentsAfterMerge(PlainClient client, string collection)
    {
        await client.CompactFor(3600, collection);
        return $"{(await client.Segments(collection)).Count}";
    }

    private static async Task<string> ListedTwice(PlainClient client)
    {
        await client.CompactFor(10);
        var request = new GetPersistentSegmentInfoRequest { CollectionName = "books" };
        return $"{(await client.Milvus.GetPersistentSegmentInfoAsync(request)).Status.Code} {(await client.Milvus.GetPersistentSegmentInfoAsync(request)).Status.Code}";
    }

    private static async Task<string> Refreshed(PlainClient client)
    {
        await client.Load(refresh: true);
        var first = await client.RefreshProgress();
        client.Pass(60);
        return $"{first} {await client.RefreshProgress()}";
    }

    private static async Task<string> Versions(PlainClient client) =>
        $"{(await client.Milvus.GetVersionAsync(new())).Version} {(await client.Milvus.ConnectAsync(new())).ServerInfo.BuildTags}";
}
