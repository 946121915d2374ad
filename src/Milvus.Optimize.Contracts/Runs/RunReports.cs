using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using Milvus.Optimize.Core.Milvus;
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
        return new(
            run.Id, run.Cluster, run.Database, run.Collection, run.State, run.StateReason, run.Done, run.StartedAt, run.Done ? run.Since : null,
            run.Done ? (run.Since - run.StartedAt).TotalSeconds : null, [.. before.Select(Segment)], [.. after.Select(Segment)], Rounds(events),
            [.. run.Timeline.Select(t => new StageTimeDocument(t.State, t.Round, t.End is { } end ? (end - t.Start).TotalSeconds : null))],
            run.Warnings, run.Result, run.Error);
    }

    // The plans of a round are read again and again; the last reading knows most.
    private static ImmutableArray<RoundDocument> Rounds(IReadOnlyCollection<StoredEvent> events) =>
    [
        .. events.Select(e => e.Event).GroupBy(e => e.Stamp.Round).OrderBy(r => r.Key).Select(round => new RoundDocument(
            round.Key, [.. round.OfType<E.TriggerAcknowledged>().Select(e => Id(e.CompactionId)).Distinct()], round.OfType<E.IntentAccepted>().Count(),
            [.. Plans(round).Select(p => new PlanOfRoundDocument([.. p.Sources.Select(Id)], [.. p.Targets.Select(Id)]))])),
    ];

    private static ImmutableArray<CompactionPlan> Plans(IEnumerable<E> round) => round.OfType<E.PlansRecorded>().LastOrDefault()?.Plans ?? [];

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
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ErrorDocument? Error);

/// <summary>One persistent segment.</summary>
public sealed record SegmentDocument(string Id, string PartitionId, long Rows, string Level);

/// <summary>One force merge inside a run.</summary>
/// <param name="Triggers">How often the right to send was taken.</param>
public sealed record RoundDocument(int Round, ImmutableArray<string> CompactionIds, int Triggers, ImmutableArray<PlanOfRoundDocument> Plans);

/// <summary>These segments became those; no targets where the plan did not end, or failed.</summary>
public sealed record PlanOfRoundDocument(ImmutableArray<string> Sources, ImmutableArray<string> Targets);

/// <summary>How long a stage took; null for the present one.</summary>
public sealed record StageTimeDocument(string State, int Round, double? Seconds);
