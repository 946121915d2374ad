using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Core.Runs;

/// <summary>What the segments say about one round's merge.</summary>
/// <param name="Flushed">The flushed segments now.</param>
/// <param name="Uncovered">Candidates that still stand and were in no plan.</param>
/// <param name="Replaced">Candidates that are gone although no known plan held them.</param>
/// <param name="CoveredAny">The round gained something.</param>
/// <param name="Gained">A sentence where a plan's results hold more rows than its sources, else null.</param>
/// <param name="RowsRemoved">A sentence where they hold fewer.</param>
/// <param name="RowsNotCompared">A sentence where nobody can tell.</param>
/// <param name="AllResultsKnown">Every result of every plan is known: what else stands is somebody else's.</param>
/// <param name="FlushedMeanwhile">Segments that are neither candidates nor results; 0 where not all results are known.</param>
public sealed record MergeEvidence(
    ImmutableArray<SegmentObservation> Flushed,
    ImmutableArray<long> Uncovered,
    int Replaced,
    bool CoveredAny,
    string? Gained,
    string? RowsRemoved,
    string? RowsNotCompared,
    bool AllResultsKnown,
    int FlushedMeanwhile,
    ImmutableHashSet<long> Sources,
    ImmutableHashSet<long> Gone,
    ImmutableArray<SegmentObservation> Made)
{
    // Below it Milvus calls an index finished and builds none (indexCoord.segment.minSegmentNumRowsToEnableIndex).
    private const long FewestIndexedRows = 1024;

    /// <param name="merge">The round.</param>
    /// <param name="flushed">The flushed segments now.</param>
    /// <param name="resultsForgotten">The server forgot plans before it named their results: a plan without one says nothing about rows.</param>
    public static MergeEvidence Of(MergeFacts merge, ImmutableArray<SegmentObservation> flushed, bool resultsForgotten)
    {
        var standing = flushed.ToDictionary(s => s.Id);

        // Where no plan is known, what is gone is all that can be called a source.
        var sources = merge.Plans.IsEmpty
            ? merge.Candidates.Select(s => s.Id).Where(id => !standing.ContainsKey(id)).ToImmutableHashSet()
            : merge.Plans.SelectMany(p => p.Sources).ToImmutableHashSet();
        var targets = merge.Plans.SelectMany(p => p.Targets).ToImmutableHashSet();
        var uncovered = merge.Candidates.Where(s => standing.ContainsKey(s.Id) && !sources.Contains(s.Id)).Select(s => s.Id).ToImmutableArray();
        var rows = merge.Candidates.ToDictionary(s => s.Id, s => s.Rows);
        var compared = merge.Plans.Select(p => Compare(p, rows, standing, resultsForgotten)).ToList();
        var allTold = merge.Plans.Length > 0 && compared.All(c => c.Result is RowComparison.Equal or RowComparison.Fewer or RowComparison.NoneLeft);
        var others = allTold ? flushed.Count(s => !targets.Contains(s.Id) && !rows.ContainsKey(s.Id)) : 0;
        var replaced = merge.Candidates.Count(s => !standing.ContainsKey(s.Id) && !sources.Contains(s.Id));
        return new(flushed, uncovered, replaced, uncovered.Length < merge.Candidates.Length || merge.MergedElsewhere,
            Sentence(compared, RowComparison.More, "plans made more rows than they had: something is wrong on the server"),
            Sentence(compared, RowComparison.Fewer, "plans removed deleted or expired rows", RowComparison.NoneLeft),
            merge.Plans.IsEmpty && !merge.Candidates.IsEmpty
                ? "no plan is known, so that rows could not be compared"
                : Sentence(compared, RowComparison.Unknown, "plans could not be compared row by row: the server does not name every result"),
            allTold, others, sources,
            [.. sources.Concat(rows.Keys).Concat(merge.Indexed).Where(id => !standing.ContainsKey(id))],
            [.. flushed.Where(s => s.Rows > 0 && (targets.Contains(s.Id) || (merge.Indexed.Contains(s.Id) && !rows.ContainsKey(s.Id))))]);
    }

    /// <summary>Segments that a plan was to merge and that still stand.</summary>
    public int SourcesLeft => Flushed.Count(s => Sources.Contains(s.Id));

    /// <summary>Why the query nodes do not serve the new segments yet, in every replica and with their index; null when they do, or when nobody can tell.</summary>
    /// <param name="serving">What they hold.</param>
    /// <param name="replicas">How many times each segment is to be held.</param>
    /// <param name="hasVectorIndex">Else there is none to be served with.</param>
    public string? ServingProblem(ImmutableArray<QuerySegmentObservation>? serving, int replicas, bool hasVectorIndex)
    {
        if (serving is not { } view) return null;
        var served = view.Where(s => s.State is not SegmentState.Growing).ToLookup(s => s.Id);
        (int Count, string What)[] faults =
        [
            (Gone.Count(served.Contains), "old segments are still served"),
            (Made.Count(s => !served.Contains(s.Id)), "new ones are not"),
            (Made.Count(s => served.Contains(s.Id) && Nodes(served[s.Id]) is > 0 and var nodes && nodes < replicas), $"new ones not in all of {replicas} replicas"),
            (hasVectorIndex ? Made.Count(s => s.Rows >= FewestIndexedRows && served.Contains(s.Id) && !served[s.Id].Any(v => v.Indexed)) : 0, "new ones without their index"),
        ];
        var told = faults.Where(f => f.Count > 0).Select(f => $"{f.Count} {f.What}").ToList();
        return told.Count == 0 ? null : $"the query nodes are behind: {string.Join(", ", told)}; they take what is missing by themselves";
    }

    // Servers that name a segment once for each node, and those that name all its nodes at once.
    private static int Nodes(IEnumerable<QuerySegmentObservation> served) => served.Sum(v => v.Nodes);

    private static (RowComparison Result, long Rows) Compare(CompactionPlan plan, Dictionary<long, long> rows, Dictionary<long, SegmentObservation> standing, bool resultsForgotten)
    {
        if (plan.Targets.IsEmpty) return resultsForgotten || plan.Sources.Any(standing.ContainsKey) ? (RowComparison.Unknown, 0) : (RowComparison.NoneLeft, plan.Sources.Sum(s => rows.GetValueOrDefault(s)));
        if (!plan.Sources.All(rows.ContainsKey) || !plan.Targets.All(standing.ContainsKey)) return (RowComparison.Unknown, 0);
        var before = plan.Sources.Sum(s => rows[s]);
        var after = plan.Targets.Sum(t => standing[t].Rows);
        if (after > before) return (RowComparison.More, after - before);
        if (after == before) return (RowComparison.Equal, 0);

        // Fewer rows in the one target that an older server names may just mean that there are more targets.
        return plan.NamesEveryTarget ? (RowComparison.Fewer, before - after) : (RowComparison.Unknown, 0);
    }

    private static string? Sentence(List<(RowComparison Result, long Rows)> compared, RowComparison what, string text, RowComparison? or = null)
    {
        var those = compared.Where(c => c.Result == what || c.Result == or).ToList();
        var rows = those.Sum(c => c.Rows);
        return those.Count == 0 ? null : $"{those.Count} of {compared.Count} {text}{(rows > 0 ? $" ({rows} rows)" : "")}";
    }

    private enum RowComparison { Equal, Fewer, More, NoneLeft, Unknown }
}
