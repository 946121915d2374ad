using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using static Milvus.Optimize.Core.Tests.Books;
using static Milvus.Optimize.Core.Tests.Scenario;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Tests;

/// <summary>Somebody else's compaction: waited for or followed, never fought, never counted as ours.</summary>
public sealed class ForeignWorkTests
{
    [Theory]
    [InlineData(Generation.V23)]
    [InlineData(Generation.G0)]
    [InlineData(Generation.G3)]
    public void A_server_that_leaves_out_nothing_but_the_busy_is_waited_for_however_long_it_takes(Generation generation)
    {
        var tries = Given(Tried(3, Life.Usual with { Server = Server(generation) })).When(new C.RecordCompaction(At(300), Run1, Completed([], Segments(1, 2, 3))));
        tries.Then(new E.NothingStarted(Stamp(300, attempt: 1), "", [1, 2, 3])).ThenPending<OptimizeEffect.ListCandidates>();
        Assert.Null(tries.State.Lane);
        tries.When(new C.RecordDeadline(At(1500), Run1)).ThenEnded(RunOutcome.TimedOut, RunEndReason.SegmentsBusy);
    }

    [Fact]
    public void Clustered_segments_are_no_busy_ones_on_such_a_server_either() =>
        Given(Tried(3, Life.Usual with { Server = Server(Generation.G3), Candidates = Clustered })).When(new C.RecordCompaction(At(300), Run1, Completed([], Clustered)))
            .ThenEnded(RunOutcome.PartiallySucceeded, RunEndReason.CoverageIncomplete);

    [Fact]
    public void The_end_of_tries_in_vain_does_not_say_that_nobody_is_at_work() =>
        Assert.DoesNotContain("nobody", Given(Tried(3, Life.Usual)).When(new C.RecordCompaction(At(300), Run1, Completed([], Segments(1, 2, 3))))
            .ThenEnded(RunOutcome.PartiallySucceeded, RunEndReason.CoverageIncomplete).End.Message, StringComparison.Ordinal);

    [Fact]
    public void Where_others_hold_every_segment_no_trigger_is_sent_and_they_are_named_once()
    {
        var held = Given(Life.Usual.ChoosingCandidates).When(See(1, [Work(7, 1, 2), Work(8, 3)], 1, 2, 3));
        held.Then(new E.Warned(Stamp(1), new(WarningCode.ForeignCompaction, ""))).ThenPending<OptimizeEffect.ListCandidates>();
        Assert.Contains("compaction 7, 8", held.Decision.Events.OfType<E.Warned>().Single().Warning.Message, StringComparison.Ordinal);
        held.When(See(60, [Work(7, 1, 2), Work(8, 3)], 1, 2, 3)).ThenNothing();
    }

    [Fact]
    public void What_they_merged_meanwhile_is_nobodys_success_but_theirs() =>
        Given(Life.Usual.ChoosingCandidates).When(See(1, [Work(7, 1, 2, 3)], 1, 2, 3)).When(See(2, [Over(7, 1, 2, 3)], 10))
            .ThenEnded(RunOutcome.SucceededNoWork, RunEndReason.NothingToMerge);

    [Fact]
    public void Where_they_hold_some_the_rest_is_merged_once_the_patience_is_over()
    {
        Given(Life.Usual.ChoosingCandidates).When(See(9, [Work(7, 1, 2)], 1, 2, 3)).ThenPending<OptimizeEffect.ListCandidates>();
        Given(Life.Usual.ChoosingCandidates).When(See(10, [Work(7, 1, 2)], 1, 2, 3)).ThenPending<OptimizeEffect.AcceptIntent>();
    }

    [Fact]
    public void What_is_over_or_elsewhere_holds_nothing() =>
        Given(Life.Usual.ChoosingCandidates).When(See(1, [Over(7, 1, 2), Work(8, 90)], 1, 2, 3)).ThenPending<OptimizeEffect.AcceptIntent>();

    [Fact]
    public void An_unanswered_trigger_that_is_at_work_while_its_segments_stand_is_followed_by_its_id()
    {
        var found = Given(Life.Usual.Reconciling).When(Reconcile(5, [Work(42, 1, 2, 3)], 1, 2, 3));
        found.Then(new E.TriggerReconciled(Stamp(5, attempt: 1), Triggered: true, "") { AtWork = [42] });
        Assert.Equal(42, found.ThenPending<OptimizeEffect.ObserveCompaction>().CompactionId);
        Assert.Equal(42, found.State.Lane!.CompactionId);
    }

    [Fact]
    public void What_works_beside_it_may_be_a_part_of_it_and_is_followed_too()
    {
        var found = Given(Life.Usual.Reconciling).When(Reconcile(5, [Work(41, 90), Work(42, 1, 2)], 1, 2, 3));
        var observe = found.ThenPending<OptimizeEffect.ObserveCompaction>();
        Assert.Equal((42, 41), (observe.CompactionId, observe.Beside.Single()));
    }

    [Fact]
    public void Work_elsewhere_while_all_its_segments_stand_is_waited_for_and_not_called_ours()
    {
        Given(Life.Usual.Reconciling).When(Reconcile(5, [Work(41, 90)], 1, 2, 3)).ThenNothing().ThenPending<OptimizeEffect.Reconcile>();
        Given(Life.Usual.Reconciling).When(Reconcile(5, [Over(41, 90)], 1, 2, 3)).Then(new E.TriggerReconciled(Stamp(5, attempt: 1), Triggered: false, ""));
        Given(Life.Usual.Reconciling).When(Reconcile(60, [Work(41, 90)], 1, 2, 3)).Then(new E.TriggerReconciled(Stamp(60, attempt: 1), Triggered: false, ""));
    }

    [Fact]
    public void Before_W_is_over_the_list_proves_nothing() =>
        Given(Life.Usual.Reconciling).When(Reconcile(5, [Work(42, 1, 2, 3)], 1, 2, 3) with { WaitedOut = false }).ThenNothing();

    [Fact]
    public void A_lane_without_an_id_is_free_when_the_list_shows_nothing_at_work()
    {
        Lane([Over(42, 1, 2)], waitedOut: true, 10, 3).Then(new E.LaneFreed(Stamp(5, run: Run2), ""));
        Lane([Over(42, 1, 2)], waitedOut: false, 10, 3).ThenNothing();
    }

    [Fact]
    public void It_is_taken_while_anything_is_at_work_though_its_segments_are_gone() => Lane([Work(43, 10)], waitedOut: true, 10).ThenNothing();

    [Fact]
    public void A_merge_that_was_found_by_its_segments_is_over_when_the_list_shows_nothing_at_work()
    {
        Follow([Over(42, 1, 2)], 10, 3).Then(new E.CompactionEnded(Stamp(5, attempt: 1)));
        Follow([Work(43, 10)], 10).ThenNothing();
    }

    [Theory]
    [InlineData(Generation.V23, false)]
    [InlineData(Generation.G4, false)]
    [InlineData(Generation.G6, true)]
    public void Only_a_server_that_may_have_a_list_is_asked_for_it(Generation generation, bool asked) =>
        Assert.Equal(asked, OptimizeEffects.Pending(Given((Life.Usual with { Server = Server(generation) }).ChoosingCandidates).State)!.AsksForList);

    private static ImmutableArray<SegmentObservation> Clustered => [.. Segments(1, 2, 3).Select(s => s with { Level = SegmentLevel.L2 })];

    private static ImmutableArray<OptimizeEvent> Tried(int times, Life life) =>
        [.. life.ReadingPlans, .. Enumerable.Repeat<IEnumerable<OptimizeEvent>>([new E.NothingStarted(Stamp(attempt: 1), "", [1, 2, 3]), .. Again(life)], times).SelectMany(e => e)];

    private static ImmutableArray<OptimizeEvent> Again(Life life) =>
        [new E.CandidatesChosen(Stamp(attempt: 1), life.Candidates, true), new E.IntentAccepted(Stamp(attempt: 1), SendBudgets.Default), new E.TriggerAcknowledged(Stamp(attempt: 1), 42, 1)];

    private static ListedCompaction Work(long id, params ImmutableArray<long> sources) => new(id, sources, AtWork: true);

    private static ListedCompaction Over(long id, params ImmutableArray<long> sources) => new(id, sources, AtWork: false);

    private static C.RecordCandidates See(double minutes, ImmutableArray<ListedCompaction> listed, params ReadOnlySpan<long> segments) => new(At(minutes), Run1, Segments(segments), 0, null, listed);

    private static C.RecordReconciliation Reconcile(double minutes, ImmutableArray<ListedCompaction> listed, params ReadOnlySpan<long> segments) =>
        new(At(minutes), Run1, Segments(segments), WaitedOut: true, listed);

    private static Outcome Lane(ImmutableArray<ListedCompaction> listed, bool waitedOut, params ReadOnlySpan<long> segments) =>
        Given([.. Life.Usual.TimedOutUnanswered, .. Life.SecondRun]).When(new C.RecordLane(At(5), Run2, new(null, Segments(segments), Settled: false) { Listed = listed }, waitedOut));

    private static Outcome Follow(ImmutableArray<ListedCompaction> listed, params ReadOnlySpan<long> segments) =>
        Given(Life.Usual.FoundBySegments).When(new C.RecordCompaction(At(5), Run1, new(null, Segments(segments), Settled: false) { Listed = listed }));
}
