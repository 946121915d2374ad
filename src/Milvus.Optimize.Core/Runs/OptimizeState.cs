using System.Collections.Immutable;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;
using R = Milvus.Optimize.Core.Runs.OptimizeRun;

namespace Milvus.Optimize.Core.Runs;

/// <summary>The fold of events. A pair that cannot be is a corrupt stream, so it throws; no clock is read.</summary>
public static class OptimizeState
{
    private const int MaxGivenUp = 8;

    /// <exception cref="InvalidOperationException">The event cannot follow this state.</exception>
    public static CollectionState Apply(CollectionState state, OptimizeEvent e)
    {
        CheckEpoch(state, e);
        var next = state with { Revision = state.Revision + 1, Epoch = e.Stamp.Epoch, Lane = LaneAfter(state.Lane, state, e) };
        return e switch
        {
            E.OwnershipTaken => next,
            E.LaneFreed => next with { GivenUp = GivenUp(state, e), Run = next.Run is R.Active a ? a with { Facts = a.Facts with { HeldBy = null } } : next.Run },
            E.LateOutcomeStored l => Late(next with { GivenUp = GivenUp(state, e) }, l),
            E.Started s => Start(next, s),
            E.Joined j => next with { Requests = next.Requests.SetItem(j.Key, new(j.Stamp.Run, j.Parameters, null)) },
            E.Ended end => End(next, end),
            _ => next with { Run = Behind(next.Lane, Advance(ActiveOf(state, e), e), e), GivenUp = GivenUp(state, e) },
        };
    }

    /// <summary>Triggers whose ids nobody knew when they were taken for over, or for never carried out.</summary>
    private static ImmutableArray<Lane> GivenUp(CollectionState state, OptimizeEvent e) => e switch
    {
        E.TriggerReconciled { Triggered: false } or E.LaneFreed or E.CompactionEnded when state.Lane is { CompactionId: null } lane => [.. state.GivenUp.TakeLast(MaxGivenUp - 1), lane with { Beside = [] }],
        E.LateOutcomeStored l => state.GivenUp.RemoveAll(given => given.IsOf(l.Stamp)),
        _ => state.GivenUp,
    };

    /// <summary>An answer that came after all: where it names a compaction, that is followed, and nothing may be sent before it is over.</summary>
    private static CollectionState Late(CollectionState state, E.LateOutcomeStored late) => state with
    {
        Run = state switch
        {
            { Run: R.Compacting c, Lane: not null } => new R.ChoosingCandidates(c.Facts),
            { Run: R.WaitingForCompaction { CompactionId: null } w, Lane: { CompactionId: { } id } lane } when lane.Intent.Run == w.Facts.Run && id == late.CompactionId =>
                new R.WaitingForCompaction(w.Facts with { Merge = w.Facts.Merge with { CompactionId = id } }, id),
            _ => state.Run,
        },
    };

    /// <summary>This trigger started nothing, but an earlier one may run still: its end comes before the next try.</summary>
    private static R.Active Behind(Lane? lane, R.Active run, OptimizeEvent e) =>
        run is R.Compacting && lane is not null && e is (E.TriggerNotSent or E.TriggerRefused) ? new R.ChoosingCandidates(run.Facts) : run;

    private static void CheckEpoch(CollectionState state, OptimizeEvent e)
    {
        var fits = e is E.OwnershipTaken ? e.Stamp.Epoch > state.Epoch : e.Stamp.Epoch == state.Epoch;
        if (!fits) throw new InvalidOperationException($"{e.GetType().Name} of epoch {e.Stamp.Epoch} cannot follow epoch {state.Epoch}");
    }

    private static CollectionState Start(CollectionState state, E.Started s)
    {
        if (state.Run is R.Active a) throw new InvalidOperationException($"{s.Stamp.Run} cannot start while {a.Facts.Run} runs");
        var facts = new RunFacts
        {
            Run = s.Stamp.Run,
            Collection = s.Collection,
            RequestedName = s.RequestedName,
            Parameters = s.Parameters,
            StartedAt = s.Stamp.At,
            ChangedAt = s.Stamp.At,
            Deadline = s.Deadline,
        };
        var requests = state.Requests.RemoveRange(state.Requests.Where(r => r.Value.EndedAt + OptimizePolicy.Default.KeyRetention < s.Stamp.At).Select(r => r.Key));
        return state with
        {
            Run = new R.Initializing(Enter(facts, Stage.Initializing, s)),
            Requests = requests.SetItem(s.Key, new(s.Stamp.Run, s.Parameters, null)),
        };
    }

    private static CollectionState End(CollectionState state, E.Ended e)
    {
        var facts = ActiveOf(state, e).Facts;
        var last = facts with { ChangedAt = e.Stamp.At, LeftOut = null, HeldBy = null, Minimum = e.Minimum ?? facts.Minimum, Merge = facts.Merge with { Indexed = [], Replacements = 0 } };
        var ended = state.Requests.Where(r => r.Value.Run == e.Stamp.Run)
            .Select(r => KeyValuePair.Create(r.Key, r.Value with { EndedAt = e.Stamp.At }));
        return state with
        {
            Run = new R.Ended(last, e.End, e.SegmentsAfter, e.Stamp.At),
            Requests = state.Requests.SetItems(ended),
            LastProven = e.FullyMerged ? new(facts.Parameters.TargetSize, [.. e.SegmentsAfter.Select(s => s.Id)]) : state.LastProven,
        };
    }

    private static R.Active ActiveOf(CollectionState state, OptimizeEvent e) =>
        state.Run is R.Active active && active.Facts.Run == e.Stamp.Run
            ? active
            : throw new InvalidOperationException($"{e.GetType().Name} of {e.Stamp.Run} cannot follow {state.Run.GetType().Name}");

    private static R.Active Advance(R.Active run, OptimizeEvent e)
    {
        var facts = run.Facts with { ChangedAt = e.Stamp.At, HeldBy = HeldBy(run.Facts, e) };
        return (run, e) switch
        {
            (_, E.Warned w) => run with { Facts = facts with { Warnings = facts.Warnings.Add(w.Warning) } },
            (_, E.CancelRequested c) => run with { Facts = facts with { CancelReason = c.Reason } },
            (_, E.CollectionRenamed n) => run with { Facts = facts with { Collection = facts.Collection with { Database = n.Database, Name = n.Name } } },
            (_, E.OperatorNeeded n) => new R.NeedsOperator(facts, n.Reason),
            // The time it was parked is not the run's: what was left of its deadline is left still.
            (R.NeedsOperator, E.RetryRequested) => new R.ChoosingCandidates(Enter(
                facts with { Merge = MergeFacts.None, Fruitless = null, LeftOut = null, CancelReason = null, Deadline = e.Stamp.At + (facts.Deadline - run.Facts.ChangedAt) }, Stage.Compacting, e)),

            (R.Initializing, E.CollectionInspected i) => AfterInspection(facts, i),
            (R.StartingFlush, E.FlushStarted f) => new R.Flushing(facts, f.Ticket),
            (R.Flushing, E.FlushCompleted) => new R.StartingIndexWait(Enter(facts, Stage.WaitingForIndexes, e), Rebuild: false),
            (R.StartingIndexWait s, E.IndexWaitStarted w) => new R.WaitingForIndexes(facts, s.Rebuild, w.Timestamp),
            (R.WaitingForIndexes { Rebuild: false }, E.IndexesBuilt) => new R.ChoosingCandidates(Enter(facts, Stage.Compacting, e)),
            (R.WaitingForIndexes { Rebuild: true }, E.IndexesBuilt b) => new R.StartingRefresh(
                Enter(facts with { Merge = facts.Merge with { Indexed = b.Segments } }, Stage.RefreshingLoad, e)),
            (R.StartingRefresh, E.LoadRefreshStarted) => new R.RefreshingLoad(facts),
            (R.StartingRefresh or R.RefreshingLoad, E.LoadRefreshEnded r) => new R.Verifying(Enter(facts, Stage.Verifying, e), r.Loaded),
            (R.Verifying, E.SegmentsReplaced) => new R.StartingIndexWait(
                Enter(facts with { Merge = facts.Merge with { Replacements = facts.Merge.Replacements + 1 } }, Stage.WaitingForIndexRebuild, e), Rebuild: true),
            (R.Verifying, E.RoundStarted r) => new R.ChoosingCandidates(
                Enter(facts with { Round = r.Stamp.Round, Merge = MergeFacts.None with { CompactionId = facts.Merge.CompactionId, Plans = facts.Merge.Plans }, Fruitless = null, LeftOut = LeftOut.Of(run.Facts, r) }, Stage.Compacting, e)),
            _ => Merge(run, facts, e),
        };
    }

    /// <summary>What a run waits for holds until it goes on.</summary>
    private static string? HeldBy(RunFacts facts, OptimizeEvent e) => e switch
    {
        E.Warned { Warning: { Code: WarningCode.ForeignCompaction or WarningCode.TriggerUnanswered } w } => w.Message,
        E.Warned or E.CancelRequested or E.CollectionRenamed => facts.HeldBy,
        _ => null,
    };

    private static R.Active Merge(R.Active run, RunFacts facts, OptimizeEvent e) => (run, e) switch
    {
        (R.ChoosingCandidates, E.CandidatesChosen c) => new R.Compacting(WithCandidates(facts, c)),
        (R.ChoosingCandidates, E.MergedElsewhere) => new R.StartingIndexWait(
            Enter(facts with { Fruitless = null, Merge = OfRound(facts.Merge) with { MergedElsewhere = true, CandidatesKnown = true } }, Stage.WaitingForIndexRebuild, e), Rebuild: true),
        (R.Compacting or R.ChoosingCandidates, E.IntentAccepted i) => new R.Triggering(facts with { Attempt = i.Stamp.Attempt }, i.Budgets),
        (R.Triggering or R.Reconciling, E.TriggerAcknowledged a) => new R.ReadingPlans(
            Enter(facts with { Merge = facts.Merge with { CompactionId = a.CompactionId > 0 ? a.CompactionId : null, Plans = [] } }, Stage.WaitingForCompaction, e),
            a.CompactionId),
        (R.Triggering or R.Reconciling, E.TriggerNotSent) => new R.Compacting(facts),
        (R.Triggering or R.Reconciling, E.TriggerRefused) => new R.Compacting(facts),
        (R.Triggering t, E.TriggerOutcomeUnknown) => new R.Reconciling(facts, t.Budgets),
        (R.Reconciling, E.TriggerReconciled { Triggered: true }) => new R.WaitingForCompaction(
            Enter(facts with { Fruitless = null, Merge = facts.Merge with { FoundBySegments = true, CompactionId = null } }, Stage.WaitingForCompaction, e), null),
        (R.Reconciling, E.TriggerReconciled) => new R.ChoosingCandidates(
            facts with { Merge = facts.Merge with { UnknownAttempts = facts.Merge.UnknownAttempts + 1 } }),
        (R.ReadingPlans, E.NothingStarted n) => new R.ChoosingCandidates(Enter(facts with { Fruitless = Count(facts.Fruitless, n) }, Stage.Compacting, e)),
        (R.ReadingPlans s, E.PlansRecorded p) => new R.WaitingForCompaction(WithPlans(facts, p), s.CompactionId),
        (R.WaitingForCompaction s, E.PlansRecorded p) => s with { Facts = WithPlans(facts, p) },
        (R.ReadingPlans or R.WaitingForCompaction, E.MergeLost) => new R.ChoosingCandidates(
            Enter(facts with { Merge = facts.Merge with { LostMerges = facts.Merge.LostMerges + 1 } }, Stage.Compacting, e)),
        (R.ReadingPlans or R.WaitingForCompaction, E.CompactionEnded) => new R.StartingIndexWait(Enter(facts, Stage.WaitingForIndexRebuild, e), Rebuild: true),
        _ => throw new InvalidOperationException($"{e.GetType().Name} cannot follow {run.GetType().Name}"),
    };

    private static R.Active AfterInspection(RunFacts facts, E.CollectionInspected i)
    {
        var known = facts with { Server = i.Server, Shards = i.Shards, Indexes = i.Indexes, HasVectorIndex = i.HasVectorIndex };
        return facts.Parameters.Flush
            ? new R.StartingFlush(Enter(known, Stage.Flushing, i))
            : new R.StartingIndexWait(Enter(known, Stage.WaitingForIndexes, i), Rebuild: false);
    }

    private static RunFacts WithCandidates(RunFacts facts, E.CandidatesChosen c) => facts with
    {
        SegmentsBefore = facts.SegmentsBefore.IsEmpty ? c.Candidates : facts.SegmentsBefore,
        Minimum = c.Minimum ?? facts.Minimum,
        Merge = OfRound(facts.Merge) with { Candidates = c.Candidates, CandidatesKnown = c.Known, Plans = [], FoundBySegments = false },
    };

    /// <summary>Until a round has candidates it shows the last one's compaction.</summary>
    private static MergeFacts OfRound(MergeFacts merge) => merge.Candidates.IsEmpty ? merge with { CompactionId = null, Plans = [] } : merge;

    private static RunFacts WithPlans(RunFacts facts, E.PlansRecorded p) =>
        facts with { Fruitless = null, Merge = facts.Merge with { Plans = CompactionPlans.Merge(facts.Merge.Plans, p.Plans) } };

    private static FruitlessTries Count(FruitlessTries? before, E.NothingStarted n) =>
        before is { } b && b.Segments.SequenceEqual(n.Segments)
            ? b with { Count = b.Count + 1, Reason = n.Reason }
            : new(1, n.Stamp.At, n.Segments, n.Reason);

    private static RunFacts Enter(RunFacts facts, Stage stage, OptimizeEvent e) =>
        facts.Timeline is [.., var last] && last.Stage == stage && last.Round == e.Stamp.Round
            ? facts
            : facts with { Timeline = facts.Timeline.Add(new(stage, e.Stamp.Round, e.Stamp.At)) };

    private static Lane? LaneAfterLate(Lane? lane, ImmutableArray<Lane> givenUp, E.LateOutcomeStored l)
    {
        var own = lane is { CompactionId: null } && lane.IsOf(l.Stamp);
        if (l.StartedNothing) return own ? lane!.Rest() : lane;
        if (own) return lane! with { CompactionId = l.CompactionId };
        var late = givenUp.FirstOrDefault(given => given.IsOf(l.Stamp));
        if (lane is null) return late is null ? null : late with { CompactionId = l.CompactionId };
        return lane with { Beside = lane.Beside.Add(l.CompactionId), Candidates = [.. lane.Candidates.Union(late?.Candidates ?? [])] };
    }

    private static Lane? LaneAfter(Lane? lane, CollectionState state, OptimizeEvent e) => e switch
    {
        E.IntentAccepted i => new(i.Stamp, i.Budgets, null, [.. ActiveOf(state, e).Facts.Merge.Candidates.Select(s => s.Id)]),
        E.TriggerAcknowledged { CompactionId: > 0 } a => (lane ?? throw new InvalidOperationException($"{a.Stamp.Run} was acknowledged without an intent")) with { CompactionId = a.CompactionId },
        E.PlansRecorded p => lane is null ? null : lane with { Candidates = [.. lane.Candidates.Union(p.Plans.SelectMany(x => x.Sources))] },
        E.LateOutcomeStored l => LaneAfterLate(lane, state.GivenUp, l),
        E.TriggerNotSent or E.TriggerRefused or E.NothingStarted or E.TriggerReconciled { Triggered: false } => lane?.Rest(),
        E.MergeLost or E.CompactionEnded or E.LaneFreed => null,
        E.Ended { End.Reason: RunEndReason.CollectionDropped or RunEndReason.CollectionReplaced } => null,
        _ => lane,
    };
}
