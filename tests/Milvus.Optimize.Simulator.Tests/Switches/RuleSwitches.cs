using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Tests.Switches;

/// <summary>The rules by which generations differ, of compactions and segments: each seen at two that have it differently.</summary>
internal static class RuleSwitches
{
    private const long Mb = 1L << 20;

    public static IReadOnlyList<Switch> All { get; } =
    [
        Of("TargetSize", "g4: 0", "g2: 1100", async c => $"{(await c.Compact(target: 2000)).Status.Code}"),
        Of("TargetSize", "g3: 1100", "g1: 0", async c => $"{(await c.Compact(target: 512)).Status.Code}"),
        Of("TargetSize", "g2: 1100", "g0: 0", async c => $"{(await c.Compact(target: 512)).Status.Code}"),
        Of("NothingToDo", "g4: -1", "lite: 0", async c => $"{(await c.Compact("empty")).CompactionID}"),
        Of("NothingToDo", "g4: False", "2.3: True", async c => $"{(await c.Compact("empty")).CompactionID > 0}"),
        Of("SegmentMaxSizeMb", "g0: 1", "2.3: 2", async c => $"{(await c.Plans((await c.Compact("two", target: 0)).CompactionID)).Count}")
            with { Collection = new() { Name = "two", Segments = [new() { Rows = 5000, Bytes = 400 * Mb, Count = 2 }] } },
        Of("Planning", "g4: 1", "g5: 7", async c => $"{(await c.Compact(target: 4096)).CompactionPlanCount}") with { Scenario = "one-big-plan" },
        Of("MemoryFactor", "g3: 5", "g1: 4", async c =>
        {
            await c.CompactFor(3600, "wide");
            return $"{(await c.Segments("wide")).Count}";
        }) with { Collection = new() { Name = "wide", Segments = [new() { Rows = 1000, Bytes = 1024 * Mb, Count = 12 }] } },
        Of("PlainRewritesEach", "g5: 1", "g6: 6", async c => $"{(await c.Compact(target: 0)).CompactionPlanCount}"),
        Of("DropToleranceSeconds", "g4: 1", "g5: 0", async c => $"{(await c.Plans(await c.CompactFor(7300))).Count}"),
        Of("AutoCompactionSeconds", "2.3: 3", "g0: 21", async c =>
        {
            await c.Milvus.FlushAsync(new() { CollectionNames = { "books" } });
            c.Pass(45);
            return $"{(await c.Segments()).Count}";
        }) with { Scenario = "auto-compaction" },
        Of("PlanLookSeconds", "g4: Completed", "2.3: Executing", async c => $"{await c.State(await c.CompactFor(9))}"),
        Of("IndexLookSeconds", "g4: 0", "2.3: 200000", async c =>
        {
            await c.Milvus.CreateIndexAsync(new() { CollectionName = "books", FieldName = "v" });
            c.Pass(2.9);
            return $"{(await c.Index()).PendingIndexRows}";
        }) with { Scenario = "no-index", Both = o => o with { Timings = new() { IndexOverheadSeconds = 0, IndexRegistrationSeconds = 0, IndexRowsPerSecond = 120_000 } } },
        Of("HasL0", "g4: 7", "2.3: 6", async c =>
        {
            await c.Milvus.DeleteAsync(new() { CollectionName = "books", Expr = "id in [1, 2]" });
            await c.Milvus.FlushAsync(new() { CollectionNames = { "books" } });
            c.Pass(5);
            return $"{(await c.Segments()).Count}";
        }),
        Of("SkipsUnsorted", "g0: 3", "2.3: 6", c => Taken(c, target: 0)) with { Scenario = "unsorted" },
        Of("SkipsProtected", "g4: 3", "g0: 6", c => Taken(c, target: 0)) with { Scenario = "snapshot" },
        Of("SkipsL2", "g4: 2", "g0: 5", c => Taken(c, target: 0, "clustered"))
            with { Collection = new() { Name = "clustered", Segments = [new() { Rows = 5000, Count = 2 }, new() { Rows = 5000, Count = 3, Level = "L2" }] } },
        Of("ForceMergeTakesWhateverIsFree", "g4: 3", "g3: 6", c => Taken(c, long.MaxValue)) with { Scenario = "unsorted" },
        Of("SizeTolerance", "g4: 2", "g5: 1", async c =>
        {
            await c.CompactFor(600, "two", 1024);
            return $"{(await c.Segments("two")).Count}";
        }) with { Collection = new() { Name = "two", Segments = [new() { Rows = 5000, Bytes = 525 * Mb, Count = 2 }] } },
        Of("CompactsById", "g0: 4", "2.3: 1", async c =>
        {
            await c.Milvus.ManualCompactionAsync(new() { CollectionName = "books" });
            c.Pass(30);
            return $"{(await c.Segments("films")).Count}";
        }),
        Of("SendsPlanCount", "g0: 1", "2.3: 0", async c => $"{(await c.Compact(target: 0)).CompactionPlanCount}"),
        Of("CountsFinishedPlans", "g0: 0", "2.3: 1", async c => $"{(await c.Milvus.GetCompactionStateAsync(new() { CompactionID = await c.CompactFor(30, target: 0) })).CompletedPlanNo}"),
        Of("CompactionIdZeroMeansAll", "g0: 0", "2.3: 1", async c =>
        {
            await c.Compact(target: 0);
            return $"{(await c.Plans(0)).Count}";
        }),
        Of("RestartKeepsTasks", "g0: 1", "2.3: 0", async c =>
        {
            var id = (await c.Compact(target: 0)).CompactionID;
            c.RestartServer();
            return $"{(await c.Plans(id)).Count}";
        }),
        Of("DropFailsTasks", "g0: Completed 0", "2.3: Executing 1", async c =>
        {
            var id = (await c.Compact(target: 0)).CompactionID;
            await c.Milvus.DropCollectionAsync(new() { CollectionName = "books" });
            var state = await c.State(id);
            c.Pass(30);
            return $"{state} {(await c.Milvus.GetCompactionStateAsync(new() { CompactionID = id })).FailedPlanNo}";
        }),
        Of("SortsAfterFlush", "g0: False", "2.3: True", async c =>
        {
            var flush = await c.Milvus.FlushAsync(new() { CollectionNames = { "fresh" } });
            c.Pass(10);
            return $"{(await c.Segments("fresh")).Single().SegmentID == flush.CollSegIDs["fresh"].Data.Single()}";
        }) with { Scenario = "growing" },
        Of("SendsLevelAndSorted", "g0: L1 True", "2.3: Legacy False", async c =>
        {
            var segment = (await c.Segments())[0];
            return $"{segment.Level} {segment.IsSorted}";
        }),
        Of("ShowsGrowingInQueryView", "g0: 7", "2.3: 6", async c => $"{(await c.Served()).Count}") with { Scenario = "growing" },
        Of("SendsMemSize", "g0: True", "2.3: False", async c => $"{(await c.Served())[0].MemSize > 0}"),
        Of("SendsPlanDetails", "g5: False 0", "g6: True 1", async c =>
        {
            var plan = (await c.Plans((await c.Compact()).CompactionID)).Single();
            return $"{plan.PlanId != 0} {(await c.Milvus.GetCompactionStateWithPlansAsync(new() { CollectionName = "books" })).MergeInfos.Count}";
        }),
        Of("HasCompactionFilters", "g0: 1", "2.3: 6", async c =>
        {
            var request = new ManualCompactionRequest { CollectionID = await c.Id("books"), SegmentIds = { (await c.Segments())[0].SegmentID } };
            return $"{(await c.Plans((await c.Milvus.ManualCompactionAsync(request)).CompactionID)).Single().Sources.Count}";
        }),
        Of("RefusesExternal", "g4: 0", "g5: 1100", async c => $"{(await c.Compact()).Status.Code}") with { Scenario = "external" },
        Of("LeastPingSeconds", "g4: answered", "lite: too many", c => c.FourPings()),
        Of("IndexStateHidesRefusals", "g4: 700", "2.3: 0", c => PlainClient.Said(c.Milvus.GetIndexStateAsync(new() { CollectionName = "books", IndexName = "no" }))),
        Of("IsLite", "g0: Executing", "lite: Completed", async c => $"{await c.State((await c.Compact(target: 0)).CompactionID)}"),
        Of("Unimplemented", "g0: 0", "2.3: Unimplemented", c => PlainClient.Said(c.Milvus.DescribeDatabaseAsync(new() { DbName = "default" }))),
        Of("Unimplemented", "g0: 0", "lite: Unimplemented", c => PlainClient.Said(c.Milvus.AllocTimestampAsync(new()))),
    ];

    /// <param name="name">Of the rule.</param>
    /// <param name="without">A generation and what is seen of it.</param>
    /// <param name="with">Another one that has the rule differently.</param>
    public static Switch Of(string name, string without, string with, Func<PlainClient, Task<string>> see)
    {
        var (one, other) = (without.Split(": ", 2), with.Split(": ", 2));
        return new($"rule.{name}", one[1], other[1], see) { Generation = one[0], TurnedGeneration = other[0] };
    }

    private static async Task<string> Taken(PlainClient client, long target, string name = "books") =>
        $"{(await client.Plans((await client.Compact(name, target)).CompactionID)).Sum(plan => plan.Sources.Count)}";
}
