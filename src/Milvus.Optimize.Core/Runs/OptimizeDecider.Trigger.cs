using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;
using R = Milvus.Optimize.Core.Runs.OptimizeRun;

namespace Milvus.Optimize.Core.Runs;

/// <summary>The one call that is never repeated blindly: its intent, its outcome, and what is done when nobody knows.</summary>
public static partial class OptimizeDecider
{
    private static Decision? Triggering(Now at, R.Active run, C.OfRun command, OptimizePolicy policy) => (run, command) switch
    {
        (R.Compacting, C.AcceptIntent) when at.State.Lane is not null =>
            throw new InvalidOperationException("an intent was about to be accepted while the last trigger may still act"),
        (R.Compacting, C.AcceptIntent c) => Decision.Accept(new E.IntentAccepted(at.Stamp with { Attempt = run.Facts.Attempt + 1 }, c.Budgets)),
        (R.Reconciling, C.RecordReconciliation c) => Reconciled(at, run.Facts, c, policy),
        _ => null,
    };

    private static Decision TriggerOutcome(CollectionState state, C.RecordTriggerOutcome c, OptimizePolicy policy)
    {
        if (state.Run is R.Triggering or R.Reconciling && state.Run is R.Active run && run.Facts.Run == c.Run && run.Facts.Attempt == c.Attempt)
            return OpenAttempt(new Now(state, run, c.At), run, c.Outcome, policy);

        // The attempt is closed: what the outbox knows is evidence, and it frees the lane or names what holds it.
        if (state.GivenUp.Prepend(state.Lane).FirstOrDefault(l => l is { CompactionId: null } && l.Intent.Run == c.Run && l.Intent.Attempt == c.Attempt) is not { } lane)
            return Decision.Nothing;
        var stamp = lane.Intent with { Epoch = state.Epoch, At = c.At };
        return c.Outcome switch
        {
            Milvus.TriggerOutcome.Acknowledged { CompactionId: > 0 } a => Decision.Accept(
                new E.LateOutcomeStored(stamp, a.CompactionId, StartedNothing: false, $"the server had acknowledged it as compaction {a.CompactionId}")),
            Milvus.TriggerOutcome.Acknowledged => Decision.Accept(new E.LateOutcomeStored(stamp, 0, StartedNothing: true, "the server had started nothing")),
            Milvus.TriggerOutcome.NotSent n => Decision.Accept(new E.LateOutcomeStored(stamp, 0, StartedNothing: true, $"it had not been sent: {n.Reason}")),
            Milvus.TriggerOutcome.Refused r => Decision.Accept(new E.LateOutcomeStored(stamp, 0, StartedNothing: true, $"the server had refused it: {r.Failure}")),
            _ => Decision.Nothing,
        };
    }

    private static Decision OpenAttempt(Now at, R.Active run, TriggerOutcome outcome, OptimizePolicy policy) => outcome switch
    {
        Milvus.TriggerOutcome.Acknowledged { CompactionId: > 0 } a => Decision.Accept(new E.TriggerAcknowledged(at.Stamp, a.CompactionId, a.PlanCount)),
        Milvus.TriggerOutcome.Acknowledged a => new(
        [
            new E.TriggerAcknowledged(at.Stamp, a.CompactionId, a.PlanCount),
            .. Fruitless(at, run.Facts, run.Facts.Merge.Candidates, "the server acknowledged and started nothing: its segments are busy, not sorted yet, or protected", policy),
        ]),
        Milvus.TriggerOutcome.NotSent n => new([new E.TriggerNotSent(at.Stamp, n.Reason), .. EndIfCancelledAndAlone(at, run.Facts)]),
        Milvus.TriggerOutcome.Refused r => Refused(at, run.Facts, r.Failure),
        Milvus.TriggerOutcome.Unknown u => run is R.Triggering ? Decision.Accept(new E.TriggerOutcomeUnknown(at.Stamp, u.Failure.ToString())) : Decision.Nothing,
        _ => throw new InvalidOperationException($"no decision is defined for {outcome.GetType().Name}"),
    };

    private static Decision Refused(Now at, RunFacts facts, MilvusFailure failure)
    {
        var refused = new E.TriggerRefused(at.Stamp, failure.Code, failure.ToString());
        return failure.Kind == MilvusFailureKind.Transient || facts.CancelReason is not null
            ? new([refused, .. EndIfCancelledAndAlone(at, facts)])
            : Decision.Accept(refused, at.End(RunOutcome.Failed, RunEndReason.RejectedByServer, $"the server refused the merge: {failure}", failure.Code, facts.Merge.Candidates));
    }

    private static Decision Reconciled(Now at, RunFacts facts, C.RecordReconciliation c, OptimizePolicy policy)
    {
        var candidates = facts.Merge.Candidates;
        if (c.Segments is not { } segments || candidates.IsEmpty)
        {
            // Nothing can be seen here, neither that it happened nor that it did not: another trigger would be blind, and the lane stays taken.
            return c.WaitedOut
                ? Decision.Accept(new E.OperatorNeeded(at.Stamp, $"a trigger got no answer, and this server does not show its segments; see the server, then: retry {facts.Run}, or abandon it"))
                : Decision.Nothing;
        }

        // Before W is over a segment that is gone may be somebody else's work, and the trigger may be on its way still.
        if (!c.WaitedOut) return Decision.Nothing;
        if (StillAtWork(at, candidates.Select(s => s.Id), c.Listed, policy) is { } work) return Waiting(at, work);
        var standing = Standing(candidates.Select(s => s.Id), segments);
        if (standing < candidates.Length)
        {
            return Decision.Accept(new E.TriggerReconciled(at.Stamp, Triggered: true,
                $"{candidates.Length - standing} of {candidates.Length} segments are gone: a merge works on them"));
        }

        if (ByTasks(at, candidates, c.Tasks) is { } shown) return shown;

        var none = new E.TriggerReconciled(at.Stamp, Triggered: false,
            c.Listed is null ? "the sender is out of time, and all segments stand" : "the sender is out of time, all segments stand, and the server lists no compaction at work on them");
        if (facts.CancelReason is not null) return new([none, .. EndIfCancelledAndAlone(at, facts)]);
        return facts.Merge.UnknownAttempts + 1 < policy.MaxUnknownAttempts
            ? Decision.Accept(none)
            : Decision.Accept(none, new E.OperatorNeeded(at.Stamp,
                $"{facts.Merge.UnknownAttempts + 1} triggers got no answer and left no trace; see whether the server is well, then: retry {facts.Run}, or abandon it"));
    }

    private static Decision Waiting(Now at, string work) => Held(at, WarningCode.TriggerUnanswered, work) is { } held ? Decision.Accept(held) : Decision.Nothing;

    /// <summary>Nothing was started: again later, unless there is a reason why it never will be.</summary>
    private static ImmutableArray<OptimizeEvent> Fruitless(
        Now at, RunFacts facts, ImmutableArray<SegmentObservation> flushed, string reason, OptimizePolicy policy)
    {
        var ids = flushed.Select(s => s.Id).Order().ToImmutableArray();
        var nothing = new E.NothingStarted(at.Stamp, reason, ids);
        if (facts.CancelReason is not null) return [nothing, .. EndIfCancelledAndAlone(at, facts)];
        if (!facts.HasVectorIndex)
            return [nothing, at.End(RunOutcome.Failed, RunEndReason.NoIndex, $"the server started nothing, and '{facts.Collection.Name}' has no vector index; create one first", after: flushed)];

        if (MustBeBusy(facts, flushed)) return [nothing];
        var same = facts.Fruitless is { } before && before.Segments.SequenceEqual(ids) ? before : null;
        if (same is null || same.Count + 1 < policy.MaxFruitlessTries || at.At - same.Since < policy.FruitlessWindow) return [nothing];
        var levels = string.Join(", ", flushed.GroupBy(s => s.Level).OrderBy(g => g.Key).Select(g => $"{g.Count()} of level {g.Key}"));
        return
        [
            nothing,
            at.End(RunOutcome.PartiallySucceeded, RunEndReason.CoverageIncomplete,
                $"{same.Count + 1} tries in {at.At - same.Since:hh\\:mm\\:ss} started nothing, and nothing shows that somebody else works on the segments ({levels}): they are clustered or protected, or busy without a sign", after: flushed),
        ];
    }

    /// <summary>
    /// Whoever keeps the segments busy is waited for until the run's own limits: on a server that leaves out nothing else, and where a trigger of ours that was
    /// never answered may be what does.
    /// </summary>
    private static bool MustBeBusy(RunFacts facts, ImmutableArray<SegmentObservation> flushed) =>
        facts.Merge.UnknownAttempts > 0 || (facts.Server.Generation.LeavesOutTheBusyAlone && flushed.All(s => s.Level != SegmentLevel.L2));

    /// <summary>Each try journals all candidates: after the first ones they are fewer and fewer, until none of the tried segments stands any more.</summary>
    private static bool PausesAfter(Now at, FruitlessTries tried, ImmutableArray<SegmentObservation> flushed, OptimizePolicy policy)
    {
        var facts = at.Run.Facts;

        // Every try leads out of the stage and back.
        var tries = facts.Timeline.Count(e => e.Stage == Stage.Compacting && e.Round == facts.Round) - 1;
        if (tries < policy.MaxFruitlessTries || Standing(tried.Segments, flushed) == 0) return false;
        var doubled = policy.BusyPause * Math.Pow(2, Math.Min(tries - policy.MaxFruitlessTries, 20));
        var until = facts.ChangedAt + (doubled < policy.MaxBusyPause ? doubled : policy.MaxBusyPause);

        // The try that ends a run comes when it can.
        var last = tried.Since + policy.FruitlessWindow;
        return at.At < (MustBeBusy(facts, flushed) || until < last ? until : last);
    }

    /// <summary>This trigger started nothing; an earlier one that was answered late may be at work still, and then the end comes behind it.</summary>
    private static ImmutableArray<OptimizeEvent> EndIfCancelledAndAlone(Now at, RunFacts facts) => at.State.Lane?.Rest() is null ? EndIfCancelled(at, facts) : [];

    private static ImmutableArray<OptimizeEvent> EndIfCancelled(Now at, RunFacts facts, ImmutableArray<SegmentObservation> after = default) =>
        facts.CancelReason is { } reason
            ? [at.End(RunOutcome.Cancelled, RunEndReason.OnRequest, $"cancelled: {reason}; no compaction of this run executes on the server", after: after)]
            : [];
}
