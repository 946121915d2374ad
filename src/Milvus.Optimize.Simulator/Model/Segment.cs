using System.Text.Json.Serialization;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Model;

internal sealed class Segment
{
    public required long Id { get; init; }

    public required long CollectionId { get; init; }

    public required long PartitionId { get; init; }

    public required string Channel { get; init; }

    public required long Rows { get; set; }

    public required long Bytes { get; set; }

    public SegmentState State { get; set; } = SegmentState.Flushed;

    public SegmentLevel Level { get; set; } = SegmentLevel.L1;

    /// <summary>Deletes that named no partition: they are about rows in all of them.</summary>
    public bool IsOfAllPartitions { get; init; }

    public bool IsSorted { get; set; }

    /// <summary>Held by a snapshot.</summary>
    public bool IsProtected { get; set; }

    public bool IsInvisible { get; init; }

    /// <summary>Rows that are deleted and still there, until a compaction rewrites the segment.</summary>
    public long DeletedRows { get; set; }

    /// <summary>Age for the collection's time to live; null for rows that are as old as no row ever expires.</summary>
    public DateTimeOffset? NewestRowAt { get; set; }

    /// <summary>Inside a running or waiting plan; nobody else may take it.</summary>
    public bool IsCompacting { get; set; }

    /// <summary>For a product of compaction the start of that compaction, which is what DescribeIndex compares timestamps with.</summary>
    public ulong LastExpireTime { get; set; }

    public List<long> CompactionFrom { get; init; } = [];

    /// <summary>Build records by index id; a missing one means that the index service has not heard of the segment yet.</summary>
    public Dictionary<long, IndexBuild> Builds { get; init; } = [];

    [JsonIgnore]
    public bool IsFlushed => State == SegmentState.Flushed;

    /// <summary>Persisted data that indexes and compactions are about: no growing rows, no deletes, nothing dropped.</summary>
    [JsonIgnore]
    public bool IsData => State is SegmentState.Flushed or SegmentState.Flushing && Level != SegmentLevel.L0;

    /// <summary>On disk, or gone after it was.</summary>
    [JsonIgnore]
    public bool IsPersisted => State is not (SegmentState.Growing or SegmentState.Flushing);

    public bool IsIndexedFor(long indexId) => Builds.TryGetValue(indexId, out var build) && build.State == IndexState.Finished;
}

internal sealed record IndexBuild(IndexState State, string FailReason = "");
