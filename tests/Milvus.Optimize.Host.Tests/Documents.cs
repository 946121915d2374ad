using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Host.Tests;

/// <summary>Run documents with one thing changed.</summary>
internal static class Documents
{
    public const string Run = "simulator.4601.01J9ZK3N5W8Q0000000000000A";
    public static readonly DateTimeOffset Start = new(2026, 11, 23, 2, 0, 0, TimeSpan.Zero);

    public static RunDocument Running(string run = Run) => new()
    {
        Id = run,
        Revision = 3,
        Cluster = "simulator",
        Database = "default",
        Collection = "books",
        CollectionId = "4601",
        RequestedName = "books",
        State = "WaitingForIndexes",
        Phase = "Running",
        StateReason = "",
        StateMessage = "waiting for indexes",
        Since = Start.AddSeconds(1),
        StartedAt = Start,
        Done = false,
        Spec = new("auto", false, false, Start.AddHours(24)),
        Server = new("2.6.17", "G4"),
        Progress = new(["initializing", "waiting for indexes"], 1, 0, null, null, []),
        Segments = new(null, null),
        Timeline = [new("Initializing", 1, Start, Start.AddSeconds(1)), new("WaitingForIndexes", 1, Start.AddSeconds(1), null)],
        Warnings = [],
    };

    public static RunDocument Succeeded(string run = Run) => Running(run) with
    {
        Revision = 9,
        State = "Succeeded",
        Phase = "Done",
        StateMessage = "41 segments became 4",
        Done = true,
        Since = Start.AddSeconds(72),
        Progress = new(["initializing", "waiting for indexes", "compacting", "waiting for compaction"], 1, 1, null, new("99", new(4, 4)), []),
        Segments = new(new(41, 1_000_000, []), new(4, 1_000_000, [])),
        Timeline =
        [
            new("Initializing", 1, Start, Start.AddMilliseconds(120)), new("WaitingForIndexes", 1, Start.AddMilliseconds(120), Start.AddSeconds(2)),
            new("Compacting", 1, Start.AddSeconds(2), Start.AddSeconds(3)), new("WaitingForCompaction", 2, Start.AddSeconds(3), Start.AddSeconds(72)),
        ],
        Warnings = [new("GrowingRowsLeft", "1,200 growing rows were not merged: run with --flush")],
        Result = new("success", "books", "99", "auto", ["initializing"], 1, "41 segments became 4"),
    };

    public static RunDocument Ended(string state, string reason) => Running() with
    {
        Revision = 9,
        State = state,
        StateReason = reason,
        StateMessage = "it ended",
        Phase = "Done",
        Done = true,
        Error = new($"/problems/{reason}", reason, reason, "it ended", 0, false),
    };
}
