using System.Collections.Immutable;
using System.Globalization;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Core.Runs;

/// <summary>
/// The fewest segments that a force merge can leave: one for each partition and shard, or more where target size, memory or the number of query nodes ask
/// for it. A bound from below: the server may end above it, never under it.
/// </summary>
/// <param name="Segments">In all.</param>
/// <param name="Basis">What it follows from, for a person.</param>
public sealed record ReachableMinimum(int Segments, string Basis)
{
    private const long Megabyte = 1 << 20;

    // Newer servers fill a segment to 5 % above its target, plain compaction of old ones to 25 % above the ordinary size.
    private const double Tolerance = 1.05;
    private const double PlainExpansion = 1.25;

    /// <param name="flushed">The segments to merge.</param>
    /// <param name="facts">Target size, shards and the server's generation.</param>
    /// <param name="limits">Null where the server does not tell: then sizes are not counted.</param>
    public static ReachableMinimum Of(ImmutableArray<SegmentObservation> flushed, RunFacts facts, ServerLimits? limits)
    {
        var groups = Groups(flushed, facts);
        var each = groups.Select(g => Fewest(g, flushed, facts, limits)).ToList();
        var partitions = flushed.Select(s => s.PartitionId).Distinct().Count();
        var basis = $"{partitions} {(partitions == 1 ? "partition" : "partitions")}, {Math.Max(1, facts.Shards)} {(facts.Shards > 1 ? "shards" : "shard")}";
        return new(each.Sum(), limits is { CollectionBytes: > 0 } known
            ? $"{basis}, {Mb(known.CollectionBytes)} of data, segments of at most {Mb(Capacity(facts, known))}"
            : $"{basis}; sizes are not known");
    }

    /// <summary>Why no merge can leave fewer segments; null where one may, or where nobody can tell.</summary>
    public static string? Reached(ImmutableArray<SegmentObservation> flushed, RunFacts facts, ServerLimits? limits)
    {
        // Without its shard nobody knows which segments could go together.
        if (limits is not { CollectionBytes: > 0 } || flushed.IsEmpty || !KnowsShards(flushed, facts)) return null;
        return Groups(flushed, facts).All(g => g.Count <= Fewest(g, flushed, facts, limits))
            ? $"{flushed.Length} segments, and no merge can leave fewer ({Of(flushed, facts, limits).Basis})"
            : null;
    }

    private static bool KnowsShards(ImmutableArray<SegmentObservation> flushed, RunFacts facts) => facts.Shards == 1 || flushed.All(s => s.Channel.Length > 0);

    /// <summary>Where shards are not known, rows are taken to spread over all of them, as they do by their keys.</summary>
    private static List<Group> Groups(ImmutableArray<SegmentObservation> flushed, RunFacts facts) => KnowsShards(flushed, facts)
        ? [.. flushed.GroupBy(s => (s.PartitionId, s.Channel)).Select(g => new Group(g.Count(), g.Sum(s => s.Rows)))]
        : [.. flushed.GroupBy(s => s.PartitionId).SelectMany(g => Enumerable.Repeat(new Group(1, g.Sum(s => s.Rows) / Spread(g.Count(), facts)), Spread(g.Count(), facts)))];

    private static int Spread(int segments, RunFacts facts) => Math.Max(1, Math.Min(segments, facts.Shards));

    private static int Fewest(Group group, ImmutableArray<SegmentObservation> flushed, RunFacts facts, ServerLimits? limits)
    {
        if (limits is not { CollectionBytes: > 0 } known) return 1;
        var bytes = known.CollectionBytes * ((double)group.Rows / Math.Max(1, flushed.Sum(s => s.Rows)));
        var fewest = (int)Math.Max(1, Math.Ceiling(bytes / Capacity(facts, known)));

        // Every query node of a shard is to get one, unless they would be smaller than ordinary ones.
        var perShard = known.QueryNodeBytes.Length / (Math.Max(1, known.Replicas) * Math.Max(1, facts.Shards));
        var spreads = !facts.Server.Generation.IgnoresTargetSize && perShard > fewest && bytes / perShard >= known.SegmentMaxBytes;
        return spreads ? perShard : fewest;
    }

    /// <summary>The most bytes that a merged segment may have.</summary>
    private static double Capacity(RunFacts facts, ServerLimits limits)
    {
        var generation = facts.Server.Generation;
        if (generation.IgnoresTargetSize) return limits.SegmentMaxBytes * PlainExpansion;
        var safe = (double)limits.SegmentMaxBytes;
        if (!limits.QueryNodeBytes.IsEmpty && !limits.DataNodeBytes.IsEmpty)
        {
            var factor = generation.Oldest >= Generation.G3 ? 4.0 : 3.0;
            safe = Math.Max(safe, Math.Min(limits.QueryNodeBytes.Min(), limits.DataNodeBytes.Min()) / factor * (limits.IsStandalone ? 0.5 : 1));
        }

        // Servers before G3 may read the size as something else.
        var target = facts.Parameters.TargetSize;
        var wanted = generation.Oldest >= Generation.G3 && !target.IsAutomatic ? (double)target.Megabytes * Megabyte : double.MaxValue;
        return Math.Min(safe, wanted) * Tolerance;
    }

    private static string Mb(double bytes) => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(bytes / Megabyte, 1)} MB");

    private sealed record Group(int Count, long Rows);
}
