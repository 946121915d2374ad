using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Contracts.Runs;

/// <summary>Makes documents of states. Pure: what is only known live comes in as a value.</summary>
public static partial class RunDocuments
{
    /// <summary>A message between nodes names so many segments of before and of after: two lists of them are half of its largest frame.</summary>
    public const int MostIdsInMessage = 20_000;

    private const int RevisionsPerEvent = 1000;

    /// <summary>camelCase, as every document is written and read.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = false };

    /// <summary>The same, for eyes.</summary>
    public static JsonSerializerOptions IndentedJson { get; } = new(Json) { WriteIndented = true };

    /// <summary>The document of the collection's run; null when it never had one.</summary>
    /// <param name="state">The fold.</param>
    /// <param name="cluster">Whose it is.</param>
    /// <param name="live">What was last seen and is not worth an event.</param>
    public static RunDocument? Of(CollectionState state, ClusterName cluster, LiveView live)
    {
        var (facts, end) = state.Run switch
        {
            OptimizeRun.Active a => (a.Facts, (OptimizeRun.Ended?)null),
            OptimizeRun.Ended e => (e.Facts, e),
            _ => (null, null),
        };
        if (facts is null) return null;
        var (name, reason, message) = StateOf(state.Run, live);
        var stages = Stages(facts);
        return new()
        {
            Id = facts.Run.ToString(), Revision = RevisionOf(state, live), Cluster = cluster.Value, Database = facts.Collection.Database,
            Collection = facts.Collection.Name, CollectionId = Text(facts.Collection.CollectionId), RequestedName = facts.RequestedName,
            State = name, Phase = end is not null ? "Done" : state.Run is OptimizeRun.NeedsOperator ? "Paused" : "Running",
            StateReason = reason, StateMessage = message, Since = end?.At ?? (facts.Timeline.IsEmpty ? facts.StartedAt : facts.Timeline[^1].At),
            StartedAt = facts.StartedAt, Done = end is not null,
            Spec = new(facts.Parameters.TargetSize.ToString(), facts.Parameters.Flush, facts.Parameters.Force, facts.Deadline),
            Server = facts.Server.Version.Length == 0 ? null : Server(facts.Server),
            Progress = new(stages, facts.Round, facts.Attempt, end is null ? live.Percent : null, CompactionOf(facts), Indexes(live)),
            Segments = new(Count(facts.SegmentsBefore), end is null || end.SegmentsAfter.IsEmpty ? null : Count(end.SegmentsAfter), Minimum(facts)),
            Timeline = Timeline(facts, end?.At),
            Warnings = [.. facts.Warnings.Select(w => new WarningDocument(w.Code.ToString(), w.Message))],
            Result = end is { End.HasResult: true } ? Result(facts, end.End, stages) : null,
            Error = end is { End.HasResult: false } ? Error(end.End) : null,
        };
    }

    /// <summary>
    /// Rises with every event, and between two of them with every change that is none, such as <c>Held</c>. A new incarnation knows nothing of the latter,
    /// but it claims its run by an event before it does anything: so a revision never goes back.
    /// </summary>
    private static long RevisionOf(CollectionState state, LiveView live) => RevisionAfter(state.Revision) + Math.Min(live.Changes, RevisionsPerEvent - 1);

    public static ServerDocument Server(ServerDescription server) => new(server.Version, Generations(server.Generation));

    /// <summary>The revision right after so many events.</summary>
    public static long RevisionAfter(long events) => events * RevisionsPerEvent;

    /// <summary>pymilvus's words for its stages; ours beside them have none.</summary>
    public static string? StageWords(Stage stage) => stage switch
    {
        Stage.Initializing => "initializing",
        Stage.WaitingForIndexes => "waiting for indexes",
        Stage.Compacting => "compacting",
        Stage.WaitingForCompaction => "waiting for compaction",
        Stage.WaitingForIndexRebuild => "waiting for index rebuild",
        Stage.RefreshingLoad => "refreshing load",
        _ => null,
    };

    /// <summary>The code of an end in the catalogue of problems, such as <c>index-failed</c>.</summary>
    public static string ProblemCode(RunEnd end) => end.Reason == RunEndReason.OnRequest ? Kebab(end.Outcome.ToString()) : Kebab(end.Reason.ToString());

    private static (string Name, string Reason, string Message) StateOf(OptimizeRun run, LiveView live) => run switch
    {
        OptimizeRun.Ended e => (e.End.Outcome.ToString(), e.End.Reason == RunEndReason.None ? "" : e.End.Reason.ToString(), e.End.Message),
        OptimizeRun.NeedsOperator n => ("NeedsOperator", "OutcomeUnknown", n.Reason),
        OptimizeRun.Active when live.HeldReason is { } held => ("Held", held.Reason, held.Message),
        OptimizeRun.Active { Facts.CancelReason: { } cancel } => ("CancelRequested", "CompactionRuns", $"cancel requested ({cancel}); Milvus cannot stop a compaction, so its end is awaited"),
        OptimizeRun.Active a => (a.Facts.Stage.ToString(), live.LastFailure is null ? "" : "Retrying", live.LastFailure ?? Message(a)),
        _ => throw new InvalidOperationException("no run has no state"),
    };

    private static string Message(OptimizeRun.Active run) => run switch
    {
        { Facts.HeldBy: { } held } => held,
        OptimizeRun.ChoosingCandidates { Facts.Fruitless: { } f } => $"{f.Reason}; tried {f.Count} times, trying again",
        OptimizeRun.ChoosingCandidates { Facts: { LeftOut: { Segments.IsEmpty: false } l, Merge.Candidates.IsEmpty: true } f } =>
            $"waiting for what round {f.Round - 1} left out: {l.Reason}",
        OptimizeRun.Triggering => "asking for the merge; if this node died meanwhile, its answer is awaited",
        OptimizeRun.Reconciling => "no answer to the trigger: looking at the segments for its traces",
        OptimizeRun.WaitingForCompaction w when !w.Facts.Merge.Plans.IsEmpty => $"{w.Facts.Merge.Plans.Count(p => !p.Targets.IsEmpty)} of {w.Facts.Merge.Plans.Length} plans done",
        _ => StageWords(run.Facts.Stage) ?? run.Facts.Stage.ToString().ToLowerInvariant(),
    };

    private static ImmutableArray<string> Stages(RunFacts facts)
    {
        var words = facts.Timeline.Select(t => StageWords(t.Stage)).OfType<string>();
        return [.. facts.CancelReason is null ? words : words.Append("cancelled")];
    }

    private static ImmutableArray<TimelineDocument> Timeline(RunFacts facts, DateTimeOffset? end) =>
    [
        .. facts.Timeline.Select((t, i) => new TimelineDocument(
            t.Stage.ToString(), t.Round, t.At, i + 1 < facts.Timeline.Length ? facts.Timeline[i + 1].At : end)),
    ];

    private static CompactionDocument? CompactionOf(RunFacts facts) => facts.Merge is { CompactionId: null, FoundBySegments: false }
        ? null
        : new(facts.Merge.CompactionId is { } id ? Text(id) : null, new(facts.Merge.Plans.Length, facts.Merge.Plans.Count(p => !p.Targets.IsEmpty)));

    private static ImmutableArray<IndexDocument> Indexes(LiveView live) =>
        [.. live.Indexes.Select(i => new IndexDocument(i.Name, i.Field, i.IndexedRows, i.TotalRows, i.PendingRows))];

    private static MinimumDocument? Minimum(RunFacts facts) => facts.Minimum is { } m ? new(m.Segments, m.Basis) : null;

    private static SegmentCountDocument? Count(ImmutableArray<SegmentObservation> segments) =>
        segments.IsEmpty ? null : new(segments.Length, segments.Sum(s => s.Rows), [.. segments.Select(s => Text(s.Id))]);

    private static ResultDocument Result(RunFacts facts, RunEnd end, ImmutableArray<string> stages) => new(
        end.Outcome == RunOutcome.Succeeded ? "success" : Kebab(end.Outcome.ToString()).Replace('-', '_'), facts.Collection.Name,
        facts.Merge.CompactionId is { } id ? Text(id) : null, facts.Parameters.TargetSize.ToString(), stages, facts.Merges, end.Message);

    private static ErrorDocument Error(RunEnd end)
    {
        var code = ProblemCode(end);
        return new($"/problems/{code}", Title(end), code, end.Message, end.MilvusCode, end.Outcome is RunOutcome.TimedOut or RunOutcome.Cancelled or RunOutcome.Abandoned);
    }

    private static string Title(RunEnd end) => Kebab(end.Reason == RunEndReason.OnRequest ? end.Outcome.ToString() : end.Reason.ToString()).Replace('-', ' ');

    private static string Generations(GenerationRange range) =>
        range.Oldest is null ? "unknown" : range.Oldest == range.Newest ? range.Oldest.ToString()! : $"{range.Oldest}..{range.Newest}";

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);

    private static string Kebab(string name) => WordStart().Replace(name, "-").ToLowerInvariant();

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])", RegexOptions.CultureInvariant)]
    private static partial Regex WordStart();
}

/// <summary>What the node that runs a collection has last seen, beyond its events.</summary>
/// <param name="Percent">Of the present stage, 0 to 100.</param>
/// <param name="LastFailure">Why the present step is being retried; null while all is well.</param>
/// <param name="HeldReason">Why nothing is done at all; null while something is.</param>
public sealed record LiveView(double? Percent, ImmutableArray<IndexObservation> Indexes, string? LastFailure, Held? HeldReason)
{
    /// <summary>How often the state that everybody sees changed since the last event.</summary>
    public int Changes { get; init; }

    public static LiveView Empty { get; } = new(null, [], null, null);
}

/// <summary>A run waits for something that only configuration or a person can bring.</summary>
public sealed record Held(string Reason, string Message);
