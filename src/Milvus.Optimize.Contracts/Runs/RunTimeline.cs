using System.Collections.Immutable;
using System.Globalization;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Contracts.Runs;

/// <summary>What happened to a run, one entry an event. Pure.</summary>
public static class RunTimeline
{
    public static TimelineEventDocument Of(StoredEvent stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        var (e, stamp) = (stored.Event, stored.Event.Stamp);
        return new(stored.SequenceNr, stamp.At, e.GetType().Name, stamp.Round, stamp.Attempt, stamp.Epoch, Message(e));
    }

    private static string Message(E stored) => stored switch
    {
        E.OwnershipTaken e => $"node {e.Node} carries the run on",
        E.Started e => $"accepted for '{e.RequestedName}' with {e.Parameters}; it must end by {e.Deadline.UtcDateTime:u}",
        E.Joined => "another request for the same joined",
        E.CollectionInspected e => $"Milvus {e.Server.Version}, {e.Shards} shards, {e.Indexes.Length} indexes{(e.HasVectorIndex ? "" : ", none of them on vectors")}",
        E.CollectionRenamed e => $"the collection is called {e.Database}.{e.Name} now",
        E.FlushStarted e => $"{e.Ticket.SegmentIds.Length} segments are flushed",
        E.FlushCompleted => "everything is flushed",
        E.IndexWaitStarted => "every index must be built",
        E.IndexesBuilt => "every index is built",
        E.CandidatesChosen { Known: false } => "the server lists no segments: they are merged unseen",
        E.CandidatesChosen e => $"{e.Candidates.Length} segments with {Number(e.Candidates.Sum(s => s.Rows))} rows are to be merged",
        E.MergedElsewhere => "somebody else's compaction finished the work",
        E.IntentAccepted => "the right to send the trigger is taken",
        E.TriggerAcknowledged e => $"the server acknowledged compaction {Id(e.CompactionId)} with {e.PlanCount} plans",
        E.TriggerNotSent e => $"nothing was sent: {e.Reason}",
        E.TriggerRefused e => $"the server refused (code {e.Code}): {e.Reason}",
        E.TriggerOutcomeUnknown e => $"whether the trigger was carried out is not known: {e.Reason}",
        E.LateOutcomeStored e => $"a late answer: {(e.StartedNothing ? "nothing was started" : $"compaction {Id(e.CompactionId)}")}; {e.Evidence}",
        E.TriggerReconciled e => $"{(e.Triggered ? "it was carried out" : "it was not carried out")}: {e.Evidence}",
        E.NothingStarted e => $"the server started nothing: {e.Reason}",
        E.PlansRecorded e => $"{e.Plans.Length} plans, {e.Plans.Count(p => !p.Targets.IsEmpty)} done",
        E.MergeLost e => $"the server forgot the compaction: {e.Evidence}",
        E.CompactionEnded => "nothing of the compaction executes any more",
        E.LoadRefreshStarted => "the query nodes are asked to take the new segments",
        E.LoadRefreshEnded e => e.Loaded ? "the load is refreshed" : "the collection is not loaded, or was not refreshed",
        E.SegmentsReplaced e => $"{e.Segments} segments with indexes were replaced by others: the new ones' indexes are waited for",
        E.RoundStarted e => $"another round, because {(e.Reason.Length > 0 ? e.Reason : $"{e.Uncovered.Length} segments were left out")}",
        E.Warned e => $"{e.Warning.Code}: {e.Warning.Message}",
        E.CancelRequested e => $"cancel requested: {e.Reason}",
        E.OperatorNeeded e => $"a person is needed: {e.Reason}",
        E.RetryRequested e => $"retried by a person: {e.Reason}",
        E.LaneFreed e => $"the last trigger can do nothing any more: {e.Reason}",
        E.Ended e => $"{e.End.Outcome}: {e.End.Message}",
        _ => throw new InvalidOperationException($"no sentence for {stored.GetType().Name}"),
    };

    private static string Id(long id) => id.ToString(CultureInfo.InvariantCulture);

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}

/// <summary>One event of a run.</summary>
/// <param name="SequenceNr">In the collection's history; what <c>after</c> compares.</param>
/// <param name="Event">Its kind, as docs/events.md lists them.</param>
/// <param name="Attempt">The trigger's number; 0 before the first.</param>
/// <param name="Epoch">Rises with every node that takes the collection over.</param>
/// <param name="Message">A sentence for a person.</param>
public sealed record TimelineEventDocument(long SequenceNr, DateTimeOffset At, string Event, int Round, int Attempt, long Epoch, string Message);

/// <summary>A part of a run's events.</summary>
/// <param name="NextAfter">Ask again with it: more may come while the run lives.</param>
public sealed record TimelinePage(ImmutableArray<TimelineEventDocument> Events, long NextAfter);
