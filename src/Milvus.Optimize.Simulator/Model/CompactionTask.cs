using System.Text.Json.Serialization;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Model;

/// <summary>One plan: some segments of one partition and channel that become one, or a few.</summary>
internal sealed class CompactionTask
{
    public required long PlanId { get; init; }

    public required long TriggerId { get; init; }

    public required long CollectionId { get; init; }

    public string Database { get; set; } = Catalog.DefaultDatabase;

    public required string CollectionName { get; set; }

    [JsonIgnore]
    public NamedCollection Collection => new(Database, CollectionName);

    public required long PartitionId { get; init; }

    public required string Channel { get; init; }

    public required List<long> Sources { get; init; }

    /// <summary>How many products it has at most.</summary>
    public int Outputs { get; init; } = 1;

    /// <summary>Size that no product exceeds.</summary>
    public long MaxBytes { get; init; } = long.MaxValue;

    /// <summary>Becomes the LastExpireTime of the product.</summary>
    public required ulong CreatedAt { get; init; }

    /// <summary>Null takes the duration from the bytes; a foreign compaction of a scenario says its own.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Not asked for by a client of this simulator: somebody else's or an automatic one.</summary>
    public bool IsForeign { get; init; }

    /// <summary>About deletes, which it gives to the segments that they are about; it has no product.</summary>
    public bool IsL0 { get; init; }

    public List<long> Targets { get; init; } = [];

    public CompactionTaskState State { get; set; } = CompactionTaskState.Pipelining;

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public string FailureReason { get; set; } = "";

    [JsonIgnore]
    public bool IsLive => State is CompactionTaskState.Pipelining or CompactionTaskState.Executing;

    /// <summary>What became of it stays known here, also where the server shows "cleaned" for every end.</summary>
    public bool HasFailed { get; set; }
}
