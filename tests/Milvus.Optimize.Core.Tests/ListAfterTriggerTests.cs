using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using static Milvus.Optimize.Core.Tests.Books;
using static Milvus.Optimize.Core.Tests.Scenario;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Tests;

/// <summary>A trigger got no answer, and the server lists what is at work: a reason to wait, and never the name of our merge.</summary>
public sealed class ListAfterTriggerTests
{
    private static readonly Life Six = Life.Usual with { Candidates = Segments(1, 2, 3, 4, 5, 6) };

    [Fact]
    public void While_something_works_on_its_segments_it_is_waited_for_however_long_and_said_once()
    {
        var waits = Given(Life.Usual.Reconciling).When(Reconcile(5, [Work(42, 1, 2, 3)], 1, 2, 3));
        waits.Then(new E.Warned(Stamp(5, attempt: 1), new(WarningCode.TriggerUnanswered, ""))).ThenPending<OptimizeEffect.Reconcile>();
        waits.When(Reconcile(600, [Work(42, 1, 2, 3)], 1, 2, 3)).ThenNothing().ThenPending<OptimizeEffect.Reconcile>();
        Assert.NotNull(waits.State.Lane);
        Assert.Null(waits.State.Lane!.CompactionId);
        var end = waits.When(new C.RecordDeadline(At(1500), Run1)).ThenEnded(RunOutcome.TimedOut, RunEndReason.SegmentsBusy);
        Assert.Contains("compaction 42", end.End.Message, StringComparison.Ordinal);
        waits.When(new C.RecordNoProgress(At(400), Run1)).ThenEnded(RunOutcome.TimedOut, RunEndReason.SegmentsBusy);
    }

    [Fact]
    public void What_somebody_else_merges_beside_ours_is_no_plan_of_ours_and_both_results_are_merged_in_another_round()
    {
        var found = Given(Six.Reconciling).When(Reconcile(5, [Work(7, 1, 2, 3), Work(42, 4, 5, 6)], 1, 2, 3, 4, 5, 6))
            .When(Reconcile(6, [Over(7, 1, 2, 3), Over(42, 4, 5, 6)], 10, 11));
        found.Then(new E.TriggerReconciled(Stamp(6, attempt: 1), Triggered: true, ""));
        Assert.Null(found.ThenPending<OptimizeEffect.ObserveCompaction>().CompactionId);
        var ended = found.When(new C.RecordCompaction(At(7), Run1, new(null, Segments(10, 11), Settled: false) { Listed = [Over(7, 1, 2, 3), Over(42, 4, 5, 6)] }));
        ended.Then(new E.CompactionEnded(Stamp(7, attempt: 1)));
        var verifying = new OptimizeEvent[] { new E.IndexWaitStarted(Stamp(8, attempt: 1), 8), new E.IndexesBuilt(Stamp(8, attempt: 1)), new E.LoadRefreshEnded(Stamp(8, attempt: 1), Loaded: false) }
            .Aggregate(ended.State, OptimizeState.Apply);
        var verified = new Scenario(verifying, OptimizePolicy.Default).When(new C.RecordVerification(At(9), Run1, Segments(10, 11), null));
        Assert.Equal(2, Assert.IsType<E.RoundStarted>(verified.Decision.Events[^1]).Stamp.Round);
        verified.ThenPending<OptimizeEffect.ListCandidates>();
        Assert.Null(verified.State.LastProven);
    }

    [Fact]
    public void A_trigger_that_was_turned_away_and_whose_busy_segments_stand_again_is_sent_once_more()
    {
        var again = Given(Life.Usual.Reconciling).When(Reconcile(5, [Work(7, 1, 2, 3)], 1, 2, 3)).When(Reconcile(6, [Over(7, 1, 2, 3)], 1, 2, 3));
        again.Then(new E.TriggerReconciled(Stamp(6, attempt: 1), Triggered: false, "")).ThenPending<OptimizeEffect.ListCandidates>();
    }

    [Fact]
    public void The_answer_that_comes_while_it_is_waited_for_counts()
    {
        var waits = Given(Life.Usual.Reconciling).When(Reconcile(5, [Work(7, 1, 2), Work(42, 3)], 1, 2, 3));
        var known = waits.When(Answer(new TriggerOutcome.Acknowledged(42, 1)));
        Assert.Equal(42, known.ThenPending<OptimizeEffect.ObserveCompaction>().CompactionId);
        Assert.Equal(42, known.State.Lane!.CompactionId);
        Assert.Null(waits.When(Answer(new TriggerOutcome.NotSent("no time"))).State.Lane);
    }

    [Fact]
    public void The_answer_that_comes_after_its_traces_were_found_is_stored_and_followed()
    {
        var late = Given(Life.Usual.FoundBySegments).When(Answer(new TriggerOutcome.Acknowledged(42, 1)));
        late.Then(new E.LateOutcomeStored(Stamp(7, attempt: 1), 42, StartedNothing: false, ""));
        Assert.Equal(42, late.State.Lane!.CompactionId);
        Assert.Equal(42, late.ThenPending<OptimizeEffect.ObserveCompaction>().CompactionId);
        Assert.Equal(42, Assert.IsType<OptimizeRun.WaitingForCompaction>(late.State.Run).Facts.Merge.CompactionId);
        late.When(Answer(new TriggerOutcome.Acknowledged(42, 1))).ThenNothing();
    }

    [Fact]
    public void That_it_was_never_sent_frees_the_lane_though_traces_were_found()
    {
        var late = Given(Life.Usual.FoundBySegments).When(Answer(new TriggerOutcome.NotSent("no time")));
        Assert.Null(late.State.Lane);
        Assert.Null(late.ThenPending<OptimizeEffect.ObserveCompaction>().CompactionId);
    }

    [Fact]
    public void An_answer_of_another_attempt_is_not_followed_in_its_place()
    {
        var found = Given([
            .. Life.Usual.NotTriggered, new E.CandidatesChosen(Stamp(attempt: 1), Segments(1, 2, 3), true), new E.IntentAccepted(Stamp(attempt: 2), SendBudgets.Default),
            new E.TriggerOutcomeUnknown(Stamp(attempt: 2), ""), new E.TriggerReconciled(Stamp(attempt: 2), Triggered: true, "")]);
        var late = found.When(Answer(new TriggerOutcome.Acknowledged(42, 1)));
        var observe = late.ThenPending<OptimizeEffect.ObserveCompaction>();
        Assert.Equal((null, 42), (observe.CompactionId, Assert.Single(observe.Beside)));
    }

    [Fact]
    public void Work_elsewhere_while_all_its_segments_stand_is_waited_for_with_patience()
    {
        Given(Life.Usual.Reconciling).When(Reconcile(5, [Work(41, 90)], 1, 2, 3)).ThenWarned(WarningCode.TriggerUnanswered).ThenPending<OptimizeEffect.Reconcile>();
        Given(Life.Usual.Reconciling).When(Reconcile(5, [Over(41, 90)], 1, 2, 3)).Then(new E.TriggerReconciled(Stamp(5, attempt: 1), Triggered: false, ""));
        Given(Life.Usual.Reconciling).When(Reconcile(60, [Work(41, 90)], 1, 2, 3)).Then(new E.TriggerReconciled(Stamp(60, attempt: 1), Triggered: false, ""));
    }

    [Fact]
    public void The_patience_begins_with_the_trigger_however_long_the_run_had_waited_before_it()
    {
        var late = Given([.. Life.Usual.Compacting, new E.IntentAccepted(Stamp(60, attempt: 1), SendBudgets.Default), new E.TriggerOutcomeUnknown(Stamp(60, attempt: 1), "")]);
        late.When(Reconcile(61, [Work(41, 90)], 1, 2, 3)).ThenPending<OptimizeEffect.Reconcile>();
        late.When(Reconcile(71, [Work(41, 90)], 1, 2, 3)).ThenPending<OptimizeEffect.ListCandidates>();
    }

    [Fact]
    public void What_does_not_say_what_it_works_on_may_work_on_its_segments() =>
        Given(Life.Usual.Reconciling).When(Reconcile(600, [Work(41)], 1, 2, 3)).ThenWarned(WarningCode.TriggerUnanswered).ThenPending<OptimizeEffect.Reconcile>();

    [Fact]
    public void Work_without_an_id_is_waited_for_and_locks_nothing()
    {
        var waits = Given(Life.Usual.Reconciling).When(Reconcile(5, [Work(0, 1, 2, 3)], 1, 2, 3));
        Assert.Contains("a compaction without an id", waits.ThenWarned(WarningCode.TriggerUnanswered).Decision.Events.OfType<E.Warned>().Single().Warning.Message, StringComparison.Ordinal);
        waits.When(Reconcile(6, [Over(0, 1, 2, 3)], 10)).ThenPending<OptimizeEffect.ObserveCompaction>();
    }

    [Fact]
    public void Before_W_is_over_the_list_proves_nothing() =>
        Given(Life.Usual.Reconciling).When(Reconcile(5, [Work(42, 1, 2, 3)], 1, 2, 3) with { WaitedOut = false }).ThenNothing();

    [Fact]
    public void A_cancelled_run_ends_when_nothing_is_at_work()
    {
        var cancelled = Given(Life.Usual.Reconciling).When(new C.Cancel(At(4), Run1, "")).When(Reconcile(5, [Work(7, 1, 2, 3)], 1, 2, 3));
        cancelled.ThenPending<OptimizeEffect.Reconcile>();
        cancelled.When(Reconcile(6, [Over(7, 1, 2, 3)], 1, 2, 3)).ThenEnded(RunOutcome.Cancelled, RunEndReason.OnRequest);
    }

    [Fact]
    public void A_lane_without_an_id_is_free_when_the_list_shows_nothing_at_work()
    {
        Lane(5, [Over(42, 1, 2)], waitedOut: true, 10, 3).Then(new E.LaneFreed(Stamp(5, run: Run2), ""));
        Lane(5, [Over(42, 1, 2)], waitedOut: false, 10, 3).ThenNothing();
        Lane(5, [Over(42, 1, 2, 3)], waitedOut: false, 10).ThenNothing();
    }

    [Theory]
    [InlineData(5)]
    [InlineData(11)]
    [InlineData(1200)]
    public void It_is_taken_while_its_segments_are_at_work_however_long_they_stand(double minutes)
    {
        var taken = Lane(minutes, [Work(42, 1, 2, 3)], waitedOut: true, 1, 2, 3);
        taken.ThenWarned(WarningCode.TriggerUnanswered).ThenPending<OptimizeEffect.ObserveLane>();
        taken.When(new C.RecordDeadline(At(2000), Run2)).ThenEnded(RunOutcome.TimedOut, RunEndReason.SegmentsBusy);
        taken.When(new C.RecordNoProgress(At(2000), Run2)).Then(new E.OperatorNeeded(Stamp(2000, run: Run2), ""));
    }

    [Fact]
    public void Once_it_is_free_nobody_holds_the_run()
    {
        var freed = Lane(5, [Work(42, 1, 2, 3)], waitedOut: true, 1, 2, 3).When(new C.RecordLane(At(6), Run2, new(null, Segments(1, 2, 3), false) { Listed = [Over(42, 1, 2, 3)] }, true));
        freed.Then(new E.LaneFreed(Stamp(6, run: Run2), "")).When(new C.RecordNoProgress(At(2000), Run2)).ThenEnded(RunOutcome.TimedOut, RunEndReason.NoProgress);
    }

    [Fact]
    public void It_is_taken_for_a_time_while_anything_is_at_work_though_its_segments_are_gone() =>
        Lane(5, [Work(43, 10)], waitedOut: true, 10).ThenPending<OptimizeEffect.ObserveLane>();

    [Fact]
    public void A_merge_that_was_found_by_its_segments_is_over_when_the_list_shows_nothing_at_work()
    {
        Follow(5, [Over(42, 1, 2)], 10, 3).Then(new E.CompactionEnded(Stamp(5, attempt: 1)));
        Follow(5, [Work(43, 10)], 10).ThenNothing();
        Follow(600, [Work(42, 3)], 10, 3).ThenNothing();
    }

    private static ListedCompaction Work(long id, params ImmutableArray<long> sources) => new(id, sources, AtWork: true);

    private static ListedCompaction Over(long id, params ImmutableArray<long> sources) => new(id, sources, AtWork: false);

    private static C.RecordTriggerOutcome Answer(TriggerOutcome outcome) => new(At(7), Run1, 1, 1, outcome);

    private static C.RecordReconciliation Reconcile(double minutes, ImmutableArray<ListedCompaction> listed, params ReadOnlySpan<long> segments) =>
        new(At(minutes), Run1, Segments(segments), WaitedOut: true, listed);

    private static Outcome Lane(double minutes, ImmutableArray<ListedCompaction> listed, bool waitedOut, params ReadOnlySpan<long> segments) =>
        Given([.. Life.Usual.TimedOutUnanswered, .. Life.SecondRun]).When(new C.RecordLane(At(minutes), Run2, new(null, Segments(segments), Settled: false) { Listed = listed }, waitedOut));

    private static Outcome Follow(double minutes, ImmutableArray<ListedCompaction> listed, params ReadOnlySpan<long> segments) =>
        Given(Life.Usual.FoundBySegments).When(new C.RecordCompaction(At(minutes), Run1, new(null, Segments(segments), Settled: false) { Listed = listed }));
}
