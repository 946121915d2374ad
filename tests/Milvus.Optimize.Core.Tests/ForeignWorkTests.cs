using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using static Milvus.Optimize.Core.Tests.Books;
using static Milvus.Optimize.Core.Tests.Scenario;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Tests;

/// <summary>Somebody else's compaction before ours begins: waited for, never fought, never counted as ours.</summary>
public sealed class ForeignWorkTests
{
    [Theory]
    [InlineData(Generation.V23)]
    [InlineData(Generation.G1)]
    [InlineData(Generation.G3)]
    public void A_server_that_leaves_out_nothing_but_the_busy_is_waited_for_however_long_it_takes(Generation generation)
    {
        var tries = Given(Tried(3, Life.Usual with { Server = Server(generation) })).When(new C.RecordCompaction(At(300), Run1, Completed([], Segments(1, 2, 3))));
        tries.Then(new E.NothingStarted(Stamp(300, attempt: 1), "", [1, 2, 3])).ThenPending<OptimizeEffect.ListCandidates>();
        Assert.Null(tries.State.Lane);
        tries.When(new C.RecordDeadline(At(1500), Run1)).ThenEnded(RunOutcome.TimedOut, RunEndReason.SegmentsBusy);
    }

    [Theory]
    [InlineData(Generation.G0, Generation.G0)]
    [InlineData(Generation.V23, Generation.G1)]
    [InlineData(Generation.G3, Generation.G4)]
    [InlineData(Generation.G4, Generation.G4)]
    [InlineData(null, null)]
    public void Any_other_server_may_leave_out_what_nobody_works_on(Generation? oldest, Generation? newest) =>
        Given(Tried(3, Life.Usual with { Server = new("?", new(oldest, newest)) })).When(new C.RecordCompaction(At(300), Run1, Completed([], Segments(1, 2, 3))))
            .ThenEnded(RunOutcome.PartiallySucceeded, RunEndReason.CoverageIncomplete);

    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, 1)]
    [InlineData(4, 2)]
    [InlineData(5, 4)]
    [InlineData(6, 8)]
    [InlineData(7, 15)]
    [InlineData(90, 15)]
    public void The_tries_become_fewer_while_it_is_waited_for(int tries, double minutes)
    {
        var busy = Given(Busy(tries, Generation.G3));
        if (minutes > 0) busy.When(See(minutes - 0.1, 1, 2, 3)).ThenNothing().ThenPending<OptimizeEffect.ListCandidates>();
        busy.When(See(minutes, 1, 2, 3)).ThenPending<OptimizeEffect.AcceptIntent>();
    }

    [Fact]
    public void They_become_fewer_too_while_other_segments_come_and_until_none_of_those_tried_stands()
    {
        var busy = Given(Busy(7, Generation.G3));
        busy.When(See(14, 3, 10, 11)).ThenNothing();
        busy.When(See(0.1, 10, 11)).ThenPending<OptimizeEffect.AcceptIntent>();
    }

    [Fact]
    public void Where_tries_end_a_run_the_last_one_comes_in_time()
    {
        var busy = Given(Busy(6, Generation.G4));
        busy.When(See(7.9, 1, 2, 3)).ThenNothing();
        busy.Under(OptimizePolicy.Default with { FruitlessWindow = TimeSpan.FromMinutes(3) }).When(See(3, 1, 2, 3)).ThenPending<OptimizeEffect.AcceptIntent>();
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
    public void However_it_ends_it_says_for_whom_it_waited()
    {
        var held = Given(Life.Usual.ChoosingCandidates).When(See(1, [Work(7, 1, 2, 3)], 1, 2, 3));
        var noProgress = held.When(new C.RecordNoProgress(At(361), Run1)).ThenEnded(RunOutcome.TimedOut, RunEndReason.SegmentsBusy);
        var deadline = held.When(new C.RecordDeadline(At(1500), Run1)).ThenEnded(RunOutcome.TimedOut, RunEndReason.SegmentsBusy);
        Assert.All([noProgress, deadline], e => Assert.Contains("held by compaction 7", e.End.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Once_it_goes_on_nobody_holds_it() =>
        Given(Life.Usual.ChoosingCandidates).When(See(1, [Work(7, 1, 2, 3)], 1, 2, 3)).When(See(2, [Over(7, 1, 2, 3)], 1, 2, 3))
            .When(new C.RecordNoProgress(At(400), Run1)).ThenEnded(RunOutcome.TimedOut, RunEndReason.NoProgress);

    [Fact]
    public void Work_without_an_id_is_work() =>
        Assert.Contains("a compaction without an id", Given(Life.Usual.ChoosingCandidates).When(See(1, [Work(0, 1, 2, 3)], 1, 2, 3))
            .Then(new E.Warned(Stamp(1), new(WarningCode.ForeignCompaction, ""))).Decision.Events.OfType<E.Warned>().Single().Warning.Message, StringComparison.Ordinal);

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

    private static ImmutableArray<OptimizeEvent> Busy(int tries, Generation generation) =>
        [.. Tried(tries - 1, Life.Usual with { Server = Server(generation) }), new E.NothingStarted(Stamp(attempt: 1), "", [1, 2, 3])];

    private static C.RecordCandidates See(double minutes, params ReadOnlySpan<long> segments) => new(At(minutes), Run1, Segments(segments), 0);

    private static C.RecordCandidates See(double minutes, ImmutableArray<ListedCompaction> listed, params ReadOnlySpan<long> segments) => new(At(minutes), Run1, Segments(segments), 0, null, listed);
}
