using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Core.Runs;

/// <summary>Whether a force merge can gain anything. Each one rewrites everything, so this is asked first.</summary>
public static class MergeNeed
{
    /// <summary>The segments a merge is about: flushed, and not level zero (those hold deletes alone).</summary>
    public static ImmutableArray<SegmentObservation> Flushed(IEnumerable<SegmentObservation> segments) =>
        [.. segments.Where(s => s is { State: SegmentState.Flushed, Level: not SegmentLevel.L0 }).OrderBy(s => s.Id)];

    /// <summary>Why nothing would be gained; null when something may be. Without the channels a partition with two segments may have two shards.</summary>
    public static string? NothingToGain(ImmutableArray<SegmentObservation> flushed, TargetSize targetSize, ProvenMerge? lastProven)
    {
        if (flushed.IsEmpty) return "the collection has no flushed segments";
        var partitions = flushed.GroupBy(s => s.PartitionId).ToList();
        if (partitions.All(p => p.Count() == 1))
            return flushed.Length == 1 ? "one segment holds everything" : $"each of the {partitions.Count} partitions has one segment";
        if (flushed.All(s => s.Channel.Length > 0) && flushed.GroupBy(s => (s.PartitionId, s.Channel)).All(g => g.Count() == 1))
            return $"each partition has one segment a shard, {flushed.Length} in all";
        if (lastProven is { } proven && proven.TargetSize == targetSize && proven.Segments.SetEquals(flushed.Select(s => s.Id)))
            return $"the {flushed.Length} segments are those that the last optimize left";
        return null;
    }
}
