using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Tests.Switches;

/// <summary>What takes longer, seen at a moment when it is over by default.</summary>
internal static class TimingSwitches
{
    public static IReadOnlyList<Switch> All { get; } =
    [
        Timing("CompactionOverheadSeconds", "Completed", "Executing", new() { CompactionOverheadSeconds = 100 }, StateAt50),
        Timing("CompactionMbPerSecond", "Completed", "Executing", new() { CompactionMbPerSecond = 1 }, StateAt50),
        Timing("PlanLookSeconds", "Completed", "Executing", new() { PlanLookSeconds = 60 }, StateAt50),
        Timing("PlansAtOnce", "Completed Completed", "Completed Executing", new() { PlansAtOnce = 1 }, async c =>
        {
            var (first, second) = ((await c.Compact()).CompactionID, (await c.Compact("films")).CompactionID);
            c.Pass(5);
            return $"{await c.State(first)} {await c.State(second)}";
        }),
        Timing("CleanSeconds", "0", "1", new() { CleanSeconds = 100 }, async c =>
            $"{(await c.Milvus.GetCompactionStateAsync(new() { CompactionID = await c.CompactFor(50) })).CompletedPlanNo}"),
        Timing("IndexRegistrationSeconds", "Finished 0", "InProgress 300000", new() { IndexRegistrationSeconds = 100 }, IndexAt50),
        Timing("IndexOverheadSeconds", "Finished 0", "InProgress 300000", new() { IndexOverheadSeconds = 100 }, IndexAt50),
        Timing("IndexRowsPerSecond", "Finished 0", "InProgress 300000", new() { IndexRowsPerSecond = 1000 }, IndexAt50),
        Timing("IndexLookSeconds", "Finished 0", "InProgress 300000", new() { IndexLookSeconds = 60 }, IndexAt50),
        Timing("HandOverSeconds", "1", "6", new() { HandOverSeconds = 300 }, async c =>
        {
            await c.CompactFor(50);
            return $"{(await c.Served()).Count}";
        }),
        Timing("RefreshSeconds", "100", "0", new() { RefreshSeconds = 60 }, async c =>
        {
            await c.Load(refresh: true);
            c.Pass(50);
            return $"{await c.RefreshProgress()}";
        }),
        Timing("LoadSeconds", "Loaded", "Loading", new() { LoadSeconds = 60 }, async c =>
        {
            await c.Milvus.ReleaseCollectionAsync(new() { CollectionName = "books" });
            await c.Load();
            c.Pass(50);
            return $"{(await c.Milvus.GetLoadStateAsync(new() { CollectionName = "books" })).State}";
        }),
        Timing("FlushSeconds", "True", "False", new() { FlushSeconds = 60 }, async c => $"{await c.IsFlushed(50)}") with { Scenario = "growing" },
        Timing("InsertToFlushSeconds", "True", "False", new() { InsertToFlushSeconds = 60 }, async c => $"{await c.IsFlushed(50)}") with { Scenario = "growing" },
        Timing("SortSeconds", "True", "False", new() { SortSeconds = 60 }, async c =>
        {
            await c.IsFlushed(50);
            return $"{(await c.Segments()).All(segment => segment.IsSorted)}";
        }) with { Scenario = "growing" },
        Timing("ApplyDeletesSeconds", "0", "1", new() { ApplyDeletesSeconds = 60 }, async c =>
        {
            await c.Milvus.DeleteAsync(new() { CollectionName = "books", Expr = "id in [1, 2]" });
            await c.Milvus.FlushAsync(new() { CollectionNames = { "books" } });
            c.Pass(50);
            return $"{(await c.Segments()).Count(segment => segment.Level == SegmentLevel.L0)}";
        }),
    ];

    private static Switch Timing(string name, string without, string with, ServerTimings turned, Func<PlainClient, Task<string>> see) =>
        new($"timings.{name}", without, with, see) { Turn = options => options with { Timings = turned } };

    private static async Task<string> StateAt50(PlainClient client) => $"{await client.State(await client.CompactFor(50))}";

    private static async Task<string> IndexAt50(PlainClient client)
    {
        await client.CompactFor(50);
        var index = await client.Index();
        return $"{index.State} {index.PendingIndexRows}";
    }
}
