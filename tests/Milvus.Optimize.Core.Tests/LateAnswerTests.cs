using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using static Milvus.Optimize.Core.Tests.Books;
using static Milvus.Optimize.Core.Tests.Scenario;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Tests;

/// <summary>A trigger was taken for "not carried out", or for over, and then its answer came: the compaction is at work, and nothing ends as if it were not.</summary>
public sealed class LateAnswerTests
{
    private static readonly C.Cancel Cancel = new(At(6), Run1, "maintenance");
    private static readonly C.RecordLane StillRuns = new(At(7), Run1, new(new(Executing: true, [], 1, 0, 0), null, Settled: false), WaitedOut: true);
    private static readonly C.RecordLane Over = new(At(8), Run1, new(new(Executing: false, [], 0, 1, 0), null, Settled: false), WaitedOut: true);

    // The second attempt merged; the answer of the first comes after that.
    private static readonly ImmutableArray<OptimizeEvent> Second =
    [
        .. Life.Usual.NotTriggered, new E.CandidatesChosen(Stamp(attempt: 1), Segments(1, 2, 3), Known: true), new E.IntentAccepted(Stamp(attempt: 2), SendBudgets.Default),
    ];

    private static readonly ImmutableArray<OptimizeEvent> WaitingForRebuild =
        [.. Life.Usual.FoundBySegments, new E.CompactionEnded(Stamp(attempt: 1)), new E.IndexWaitStarted(Stamp(attempt: 1), 8)];

    private static readonly ImmutableArray<OptimizeEvent> Verifying =
        [.. WaitingForRebuild, new E.IndexesBuilt(Stamp(attempt: 1), [10]), new E.LoadRefreshEnded(Stamp(attempt: 1), Loaded: false)];

    [Fact]
    public void A_cancel_waits_for_it_before_candidates_are_chosen() => WaitsForItsEnd(Life.Usual.NotTriggered);

    [Fact]
    public void A_cancel_waits_for_it_in_the_index_wait() => WaitsForItsEnd(WaitingForRebuild);

    [Fact]
    public void A_cancel_waits_for_it_at_the_proof() => WaitsForItsEnd(Verifying);

    [Fact]
    public void A_cancel_waits_for_it_when_the_next_trigger_started_nothing()
    {
        var late = Given(Second).When(Late);
        Assert.Equal(42, Assert.Single(late.State.Lane!.Beside));
        OptimizeCommand[] nothing =
        [
            new C.RecordTriggerOutcome(At(7), Run1, 1, 2, new TriggerOutcome.NotSent("no connection")),
            new C.RecordTriggerOutcome(At(7), Run1, 1, 2, new TriggerOutcome.Refused(Transient)),
        ];
        Assert.All(nothing, outcome =>
        {
            var cancelled = late.When(Cancel).When(outcome);
            Assert.DoesNotContain(cancelled.Decision.Events, e => e is E.Ended);
            Assert.Equal(42, cancelled.ThenPending<OptimizeEffect.ObserveLane>().Lane.CompactionId);
            cancelled.When(Over).ThenEnded(RunOutcome.Cancelled, RunEndReason.OnRequest);
        });
    }

    [Fact]
    public void What_belongs_to_an_earlier_run_holds_up_no_cancel() =>
        Given([.. Life.Usual.TimedOutCompacting, .. Life.SecondRun]).When(Cancel with { Run = Run2 }).ThenEnded(RunOutcome.Cancelled, RunEndReason.OnRequest);

    [Fact]
    public void Nothing_is_proven_before_it_is_over()
    {
        var late = Given(Verifying).When(Late);
        Assert.Equal(42, late.ThenPending<OptimizeEffect.ObserveLane>().Lane.CompactionId);
        var see = new C.RecordVerification(At(7), Run1, [Segment(10, rows: 300)], null);
        late.When(see).ThenRejected(RejectionReason.InvalidState);
        late.When(StillRuns).ThenNothing();
        late.When(Over).Then(new E.LaneFreed(Stamp(8, attempt: 1), "")).ThenPending<OptimizeEffect.Verify>();
        late.When(Over).When(see with { At = At(9) }).ThenEnded(RunOutcome.Succeeded, RunEndReason.None);
    }

    [Fact]
    public void It_is_kept_though_the_sender_was_out_of_time_and_the_lane_free()
    {
        var freed = Given([.. Life.Usual.TimedOutUnanswered, .. Life.SecondRun]).When(new C.RecordLane(At(5), Run2, new(null, Segments(1, 2, 3), Settled: false), WaitedOut: true));
        freed.ThenPending<OptimizeEffect.ListCandidates>();
        Assert.Equal(42, freed.When(Late).ThenPending<OptimizeEffect.ObserveLane>().Lane.CompactionId);
    }

    // Attempt 1 was given up, attempt 2 was found by its segments: both may be answered still, in either order.
    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    public void Each_attempt_that_was_given_up_keeps_its_answer(int first, int then)
    {
        var both = Given([.. Second, new E.TriggerOutcomeUnknown(Stamp(attempt: 2), ""), new E.TriggerReconciled(Stamp(attempt: 2), Triggered: true, ""), new E.CompactionEnded(Stamp(attempt: 2))]);
        C.RecordTriggerOutcome Answer(int attempt) => new(At(6), Run1, 1, attempt, new TriggerOutcome.Acknowledged(40 + attempt, 1));
        var late = both.When(Answer(first)).When(Answer(then));
        Assert.Equal([40L + first, 40L + then], late.State.Lane!.Ids().ToArray());
        Assert.Equal(first, late.State.Lane.Intent.Attempt);
        Assert.Empty(late.State.GivenUp);
    }

    [Fact]
    public void A_look_that_did_not_ask_about_it_frees_nothing()
    {
        var late = Given(Second).When(Late).When(new C.RecordTriggerOutcome(At(6), Run1, 1, 2, new TriggerOutcome.Acknowledged(43, 1)));
        Assert.Equal([43L, 42L], late.State.Lane!.Ids().ToArray());
        var ended = new CompactionLook(new(Executing: false, [], 0, 1, 0), Segments(10), Settled: true);
        late.When(new C.RecordCompaction(At(7), Run1, ended with { Asked = [43] })).ThenNothing();
        Assert.NotEmpty(late.When(new C.RecordCompaction(At(7), Run1, ended with { Asked = [43, 42] })).Decision.Events);

        var lane = Given(Verifying).When(Late);
        lane.When(Over with { Look = Over.Look with { Asked = [41] } }).ThenNothing();
        lane.When(Over with { Look = Over.Look with { Asked = [42] } }).Then(new E.LaneFreed(Stamp(8, attempt: 1), ""));
    }

    [Fact]
    public void Where_the_server_never_tells_what_became_of_it_the_run_ends_after_a_patience_and_says_so()
    {
        var late = Given(Verifying).When(Late);
        var untold = new C.RecordLane(At(9), Run1, new(null, Segments(1, 10), Settled: true), WaitedOut: true);
        late.When(untold).ThenNothing();
        var end = late.When(untold with { At = At(10) });
        end.ThenEnded(RunOutcome.PartiallySucceeded, RunEndReason.Unverified);
        Assert.Equal(42, end.State.Lane?.CompactionId);
        Assert.Contains("Compaction 42 may still run", late.When(Cancel).When(untold with { At = At(10) }).ThenEnded(RunOutcome.Cancelled, RunEndReason.OnRequest).End.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_stored_once()
    {
        var late = Given(WaitingForRebuild).When(Late).Then(new E.LateOutcomeStored(Stamp(6, attempt: 1), 42, StartedNothing: false, ""));
        late.When(Late).ThenNothing();
        late.When(Cancel).When(Over).When(Late).ThenNothing();
    }

    private static C.RecordTriggerOutcome Late => new(At(6), Run1, 1, 1, new TriggerOutcome.Acknowledged(42, 1));

    private static void WaitsForItsEnd(ImmutableArray<OptimizeEvent> past)
    {
        var cancelled = Given(past).When(Late).When(Cancel).Then(new E.CancelRequested(Stamp(6, attempt: 1), ""));
        Assert.Equal(42, cancelled.ThenPending<OptimizeEffect.ObserveLane>().Lane.CompactionId);
        cancelled.When(StillRuns).ThenNothing().ThenPending<OptimizeEffect.ObserveLane>();
        var over = cancelled.When(Over);
        Assert.IsType<E.LaneFreed>(over.Decision.Events[0]);
        over.ThenEnded(RunOutcome.Cancelled, RunEndReason.OnRequest);
    }
}
