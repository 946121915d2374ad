using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;
using R = Milvus.Optimize.Core.Runs.OptimizeRun;

namespace Milvus.Optimize.VirtualTime.Tests;

/// <summary>"Completed" is believed: the merge is over, and it did what it should.</summary>
internal sealed class TrustsCompleted : Mutant
{
    public override Decision Decide(CollectionState state, OptimizeCommand command, OptimizePolicy policy) => (state.Run, command) switch
    {
        (R.ReadingPlans s, C.RecordCompaction { Look.Compaction: { Executing: false } seen } c) =>
            Decision.Accept(new E.PlansRecorded(Stamp(state, s, c), seen.Plans ?? []), new E.CompactionEnded(Stamp(state, s, c))),
        (R.WaitingForCompaction s, C.RecordCompaction { Look.Compaction: { Executing: false } } c) => Decision.Accept(new E.CompactionEnded(Stamp(state, s, c))),
        (R.Verifying s, C.RecordVerification { Segments: { } segments } c) => Success(Stamp(state, s, c), segments),
        _ => base.Decide(state, command, policy),
    };
}

/// <summary>An id of -1 is an id: somebody merges, so the work is done.</summary>
internal sealed class AcceptsMinusOne : Mutant
{
    public override Decision Decide(CollectionState state, OptimizeCommand command, OptimizePolicy policy) => (state.Run, command) switch
    {
        (R.Triggering or R.Reconciling, C.RecordTriggerOutcome { Outcome: TriggerOutcome.Acknowledged { CompactionId: <= 0 } a } c) when state.Run is R.Active s && s.Facts.Run == c.Run && s.Facts.Attempt == c.Attempt =>
            Decision.Accept(new E.TriggerAcknowledged(Stamp(state, s, c), a.CompactionId, 1), new E.PlansRecorded(Stamp(state, s, c), []), new E.CompactionEnded(Stamp(state, s, c))),
        (R.Verifying { Facts.Merge: { CompactionId: null, FoundBySegments: false, MergedElsewhere: false } } s, C.RecordVerification { Segments: { } segments } c) =>
            Success(Stamp(state, s, c), segments),
        _ => base.Decide(state, command, policy),
    };
}

/// <summary>A trigger without an answer is sent again.</summary>
internal sealed class RetriesTheTrigger : Mutant
{
    public override bool SendsAgain(TriggerOutcome outcome) => outcome is TriggerOutcome.Unknown;
}

/// <summary>Indexes are asked for as of their creation, and "Finished" is believed: nothing that a merge made is looked at.</summary>
internal sealed class UsesTimestampZero : Mutant
{
    public override ImmutableArray<IndexObservation> Indexes(VirtualMilvus server, CollectionName name, ulong timestamp) =>
        [.. base.Indexes(server, name, 0).Select(i => i with { PendingRows = 0 })];
}

/// <summary>What the server left out is not asked about.</summary>
internal sealed class SkipsCoverage : Mutant
{
    public override Decision Decide(CollectionState state, OptimizeCommand command, OptimizePolicy policy)
    {
        var honest = base.Decide(state, command, policy);
        var leftOut = honest.Events.Any(e => e is E.RoundStarted or E.Ended { End.Reason: RunEndReason.CoverageIncomplete });
        return leftOut && state.Run is R.Verifying s && command is C.RecordVerification { Segments: { } segments } c ? Success(Stamp(state, s, c), segments) : honest;
    }
}

/// <summary>The journal forgets what a snapshot makes needless, all but the last row, as DeleteMessages does: whoever slept may write into the hole.</summary>
internal sealed class DeletesEvents : Mutant
{
    public override FakeJournal Journal() => new Forgetful();

    private sealed class Forgetful : FakeJournal
    {
        private (CollectionState State, long SequenceNr) _snapshot = (CollectionState.Empty, 0);

        public override bool TryStore(ImmutableArray<StoredEvent> rows)
        {
            if (!base.TryStore(rows)) return false;
            if (rows[^1].SequenceNr >= _snapshot.SequenceNr + 4) _snapshot = Recover();
            return true;
        }

        public override (CollectionState State, long SequenceNr) Recover() => InOrder().Where(r => r.SequenceNr > _snapshot.SequenceNr)
            .Aggregate(_snapshot, (s, r) => (OptimizeState.Apply(s.State, r.Event), r.SequenceNr));

        // Rows are kept here for the judge, who would else see no more than the gap. The table has none of them below the last one.
        protected override bool IsTaken(long sequenceNr) => sequenceNr >= _snapshot.SequenceNr && base.IsTaken(sequenceNr);
    }
}

/// <summary>A table without its unique key: every write is stored.</summary>
internal sealed class DropsTheFence : Mutant
{
    public override FakeJournal Journal() => new Unfenced();

    private sealed class Unfenced : FakeJournal
    {
        protected override bool IsTaken(long sequenceNr) => false;
    }
}

/// <summary>The right to send never ends: whoever stood still in between sends when it wakes.</summary>
internal sealed class PermitsNeverExpire : Mutant
{
    public override ISendPermit Permit(ISendPermit permit) => new Always();

    private sealed class Always : ISendPermit
    {
        public bool TryUse() => true;
    }
}

/// <summary>An unanswered trigger is judged at once, while it may be on its way.</summary>
internal sealed class DoesNotWait : Mutant
{
    public override Decision Decide(CollectionState state, OptimizeCommand command, OptimizePolicy policy) => base.Decide(state, command switch
    {
        C.RecordReconciliation c => c with { WaitedOut = true },
        C.RecordLane c => c with { WaitedOut = true },
        _ => command,
    }, policy);
}

/// <summary>Who finds an intent without an answer carries it out.</summary>
internal sealed class SendsWhatItFinds : Mutant
{
    public override bool SendsFound => true;
}

/// <summary>After a trigger without an answer, whatever the server lists at work is taken for what it started.</summary>
internal sealed class AdoptsWhatIsListed : Mutant
{
    public override Decision Decide(CollectionState state, OptimizeCommand command, OptimizePolicy policy)
    {
        if (state.Run is not R.Reconciling s || command is not C.RecordReconciliation { WaitedOut: true, Segments: not null, Listed: { } listed } c || s.Facts.Run != c.Run) return base.Decide(state, command, policy);
        var ids = listed.Where(l => l.AtWork).Select(l => l.CompactionId).Distinct().Order().ToList();
        return ids.Count == 0 ? base.Decide(state, command, policy)
            : new([new E.TriggerAcknowledged(Stamp(state, s, c), ids[^1], 1), .. ids.SkipLast(1).Select(id => new E.LateOutcomeStored(Stamp(state, s, c), id, StartedNothing: false, ""))]);
    }
}
