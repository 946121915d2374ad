using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;
using R = Milvus.Optimize.Core.Runs.OptimizeRun;

namespace Milvus.Optimize.Core.Runs;

/// <summary>
/// What a command leads to. The parts: requests of callers here, then preparation, trigger, compaction and verification in the order of a run's life.
/// A report that fits no stage is late: it is refused as such, and nothing happens.
/// </summary>
public static partial class OptimizeDecider
{
    public static Decision Decide(CollectionState state, OptimizeCommand command, OptimizePolicy policy) => (state.Run, command) switch
    {
        (_, C.Start c) => Start(state, c, policy),
        (_, C.TakeOwnership c) => TakeOwnership(state, c),
        (_, C.Abandon { FreeLane: true } c) when state.Lane?.Intent.Run == c.Run => AbandonAndFree(state, c),
        (_, C.RecordTriggerOutcome c) => TriggerOutcome(state, c, policy),
        (R.Active s, C.OfRun c) when s.Facts.Run == c.Run => OfRun(state, s, c, policy),
        (R.Ended s, C.OfRun c) when s.Facts.Run == c.Run => Decision.Reject(RejectionReason.AlreadyEnded, $"{Verb(c)} {c.Run}: it has already ended as {s.End.Outcome}"),
        (R.None, C.OfRun c) => Decision.Reject(RejectionReason.UnknownRun, $"{Verb(c)} {c.Run}: there is no such run"),
        (_, C.OfRun c) => Decision.Reject(RejectionReason.UnknownRun, $"{Verb(c)} {c.Run}: the collection's current run is another one"),
        _ => throw new InvalidOperationException($"no decision is defined for {command.GetType().Name}"),
    };

    private static Decision OfRun(CollectionState state, R.Active run, C.OfRun command, OptimizePolicy policy)
    {
        var at = new Now(state, run, command.At);
        return (run, command) switch
        {
            (_, C.Cancel c) => Cancel(at, run, c),
            (_, C.Abandon c) => Decision.Accept(at.End(RunOutcome.Abandoned, RunEndReason.OnRequest, $"abandoned: {c.Reason}{Remains(state)}")),
            (R.NeedsOperator, C.Retry c) => Decision.Accept(new E.RetryRequested(at.Stamp, c.Reason)),
            (_, C.Retry c) => Decision.Reject(RejectionReason.InvalidState, $"cannot retry {c.Run}: only a run that needs an operator can be retried, this one runs"),
            (_, C.RecordDeadline) => DeadlineOver(at, run),
            (_, C.RecordNoProgress) => NoProgress(at, run),
            (R.NeedsOperator, C.Report c) => Decision.Reject(RejectionReason.InvalidState, $"{c.GetType().Name} comes too late: {c.Run} needs an operator, who alone can move it"),
            (_, C.RecordRename c) => Decision.Accept(new E.CollectionRenamed(at.Stamp, c.Database, c.Name)),
            (_, C.RecordCollectionGone c) => Gone(at, c),
            (_, C.RecordFailure c) => Failed(at, run, c, policy),
            _ => Preparation(at, run, command, policy) ?? Triggering(at, run, command, policy) ?? Compaction(at, run, command, policy)
                ?? Verification(at, run, command, policy)
                ?? Decision.Reject(RejectionReason.InvalidState, $"{command.GetType().Name} comes too late: the run is past {run.GetType().Name}"),
        };
    }

    private static Decision Start(CollectionState state, C.Start c, OptimizePolicy policy)
    {
        if (state.Requests.TryGetValue(c.Key, out var known) && !(known.EndedAt + policy.KeyRetention < c.At))
        {
            return known.Parameters == c.Parameters
                ? new([], null, known.Run, Joined: true)
                : Decision.Reject(RejectionReason.KeyReused, $"the key '{c.Key}' belongs to a request with {known.Parameters}, not {c.Parameters}", known.Run);
        }

        if (state.Requests.Count(r => !(r.Value.EndedAt + policy.KeyRetention < c.At)) >= policy.MaxKeys)
            return Decision.Reject(RejectionReason.TooManyKeys, $"the collection already remembers {policy.MaxKeys} requests of the last {policy.KeyRetention.Days} days; retry later");
        if (state.Run is R.Active a)
        {
            if (c.FailIfLive) return Decision.Reject(RejectionReason.RunConflict, $"{a.Facts.Run} already optimizes '{a.Facts.Collection.Name}', and this request joins none", a.Facts.Run);
            return a.Facts.Parameters == c.Parameters
                ? new([new E.Joined(new Now(state, a, c.At).Stamp, c.Key, c.Parameters)], null, a.Facts.Run, Joined: true)
                : Decision.Reject(RejectionReason.RunConflict, $"{a.Facts.Run} already optimizes '{a.Facts.Collection.Name}' with {a.Facts.Parameters}; this request has {c.Parameters}", a.Facts.Run);
        }

        var stamp = new Stamp(c.Run, state.Epoch, 1, 0, c.At);
        return new([new E.Started(stamp, c.Key, c.Collection, c.RequestedName, c.Parameters, c.Deadline)], null, c.Run);
    }

    private static Decision TakeOwnership(CollectionState state, C.TakeOwnership c)
    {
        // An idle collection needs no such write: its next event fences just as well.
        return state.Run is R.Active a
            ? Decision.Accept(new E.OwnershipTaken(new Now(state, a, c.At).Stamp with { Epoch = state.Epoch + 1 }, c.Node))
            : Decision.Nothing;
    }

    private static Decision Cancel(Now at, R.Active run, C.Cancel c)
    {
        if (run is R.NeedsOperator) return Decision.Reject(RejectionReason.InvalidState, $"cannot cancel {c.Run}: it needs an operator; retry or abandon it");
        if (run.Facts.CancelReason is not null) return Decision.Nothing;
        var requested = new E.CancelRequested(at.Stamp, c.Reason);
        return run is R.Triggering or R.Reconciling or R.ReadingPlans or R.WaitingForCompaction || at.State.Lane?.Intent.Run == run.Facts.Run
            ? Decision.Accept(requested)
            : Decision.Accept(requested, at.End(RunOutcome.Cancelled, RunEndReason.OnRequest, CancelledText(run, c.Reason)));
    }

    private static string CancelledText(R.Active run, string reason) => run switch
    {
        R.StartingIndexWait { Rebuild: true } or R.WaitingForIndexes { Rebuild: true } or R.StartingRefresh or R.RefreshingLoad or R.Verifying =>
            $"cancelled after the merge: {reason}. Milvus goes on building indexes and taking the new segments by itself",
        _ when run.Facts.Round > 1 => $"cancelled after the merge of round {run.Facts.Round - 1}: {reason}",
        _ => $"cancelled before anything was merged: {reason}",
    };

    private static Decision AbandonAndFree(CollectionState state, C.Abandon c)
    {
        var lane = state.Lane!;
        var freed = new E.LaneFreed(lane.Intent with { Epoch = state.Epoch, At = c.At }, $"freed by a person: {c.Reason}");
        return state.Run is R.Active a && a.Facts.Run == c.Run
            ? Decision.Accept(freed, new Now(state, a, c.At).End(RunOutcome.Abandoned, RunEndReason.OnRequest, $"abandoned, lane freed: {c.Reason}"))
            : Decision.Accept(freed);
    }

    private static Decision DeadlineOver(Now at, R.Active run)
    {
        if (run is R.NeedsOperator) return Decision.Nothing;
        var f = run.Facts;
        if (run is R.ChoosingCandidates && f is { LeftOut: { Segments.IsEmpty: false } left, Merge.Candidates.IsEmpty: true })
            return Decision.Accept(at.End(RunOutcome.TimedOut, RunEndReason.SegmentsBusy, $"the deadline is over, and what was merged is merged, but {left.Reason}"));
        if (f.HeldBy is { } held) return Decision.Accept(at.End(RunOutcome.TimedOut, RunEndReason.SegmentsBusy, $"the deadline is over: {held}{at.Remains}"));
        return f.Fruitless is { } fruitless
            ? Decision.Accept(at.End(RunOutcome.TimedOut, RunEndReason.SegmentsBusy, $"the deadline is over, and the segments were still busy: {fruitless.Reason}{at.Remains}"))
            : Decision.Accept(at.End(RunOutcome.TimedOut, RunEndReason.DeadlineExceeded, $"the deadline is over during {Words(f.Stage)}{at.Remains}"));
    }

    private static Decision NoProgress(Now at, R.Active run) => run switch
    {
        R.NeedsOperator => Decision.Nothing,
        R.ChoosingCandidates when at.State.Lane is { } lane => Decision.Accept(new E.OperatorNeeded(at.Stamp,
            $"the trigger of {lane.Intent.Run} may still be at work and nothing shows that it ended; see the server, then: abandon {lane.Intent.Run} --free-lane, and retry {run.Facts.Run}")),
        { Facts.HeldBy: { } held } => Decision.Accept(at.End(RunOutcome.TimedOut, RunEndReason.SegmentsBusy, $"that took too long: {held}{at.Remains}")),
        _ => Decision.Accept(at.End(RunOutcome.TimedOut, RunEndReason.NoProgress, $"nothing changed for too long during {Words(run.Facts.Stage)}{at.Remains}")),
    };

    private static Decision Gone(Now at, C.RecordCollectionGone c) => c.Replaced
        ? Decision.Accept(at.End(RunOutcome.Failed, RunEndReason.CollectionReplaced, "the collection was dropped, and another one has its name now; optimize that one by a new run", 100))
        : Decision.Accept(at.End(RunOutcome.Failed, RunEndReason.CollectionDropped, "the collection was dropped", 100));

    private static Decision Failed(Now at, R.Active run, C.RecordFailure c, OptimizePolicy policy)
    {
        var mayPass = c.Failure.Kind is MilvusFailureKind.Transient or MilvusFailureKind.Unknown;
        if ((run is R.StartingRefresh or R.RefreshingLoad) && (!mayPass || at.InStage >= policy.RefreshPatience))
            return Decision.Accept(at.Warn(WarningCode.LoadRefreshNotDone, $"the load was not refreshed: {c.Failure}"), new E.LoadRefreshEnded(at.Stamp, Loaded: false));
        if (mayPass) return Decision.Nothing;
        return Decision.Accept(at.End(RunOutcome.Failed, RunEndReason.RejectedByServer, $"the server refused during {Words(run.Facts.Stage)}: {c.Failure}{at.Remains}", c.Failure.Code));
    }

    private static string Words(Stage stage) => stage switch
    {
        Stage.WaitingForIndexes => "waiting for indexes",
        Stage.WaitingForCompaction => "waiting for compaction",
        Stage.WaitingForIndexRebuild => "waiting for index rebuild",
        Stage.RefreshingLoad => "refreshing load",
        _ => stage.ToString().ToLowerInvariant(),
    };

    private static string Verb(C.OfRun c) => c switch
    {
        C.Cancel => "cannot cancel",
        C.Abandon => "cannot abandon",
        C.Retry => "cannot retry",
        _ => "nothing to record for",
    };

    /// <summary>Milvus cannot stop a compaction, so an end says what still runs there.</summary>
    private static string Remains(CollectionState state) => state.Lane switch
    {
        null => "",
        { CompactionId: { } id, Beside.IsEmpty: true } => $". Compaction {id} may still run on the server",
        { CompactionId: { } id } lane => $". Compactions {id} and {string.Join(", ", lane.Beside)} may still run on the server",
        _ => ". A compaction may still start or run on the server",
    };

    /// <summary>The moment of one decision about one run: stamps its events.</summary>
    private sealed record Now(CollectionState State, R.Active Run, DateTimeOffset At)
    {
        public Stamp Stamp => new(Run.Facts.Run, State.Epoch, Run.Facts.Round, Run.Facts.Attempt, At);

        public string Remains => OptimizeDecider.Remains(State);

        public E.Warned Warn(WarningCode code, string message) => new(Stamp, new(code, message));

        public E.Ended End(RunOutcome outcome, RunEndReason reason, string message, int code = 0, ImmutableArray<SegmentObservation> after = default, bool fullyMerged = false) =>
            new(Stamp, new(outcome, reason, message, code), after.IsDefault ? [] : after, fullyMerged);

        public TimeSpan InStage => Run.Facts.Timeline.IsEmpty ? TimeSpan.Zero : At - Run.Facts.Timeline[^1].At;
    }
}
