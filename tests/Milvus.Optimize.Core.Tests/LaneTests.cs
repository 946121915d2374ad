using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using static Milvus.Optimize.Core.Tests.Books;
using static Milvus.Optimize.Core.Tests.Scenario;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Tests;

/// <summary>The end of a run does not end its merge: the next run starts nothing while the last trigger may still do something.</summary>
public sealed class LaneTests
{
    private static ImmutableArray<OptimizeEvent> BehindUnanswered => [.. Life.Usual.TimedOutUnanswered, .. Life.SecondRun];
    private static ImmutableArray<OptimizeEvent> BehindCompaction => [.. Life.Usual.TimedOutCompacting, .. Life.SecondRun];

    [Fact]
    public void A_new_run_waits_behind_the_last_trigger()
    {
        var lane = Assert.IsType<OptimizeEffect.ObserveLane>(OptimizeEffects.Pending(Given(BehindUnanswered).State)).Lane;
        Assert.Equal((Run1, null, SendBudgets.Default), (lane.Intent.Run, lane.CompactionId, lane.Budgets));
        Assert.Equal(42, Assert.IsType<OptimizeEffect.ObserveLane>(OptimizeEffects.Pending(Given(BehindCompaction).State)).Lane.CompactionId);
    }

    [Fact]
    public void No_candidates_are_taken_behind_it() =>
        Given(BehindUnanswered).When(new C.RecordCandidates(At(5), Run2, Segments(1, 2), 0)).ThenRejected(RejectionReason.InvalidState);

    [Fact]
    public void No_intent_is_accepted_behind_it() =>
        Assert.Throws<InvalidOperationException>(() => Given([.. BehindUnanswered, new E.CandidatesChosen(Stamp(run: Run2), Segments(1, 2), true)])
            .When(new C.AcceptIntent(At(5), Run2, SendBudgets.Default)));

    [Fact]
    public void An_answer_that_comes_after_the_trigger_was_given_up_is_the_lane_again()
    {
        var gaveUp = Given(Life.Usual.NotTriggered);
        var late = gaveUp.When(Late(new TriggerOutcome.Acknowledged(42, 1)));
        Assert.Equal(42, late.ThenPending<OptimizeEffect.ObserveLane>().Lane.CompactionId);
        Given([.. Life.Usual.NotTriggered, new E.CandidatesChosen(Stamp(attempt: 1), Segments(1, 2, 3), true)])
            .When(Late(new TriggerOutcome.Acknowledged(42, 1))).ThenPending<OptimizeEffect.ObserveLane>();
        gaveUp.When(Late(new TriggerOutcome.NotSent("no connection"))).ThenPending<OptimizeEffect.ListCandidates>();
        late.When(Late(new TriggerOutcome.Acknowledged(42, 1))).ThenNothing();
    }

    [Fact]
    public void It_is_free_when_the_server_executes_nothing_of_it() => Free(BehindCompaction, Completed([], null), waitedOut: false);

    [Fact]
    public void It_is_free_when_all_its_segments_are_gone()
    {
        Free(BehindUnanswered, Seen(Segments(10)), waitedOut: false);
        Free(BehindCompaction, Seen(Segments(10)), waitedOut: false);
    }

    [Fact]
    public void It_is_free_when_its_sender_is_out_of_time_and_all_segments_stand() => Free(BehindUnanswered, Seen(Segments(1, 2, 3)), waitedOut: true);

    [Fact]
    public void It_is_free_when_what_was_merged_in_part_settles() => Free(BehindUnanswered, Seen(Segments(1, 10)) with { Settled = true }, waitedOut: true);

    [Fact]
    public void It_is_taken_while_the_server_executes_it()
    {
        Taken(BehindCompaction, Executing(), waitedOut: true);
        Taken(BehindCompaction, new(new(Executing: false, [], ExecutingPlans: 1, 0, 0), null, Settled: true), waitedOut: true);
    }

    [Fact]
    public void It_is_taken_while_its_sender_may_still_send() => Taken(BehindUnanswered, Seen(Segments(1, 2, 3)), waitedOut: false);

    [Fact]
    public void It_is_taken_while_its_segments_still_change() => Taken(BehindUnanswered, Seen(Segments(1, 10)), waitedOut: true);

    [Fact]
    public void It_is_taken_while_nobody_can_ask_the_server() => Taken(BehindCompaction, Seen(Segments(1, 2, 3)), waitedOut: true);

    [Fact]
    public void A_late_id_names_what_holds_it()
    {
        var late = Given(BehindUnanswered).When(Late(new TriggerOutcome.Acknowledged(42, 1)));
        late.Then(new E.LateOutcomeStored(Stamp(5, attempt: 1), 42, StartedNothing: false, ""));
        Assert.Equal(42, late.ThenPending<OptimizeEffect.ObserveLane>().Lane.CompactionId);
        late.When(Late(new TriggerOutcome.Acknowledged(42, 1))).ThenNothing();
    }

    [Theory, MemberData(nameof(TriggerTests.StartedNothing), MemberType = typeof(TriggerTests))]
    public void Late_proof_that_nothing_was_started_frees_it(TriggerOutcome outcome) =>
        Given(BehindUnanswered).When(Late(outcome)).Then(new E.LateOutcomeStored(Stamp(5, attempt: 1), 0, StartedNothing: true, "")).ThenPending<OptimizeEffect.ListCandidates>();

    [Fact]
    public void A_late_answer_reaches_an_idle_collection_too() =>
        Assert.Equal(42, Given(Life.Usual.TimedOutUnanswered).When(Late(new TriggerOutcome.Acknowledged(42, 1))).State.Lane?.CompactionId);

    [Fact]
    public void That_nobody_knows_is_no_news() => Given(BehindUnanswered).When(Late(new TriggerOutcome.Unknown(Transient))).ThenNothing();

    [Fact]
    public void Sources_that_the_plans_name_are_watched_as_well() =>
        Assert.Equal([1L, 2, 3, 4], Given((Life.Usual with { Plans = [Plan([1, 2, 4])] }).WaitingForCompaction).State.Lane!.Candidates.Order());

    [Theory]
    [InlineData(nameof(Life.Merged), false)]
    [InlineData(nameof(Life.FoundBySegments), true)]
    [InlineData(nameof(Life.NeedsOperator), false)]
    public void The_run_s_own_verdict_frees_it(string stage, bool taken) => Assert.Equal(taken, Given(Life.Usual.EveryStage[stage]).State.Lane is not null);

    private static CompactionLook Seen(ImmutableArray<SegmentObservation> segments) => new(null, segments, Settled: false);

    private static C.RecordTriggerOutcome Late(TriggerOutcome outcome) => new(At(5), Run1, 1, 1, outcome);

    private static void Free(ImmutableArray<OptimizeEvent> past, CompactionLook look, bool waitedOut) =>
        Given(past).When(new C.RecordLane(At(5), Run2, look, waitedOut)).Then(new E.LaneFreed(Stamp(5, run: Run2), "")).ThenPending<OptimizeEffect.ListCandidates>();

    private static void Taken(ImmutableArray<OptimizeEvent> past, CompactionLook look, bool waitedOut) =>
        Given(past).When(new C.RecordLane(At(5), Run2, look, waitedOut)).ThenNothing().ThenPending<OptimizeEffect.ObserveLane>();
}
