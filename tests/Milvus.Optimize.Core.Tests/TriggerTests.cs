using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using static Milvus.Optimize.Core.Tests.Books;
using static Milvus.Optimize.Core.Tests.Scenario;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Tests;

/// <summary>The call that is never repeated blindly: its intent and its outcome.</summary>
public sealed class TriggerTests
{
    private static readonly Stamp First = Stamp(5, attempt: 1);
    private static readonly C.Cancel Cancel = new(At(4), Run1, "maintenance");

    [Fact]
    public void The_intent_comes_before_the_call_and_carries_its_budgets()
    {
        var outcome = Given(Life.Usual.Compacting).When(new C.AcceptIntent(At(5), Run1, SendBudgets.Default)).Then(new E.IntentAccepted(First, SendBudgets.Default));
        var trigger = outcome.ThenPending<OptimizeEffect.Trigger>();
        Assert.Equal((Name, OneGigabyte.TargetSize, 1, SendBudgets.Default), (trigger.Collection, trigger.TargetSize, trigger.Attempt, trigger.Budgets));
        Assert.Equal<IEnumerable<long>>([1, 2, 3], outcome.State.Lane!.Candidates);
    }

    [Fact]
    public void A_second_intent_is_not_accepted_while_one_is_open() =>
        Given(Life.Usual.Triggering).When(new C.AcceptIntent(At(5), Run1, SendBudgets.Default)).ThenRejected(RejectionReason.InvalidState);

    [Theory]
    [InlineData(nameof(Life.Triggering))]
    [InlineData(nameof(Life.Reconciling))]
    public void An_id_is_taken_while_the_attempt_is_open(string stage)
    {
        var outcome = Given(Life.Usual.EveryStage[stage]).When(Answer(new TriggerOutcome.Acknowledged(42, 1))).Then(new E.TriggerAcknowledged(First, 42, 1));
        Assert.Equal(42, outcome.ThenPending<OptimizeEffect.ObserveCompaction>().CompactionId);
        Assert.Equal(42, outcome.State.Lane?.CompactionId);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void An_id_of_zero_or_below_started_nothing(long id) =>
        Given(Life.Usual.Triggering).When(Answer(new TriggerOutcome.Acknowledged(id, 0)))
            .Then(new E.TriggerAcknowledged(First, id, 0), new E.NothingStarted(First, "", [1, 2, 3]))
            .ThenPending<OptimizeEffect.ListCandidates>();

    [Theory]
    [InlineData(nameof(Life.Triggering))]
    [InlineData(nameof(Life.Reconciling))]
    public void Not_sent_counts_as_no_attempt(string stage)
    {
        var outcome = Given(Life.Usual.EveryStage[stage]).When(Answer(new TriggerOutcome.NotSent("expired"))).Then(new E.TriggerNotSent(First, ""));
        outcome.ThenPending<OptimizeEffect.AcceptIntent>();
        Assert.Null(outcome.State.Lane);
        Assert.Equal(0, Assert.IsType<OptimizeRun.Compacting>(outcome.State.Run).Facts.Merge.UnknownAttempts);
    }

    [Fact]
    public void What_may_pass_is_asked_again_under_a_new_attempt() =>
        Given(Life.Usual.Triggering).When(Answer(new TriggerOutcome.Refused(Transient)))
            .Then(new E.TriggerRefused(First, 0, ""))
            .When(new C.AcceptIntent(At(6), Run1, SendBudgets.Default)).Then(new E.IntentAccepted(Stamp(6, attempt: 2), SendBudgets.Default));

    [Fact]
    public void A_refusal_for_good_fails_the_run_and_frees_the_lane()
    {
        var refused = Given(Life.Usual.Triggering).When(Answer(new TriggerOutcome.Refused(Permanent)));
        Assert.Equal(1100, refused.ThenEnded(RunOutcome.Failed, RunEndReason.RejectedByServer).End.MilvusCode);
        Assert.Null(refused.State.Lane);
    }

    [Fact]
    public void An_unknown_outcome_is_looked_into()
    {
        var unknown = Given(Life.Usual.Triggering).When(Answer(new TriggerOutcome.Unknown(Transient))).Then(new E.TriggerOutcomeUnknown(First, ""));
        Assert.Equal(SendBudgets.Default, unknown.ThenPending<OptimizeEffect.Reconcile>().Budgets);
        unknown.When(Answer(new TriggerOutcome.Unknown(Transient))).ThenNothing();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Another_attempt_s_answer_is_not_this_one_s(int attempt) =>
        Given(Life.Usual.Triggering).When(Answer(new TriggerOutcome.Acknowledged(42, 1)) with { Attempt = attempt }).ThenNothing();

    [Fact]
    public void Another_run_s_answer_is_not_this_one_s() =>
        Given(Life.Usual.Triggering).When(Answer(new TriggerOutcome.Acknowledged(42, 1)) with { Run = Run2 }).ThenNothing();

    [Fact]
    public void An_answer_that_is_repeated_adds_nothing()
    {
        var answer = Answer(new TriggerOutcome.Acknowledged(42, 1));
        Given(Life.Usual.Triggering).When(answer).When(answer).ThenNothing();
        Given(Life.Usual.Verifying).When(answer).ThenNothing();
        Given(Life.Usual.Succeeded).When(answer).ThenNothing();
    }

    public static TheoryData<TriggerOutcome> StartedNothing =>
        [new TriggerOutcome.NotSent("expired"), new TriggerOutcome.Refused(Transient), new TriggerOutcome.Refused(Permanent), new TriggerOutcome.Acknowledged(-1, 0)];

    [Theory, MemberData(nameof(StartedNothing))]
    public void A_run_that_is_cancelled_ends_so_once_it_is_known_that_nothing_was_started(TriggerOutcome outcome)
    {
        var after = Given(Life.Usual.Triggering).When(Cancel).When(Answer(outcome));
        after.ThenEnded(RunOutcome.Cancelled, RunEndReason.OnRequest);
        Assert.Null(after.State.Lane);
    }

    [Fact]
    public void A_run_that_is_cancelled_goes_on_watching_what_was_started() =>
        Given(Life.Usual.Triggering).When(Cancel).When(Answer(new TriggerOutcome.Acknowledged(42, 1)))
            .Then(new E.TriggerAcknowledged(First, 42, 1)).ThenPending<OptimizeEffect.ObserveCompaction>();

    private static C.RecordTriggerOutcome Answer(TriggerOutcome outcome) => new(At(5), Run1, Round: 1, Attempt: 1, outcome);
}
