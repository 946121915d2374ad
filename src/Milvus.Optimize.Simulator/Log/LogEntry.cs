using System.Text.Json.Serialization;

namespace Milvus.Optimize.Simulator;

/// <summary>
/// One line of the simulator's own log: a state-changing call that arrived, refused ones too, or something that the server
/// did later. Ids are strings, because they do not fit into a JSON number. What does not apply is left out.
/// </summary>
public sealed record LogEntry
{
    /// <summary>"call", "compactionStarted" (by the server itself), "compactionEnded", "segmentIndexed" or "restarted".</summary>
    public required string Event { get; init; }

    /// <summary>Wall clock, not server time.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Monotonic clock of the machine, to be compared with other processes there.</summary>
    [JsonPropertyName("tMonoMs")]
    public required long MonotonicMs { get; init; }

    public string? Rpc { get; init; }

    public string? Peer { get; init; }

    /// <summary>SHA-256 of the request's message, in lower-case hex: two calls that say the same have the same one.</summary>
    public string? RequestSha256 { get; init; }

    /// <summary>The one that the request means; for what the server did, the collection's own.</summary>
    public string? Database { get; init; }

    /// <summary>The name in the request; for what the server did, the collection's own name.</summary>
    public string? Collection { get; init; }

    /// <summary>The id in the request, "0" included, or else the one that the name stood for.</summary>
    public string? CollectionId { get; init; }

    public string? TargetSize { get; init; }

    public string? CompactionId { get; init; }

    /// <summary>Of an ended compaction those that ended, records that the server lost since included; not those that vanished while they ran.</summary>
    public IReadOnlyList<string>? PlanIds { get; init; }

    /// <summary>Code of the answer's status; absent when the call ended with a gRPC status or without an answer.</summary>
    public int? Code { get; init; }

    public string? Reason { get; init; }

    public string? GrpcStatus { get; init; }

    /// <summary>The armed fault that struck this call.</summary>
    public string? Fault { get; init; }

    /// <summary>Whether the call was carried out, whatever its caller was told.</summary>
    public bool? Effect { get; init; }

    public IReadOnlyList<string>? SegmentsBefore { get; init; }

    public IReadOnlyList<string>? SegmentsAfter { get; init; }

    /// <summary>What an ended compaction made.</summary>
    public IReadOnlyList<string>? SegmentsMade { get; init; }

    /// <summary>The same segments as <see cref="SegmentsAfter"/>, those together that lie in one partition and shard.</summary>
    public IReadOnlyList<IReadOnlyList<string>>? SegmentsTogether { get; init; }

    /// <summary>The segment of which every index is built now.</summary>
    public string? SegmentId { get; init; }

    /// <summary>Other manual compactions of the collection that ran when this call came.</summary>
    public int? Overlaps { get; init; }

    /// <summary>Collections that the call changed without naming them, as "database/name".</summary>
    public IReadOnlyList<string>? TouchedUnnamed { get; init; }

    public IReadOnlyList<string>? FailedPlanIds { get; init; }

    public bool? Foreign { get; init; }
}
