using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Contracts.Runs;

/// <summary>What a run found, did and left: made of its document and its events. Pure.</summary>
public static class RunReports
{
    public static ReportDocument Of(RunDocument run, IReadOnlyCollection<StoredEvent> events)
    {
        ArgumentNullException.ThrowIfNull(run);
        var after = events.Select(e => e.Event).OfType<E.Ended>().Select(e => e.SegmentsAfter).LastOrDefault([]);
        var before = events.Select(e => e.Event).OfType<E.CandidatesChosen>().Select(e => e.Candidates).FirstOrDefault([]);
        var rounds = Rounds(events);
        return new(
            run.Id, run.Cluster, run.Database, run.Collection, run.State, run.StateReason, run.Done, run.StartedAt, run.Done ? run.Since : null,
            run.Done ? (run.Since - run.StartedAt).TotalSeconds : null, [.. before.Select(Segment)], [.. after.Select(Segment)], rounds,
            [.. run.Timeline.Select(t => new StageTimeDocument(t.State, t.Round, t.End is { } end ? (end - t.Start).TotalSeconds : null))],
            run.Warnings, run.Result, run.Error)
        {
            Partitions = after.IsEmpty ? [] : Partitions(before, after),
            ReachableMinimum = run.Segments.ReachableMinimum,
            RowsRewritten = rounds.All(r => r.RowsRewritten is null) ? null : rounds.Sum(r => r.RowsRewritten ?? 0),
        };
    }

    private static ImmutableArray<RoundDocument> Rounds(IReadOnlyCollection<StoredEvent> events)
    {
        var leftOut = events.Select(e => e.Event).OfType<E.RoundStarted>().ToLookup(r => r.Stamp.Round - 1);
        return [.. events.Select(e => e.Event).GroupBy(e => e.Stamp.Round).OrderBy(r => r.Key).Select(r => Round(r, leftOut[r.Key].FirstOrDefault()))];
    }

    private static RoundDocument Round(IGrouping<int, E> round, E.RoundStarted? next)
    {
        var plans = Plans(round);
        var rows = round.OfType<E.CandidatesChosen>().SelectMany(c => c.Candidates).GroupBy(s => s.Id).ToDictionary(s => s.Key, s => s.Last().Rows);
        return new(
            round.Key, [.. round.OfType<E.TriggerAcknowledged>().Select(e => Id(e.CompactionId)).Distinct()], round.OfType<E.IntentAccepted>().Count(),
            [.. plans.Select(p => new PlanOfRoundDocument([.. p.Sources.Select(Id)], [.. p.Targets.Select(Id)], p.FailureReason))],
            round.OfType<E.CandidatesChosen>().LastOrDefault()?.Candidates.Length ?? 0,
            plans.IsEmpty ? null : plans.Where(p => !p.Targets.IsEmpty).SelectMany(p => p.Sources).Sum(rows.GetValueOrDefault),
            [.. next?.Uncovered.Select(Id) ?? []], next?.Reason ?? "");
    }

    // They are read again and again, and a later reading may lack what the server has forgotten.
    private static ImmutableArray<CompactionPlan> Plans(IEnumerable<E> round) =>
        round.OfType<E.PlansRecorded>().Select(p => p.Plans).Aggregate(ImmutableArray<CompactionPlan>.Empty, CompactionPlans.Merge);

    private static ImmutableArray<PartitionDocument> Partitions(ImmutableArray<SegmentObservation> before, ImmutableArray<SegmentObservation> after) =>
    [
        .. before.Concat(after).Select(s => s.PartitionId).Distinct().Order().Select(p => new PartitionDocument(
            Id(p), before.Count(s => s.PartitionId == p), after.Count(s => s.PartitionId == p),
            before.Where(s => s.PartitionId == p).Sum(s => s.Rows), after.Where(s => s.PartitionId == p).Sum(s => s.Rows))),
    ];

    private static SegmentDocument Segment(SegmentObservation s) => new(Id(s.Id), Id(s.PartitionId), s.Rows, s.Level.ToString());

    private static string Id(long id) => id.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Answer of <c>/report</c>.</summary>
/// <param name="TookSeconds">Null while it runs.</param>
/// <param name="SegmentsBefore">What the first round set out to merge.</param>
/// <param name="SegmentsAfter">The flushed segments at the end; empty where they were not looked at.</param>
public sealed record ReportDocument(
    string Id, string Cluster, string Database, string Collection, string State, string StateReason, bool Done, DateTimeOffset StartedAt, DateTimeOffset? EndedAt,
    double? TookSeconds, ImmutableArray<SegmentDocument> SegmentsBefore, ImmutableArray<SegmentDocument> SegmentsAfter, ImmutableArray<RoundDocument> Rounds,
    ImmutableArray<StageTimeDocument> Stages, ImmutableArray<WarningDocument> Warnings,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ResultDocument? Result,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ErrorDocument? Error)
{
    /// <summary>The same by partitions; empty where the segments were not looked at in the end.</summary>
    public ImmutableArray<PartitionDocument> Partitions { get; init; } = [];

    /// <summary>The fewest segments that a merge can leave; null before they were listed.</summary>
    public MinimumDocument? ReachableMinimum { get; init; }

    /// <summary>Rows of all sources of all plans that made something; null where no plan is known.</summary>
    public long? RowsRewritten { get; init; }
}

/// <summary>One persistent segment.</summary>
public sealed record SegmentDocument(string Id, string PartitionId, long Rows, string Level);

/// <summary>What a partition had and has: segments, then rows.</summary>
public sealed record PartitionDocument(string Id, int SegmentsBefore, int SegmentsAfter, long RowsBefore, long RowsAfter);

/// <summary>One force merge inside a run.</summary>
/// <param name="Triggers">How often the right to send was taken.</param>
/// <param name="Candidates">Segments that it set out to merge.</param>
/// <param name="RowsRewritten">Null where no plan is known.</param>
/// <param name="LeftOut">Those that no plan covered, where another round followed.</param>
/// <param name="LeftOutReason">Why; empty where none was left out.</param>
public sealed record RoundDocument(
    int Round, ImmutableArray<string> CompactionIds, int Triggers, ImmutableArray<PlanOfRoundDocument> Plans, int Candidates, long? RowsRewritten,
    ImmutableArray<string> LeftOut, string LeftOutReason);

/// <summary>These segments became those; no targets where the plan did not end, or failed.</summary>
/// <param name="FailureReason">The server's; empty where it gives none.</param>
public sealed record PlanOfRoundDocument(ImmutableArray<string> Sources, ImmutableArray<string> Targets, string FailureReason);

/// <summary>How long a stage took; null for the present one.</summary>
public sealed record StageTimeDocument(string State, int Round, double? Seconds);
