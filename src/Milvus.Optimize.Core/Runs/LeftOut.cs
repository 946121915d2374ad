using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Runs;

/// <summary>What a round left out: candidates that stood at its end and were in no plan.</summary>
/// <param name="Segments">As they were when the round chose them.</param>
/// <param name="Reason">Why, for a person.</param>
/// <param name="Since">When the round ended.</param>
/// <param name="Again">The round before had left them out already: this one gained nothing of what it was for.</param>
/// <param name="FlushedMeanwhile">Segments that are neither candidates nor results of that round.</param>
public sealed record LeftOut(ImmutableArray<SegmentObservation> Segments, string Reason, DateTimeOffset Since, bool Again, int FlushedMeanwhile)
{
    internal static LeftOut Of(RunFacts before, E.RoundStarted round) => new(
        [.. before.Merge.Candidates.Where(s => round.Uncovered.Contains(s.Id))], round.Reason, round.Stamp.At,
        before.LeftOut is { Segments.IsEmpty: false } last && last.Segments.All(s => round.Uncovered.Contains(s.Id)), round.FlushedMeanwhile);

    /// <summary>Those that show no change since they were left out; the others were merged or sorted by the server, and are free.</summary>
    public int Unchanged(ImmutableArray<SegmentObservation> flushed)
    {
        var now = flushed.ToDictionary(s => s.Id);
        return Segments.Count(s => now.TryGetValue(s.Id, out var seen) && seen.Sorted == s.Sorted && seen.Level == s.Level);
    }

    /// <summary>Why a server may have left segments out, by what can be seen of them. Being busy cannot be seen.</summary>
    /// <param name="uncovered">The segments.</param>
    /// <param name="flushed">All flushed ones: where none says "sorted", the server never says it.</param>
    public static string Why(IReadOnlyCollection<SegmentObservation> uncovered, ImmutableArray<SegmentObservation> flushed)
    {
        var tellsSorted = flushed.Any(s => s.Sorted);
        var kinds = uncovered.GroupBy(s => s.Level == SegmentLevel.L2 ? "clustered" : tellsSorted && !s.Sorted ? "not sorted yet" : "busy with another compaction, or protected by a snapshot");
        return string.Join(", ", kinds.OrderBy(k => k.Key, StringComparer.Ordinal).Select(k => $"{k.Count()} {k.Key} ({Ids([.. k])})"));
    }

    private static string Ids(IReadOnlyCollection<SegmentObservation> segments)
    {
        const int named = 5;
        var ids = string.Join(", ", segments.Select(s => s.Id).Order().Take(named));
        return segments.Count > named ? $"{ids} and {segments.Count - named} more" : ids;
    }
}
