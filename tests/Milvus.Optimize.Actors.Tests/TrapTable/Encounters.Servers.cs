using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.Actors.Tests.TrapTable;

/// <summary>What servers do and no scenario has: their settings are made, or something is done to them, by hand.</summary>
internal static partial class Encounters
{
    private static readonly ServerTimings LongPlans = new() { CompactionOverheadSeconds = 30 };

    private static IReadOnlyList<Encounter> OfServers =>
    [
        new("14: unknown id", "the records of the first plans are gone before the last has ended", Setup("`partition-key`", "records are kept for a minute"),
            () => Python(LongPlans, (p, _) => p.RunAsync("books", TrapTableTests.PythonsPatience), scenario: "partition-key", before: ForgetsAfterAMinute),
            () => Ours(LongPlans, r => r.EndAsync(), scenario: "partition-key", before: ForgetsAfterAMinute), IsSlow: true),
        new("14: restart", "the server is killed while it merges, and started again: it goes on", Setup("a merge takes minutes"),
            () => Python(SlowMerge, (p, r) => WhileAsync(p.RunAsync("books", TrapTableTests.PythonsPatience), r, r.Control.Restart)),
            () => Ours(SlowMerge, r => r.EndAsync(meanwhile: async _ =>
            {
                await Ring.UntilAsync(() => JournalFile.Count(r.Journal, "pr1") > 0);
                r.Control.Restart();
            })), IsSlow: true),
        new("14: refresh", "the server never says how far a refresh is", Setup("`refresh_progress` is never sent"),
            () => Python(null, (p, _) => p.RunAsync("books", TrapTableTests.PythonsPatience), before: TellsNoRefresh),
            () => Ours(null, r => r.EndAsync(), before: TellsNoRefresh), IsSlow: true),
        new("14: rights; 17.2: rights", "the caller may look and not compact", Setup("PERMISSION_DENIED for every trigger"),
            () => Python(null, (p, _) => p.RunAsync("books", TrapTableTests.PythonsPatience), before: MayNotCompact),
            () => Ours(null, r => r.EndAsync(), before: MayNotCompact), IsSlow: true),
        new("14: database header", "the collection is in another database, and the server ignores the header that says which", Setup("`header-ignored`"),
            () => Python(null, (p, _) => p.RunAsync("books", TrapTableTests.PythonsPatience), scenario: "header-ignored", database: "archive"),
            () => Ours(null, r => r.EndAsync(database: "archive"), scenario: "header-ignored", database: "archive"), IsSlow: true),
        new("14: auto compaction and sort; 17.1: auto compaction", "the server merges by itself, under an id that nobody is told", Setup("`auto-compaction`", "a flush", "a merge takes minutes"),
            () => Python(SlowMerge, (p, _) => p.RunAsync("books", TrapTableTests.PythonsPatience), scenario: "auto-compaction", before: MergesByItself),
            () => Ours(SlowMerge, r => r.EndAsync(), scenario: "auto-compaction", before: MergesByItself), IsRace: true),
        new("17.1: auto compaction", "2.3: the server merges by itself, under an id that nobody is told", Setup("`auto-compaction`", "a flush", "a merge takes minutes"),
            () => Python(SlowMerge, (p, _) => p.RunAsync("books", TrapTableTests.PythonsPatience), scenario: "auto-compaction", generation: "2.3", before: MergesByItself),
            () => Ours(SlowMerge, r => r.EndAsync(), scenario: "auto-compaction", generation: "2.3", before: MergesByItself), IsRace: true),
        new("14: auto compaction and sort; 17.2: flush", "rows were never flushed, and ours is asked to flush them", Setup("`growing`", "what is flushed is not sorted for two seconds"),
            () => Python(null, (p, _) => p.RunAsync("books", TrapTableTests.PythonsPatience), scenario: "growing"),
            () => Ours(null, r => r.EndAsync(new() { Flush = true }), scenario: "growing"), IsSlow: true),
        new("17.2: flush", "2.3: the same", Setup("`growing`"),
            () => Python(null, (p, _) => p.RunAsync("books", TrapTableTests.PythonsPatience), scenario: "growing", generation: "2.3"),
            () => Ours(null, r => r.EndAsync(new() { Flush = true }), scenario: "growing", generation: "2.3"), IsSlow: true),
        new("17.2: databases", "2.3: the collection is in another database, where one of its name is in the default one too", Setup("`several`"),
            () => Python(null, (p, _) => p.RunAsync("books", TrapTableTests.PythonsPatience), scenario: "several", generation: "2.3", database: "archive"),
            () => Ours(null, r => r.EndAsync(database: "archive"), scenario: "several", generation: "2.3", database: "archive"), IsSlow: true),
        new("17.2: codes", "2.3: there is no such database", Setup("nothing goes wrong"),
            () => Python(null, (p, _) => p.RunAsync("books", TrapTableTests.PythonsPatience), generation: "2.3", database: "nowhere"),
            () => Ours(null, r => r.EndAsync(database: "nowhere"), generation: "2.3", database: "nowhere"), IsSlow: true),
    ];

    private static Task MergesByItself(Ring ring)
    {
        ring.Control.Flush("books");

        // What was flushed is sorted first: a segment in each of three shards.
        return Ring.UntilAsync(() => ring.Control.Find("books")!.Segments.Count(s => s.IsCompacting) > 3);
    }

    private static Task ForgetsAfterAMinute(Ring ring)
    {
        ring.Control.Configure(ring.Control.Settings with { DropToleranceSeconds = 60, GcIntervalSeconds = 15 });
        return Task.CompletedTask;
    }

    private static Task TellsNoRefresh(Ring ring)
    {
        ring.Control.Configure(ring.Control.Settings with { RefreshProgress = RefreshReport.Absent });
        return Task.CompletedTask;
    }

    private static Task MayNotCompact(Ring ring)
    {
        ring.Control.ArmFault(new ErrorBeforeEffect("ManualCompaction") { Status = Grpc.Core.StatusCode.PermissionDenied, Detail = "PrivilegeCompaction: permission deny to viewer", Count = 1000 });
        return Task.CompletedTask;
    }
}
