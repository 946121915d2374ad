namespace Milvus.Optimize.Judge;

/// <summary>A line of the simulator's log: what the server received and did, whatever anybody else believes.</summary>
/// <param name="Event">"call", "compactionEnded", "segmentIndexed", "restarted" or another one that the judge does not need.</param>
public sealed record SimulatorLine(string Event, DateTimeOffset At, long TMonoMs)
{
    public string? Rpc { get; init; }

    public string? CollectionId { get; init; }

    public string? CompactionId { get; init; }

    public IReadOnlyList<string>? PlanIds { get; init; }

    public IReadOnlyList<string>? FailedPlanIds { get; init; }

    public IReadOnlyList<string>? SegmentsBefore { get; init; }

    public IReadOnlyList<string>? SegmentsAfter { get; init; }

    /// <summary>What the compaction that ended made.</summary>
    public IReadOnlyList<string>? SegmentsMade { get; init; }

    /// <summary>Those of <see cref="SegmentsAfter"/> together that lie in one partition and shard.</summary>
    public IReadOnlyList<IReadOnlyList<string>>? SegmentsTogether { get; init; }

    /// <summary>Of "segmentIndexed": every index of it is built.</summary>
    public string? SegmentId { get; init; }

    public IReadOnlyList<string>? TouchedUnnamed { get; init; }

    /// <summary>Other manual compactions of the collection that ran when the call came.</summary>
    public int? Overlaps { get; init; }

    public bool? Effect { get; init; }

    /// <summary>Somebody else's work: the server's own, or a client's that a test played.</summary>
    public bool? Foreign { get; init; }

    public bool IsTrigger => Event == "call" && Rpc == "ManualCompaction" && Foreign != true;

    /// <summary>It started plans.</summary>
    public bool Started => Effect == true && PlanIds is { Count: > 0 };
}
