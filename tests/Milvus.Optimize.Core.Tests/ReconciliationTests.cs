using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using static Milvus.Optimize.Core.Tests.Books;
using static Milvus.Optimize.Core.Tests.Scenario;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Tests;

/// <summary>Nobody knows whether the trigger was carried out: the segments decide, and only after the sender is out of time.</summary>
public sealed class ReconciliationTests
{
    private static ImmutableArray<OptimizeEvent> SecondAttempt =>
    [
        .. Life.Usual.NotTriggered, new E.CandidatesChosen(Stamp(attempt: 1), Segments(1, 2, 3), Known: true),
        new E.IntentAccepted(Stamp(attempt: 2), SendBudgets.Default), new E.TriggerOutcomeUnknown(Stamp(attempt: 2), ""),
    ];

    [Fact]
    public void Before_W_is_over_a_candidate_that_is_gone_may_be_somebody_elses_work() =>
        Given(Life.Usual.Reconciling).When(Look(waitedOut: false, Segments(1, 3))).ThenNothing();

    [Fact]
    public void After_it_a_candidate_that_is_gone_shows_a_merge()
    {
        var found = Given(Life.Usual.Reconciling).When(Look(waitedOut: true, Segments(1, 3)));
        found.Then(new E.TriggerReconciled(Stamp(5, attempt: 1), Triggered: true, ""));
        Assert.Null(found.ThenPending<OptimizeEffect.ObserveCompaction>().CompactionId);
        Assert.NotNull(found.State.Lane);
    }

    [Fact]
    public void Segments_that_stand_prove_nothing_before_the_sender_is_out_of_time() =>
        Given(Life.Usual.Reconciling).When(Look(waitedOut: false, Segments(1, 2, 3))).ThenNothing().ThenPending<OptimizeEffect.Reconcile>();

    [Fact]
    public void Once_it_is_one_more_trigger_is_allowed()
    {
        var none = Given(Life.Usual.Reconciling).When(Look(waitedOut: true, Segments(1, 2, 3, 4)));
        none.Then(new E.TriggerReconciled(Stamp(5, attempt: 1), Triggered: false, "")).ThenPending<OptimizeEffect.ListCandidates>();
        Assert.Null(none.State.Lane);
    }

    [Fact]
    public void Two_without_a_trace_need_a_person()
    {
        var parked = Given(SecondAttempt).When(Look(waitedOut: true, Segments(1, 2, 3)));
        parked.Then(new E.TriggerReconciled(Stamp(5, attempt: 2), Triggered: false, ""), new E.OperatorNeeded(Stamp(5, attempt: 2), ""));
        Assert.Null(OptimizeEffects.Pending(parked.State));
    }

    [Fact]
    public void A_retry_allows_two_more() =>
        Given([.. SecondAttempt, new E.TriggerReconciled(Stamp(attempt: 2), false, ""), new E.OperatorNeeded(Stamp(attempt: 2), ""), new E.RetryRequested(Stamp(attempt: 2), ""),
                new E.CandidatesChosen(Stamp(attempt: 2), Segments(1, 2, 3), true), new E.IntentAccepted(Stamp(attempt: 3), SendBudgets.Default), new E.TriggerOutcomeUnknown(Stamp(attempt: 3), "")])
            .When(Look(waitedOut: true, Segments(1, 2, 3))).Then(new E.TriggerReconciled(Stamp(5, attempt: 3), Triggered: false, ""));

    // Asking again would be blind: nothing was seen, neither that it happened nor that it did not.
    [Fact]
    public void Where_segments_cannot_be_listed_a_person_must_look()
    {
        var parked = Given(Life.Usual.Reconciling).When(Look(waitedOut: true, null));
        parked.Then(new E.OperatorNeeded(Stamp(5, attempt: 1), ""));
        Assert.NotNull(parked.State.Lane);
    }

    [Fact]
    public void Where_the_candidates_are_not_known_a_person_must_look() =>
        Given((Life.Usual with { Candidates = [], CandidatesKnown = false }).Reconciling).When(Look(waitedOut: true, Segments(1, 2)))
            .Then(new E.OperatorNeeded(Stamp(5, attempt: 1), ""));

    [Fact]
    public void A_cancelled_run_ends_once_it_is_known_that_nothing_was_started() =>
        Given(Life.Usual.Reconciling).When(new C.Cancel(At(4), Run1, "")).When(Look(waitedOut: true, Segments(1, 2, 3)))
            .ThenEnded(RunOutcome.Cancelled, RunEndReason.OnRequest);

    [Fact]
    public void A_late_answer_to_the_attempt_after_the_segments_told_names_its_compaction() =>
        Assert.Equal(42, Given(Life.Usual.FoundBySegments).When(new C.RecordTriggerOutcome(At(5), Run1, 1, 1, new TriggerOutcome.Acknowledged(42, 1)))
            .Then(new E.LateOutcomeStored(Stamp(5, attempt: 1), 42, StartedNothing: false, "")).State.Lane?.CompactionId);

    // The merges of the open question may still be what keeps the segments busy: they are not "clustered or protected".
    [Fact]
    public void Busy_segments_are_not_given_up_while_an_own_trigger_was_never_answered()
    {
        var busy = new E.NothingStarted(Stamp(attempt: 2), "", [1, 2, 3]);
        Given([.. SecondAttempt, new E.TriggerAcknowledged(Stamp(attempt: 2), -1, 0), busy, .. Again(3), busy with { Stamp = Stamp(attempt: 3) }, .. Again(4)])
            .When(new C.RecordTriggerOutcome(At(60), Run1, 1, 4, new TriggerOutcome.Acknowledged(-1, 0)))
            .Then(new E.TriggerAcknowledged(Stamp(60, attempt: 4), -1, 0), new E.NothingStarted(Stamp(60, attempt: 4), "", [1, 2, 3]));

        static ImmutableArray<OptimizeEvent> Again(int attempt) =>
        [
            new E.CandidatesChosen(Stamp(attempt: attempt - 1), Segments(1, 2, 3), Known: true), new E.IntentAccepted(Stamp(attempt: attempt), SendBudgets.Default),
            .. attempt < 4 ? [new E.TriggerAcknowledged(Stamp(attempt: attempt), -1, 0)] : ImmutableArray<OptimizeEvent>.Empty,
        ];
    }

    private static C.RecordReconciliation Look(bool waitedOut, ImmutableArray<SegmentObservation>? segments) => new(At(5), Run1, segments, waitedOut);
}
