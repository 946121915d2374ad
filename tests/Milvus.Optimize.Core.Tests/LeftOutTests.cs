using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using static Milvus.Optimize.Core.Tests.Books;
using static Milvus.Optimize.Core.Tests.Scenario;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Tests;

/// <summary>What a round left out is named and waited for; another merge, which rewrites everything, only where it can gain something.</summary>
public sealed class LeftOutTests
{
    private static readonly Life Life = Life.Usual with { Candidates = [Segment(1), Segment(2), Segment(3), Segment(4)], Plans = [Plan([1, 2], 10)] };
    private static readonly SegmentObservation Merged = Segment(10, rows: 200);

    [Fact]
    public void The_segments_are_named_with_what_can_be_seen_of_them()
    {
        var unsorted = (Life with { Candidates = [Segment(1, sorted: true), Segment(2, sorted: true), Segment(3), Segment(4, sorted: true), Segment(5, level: SegmentLevel.L2)] }).Verifying;
        var round = Assert.Single(Given(unsorted).When(See(0, Segment(3), Segment(4, sorted: true), Segment(5, level: SegmentLevel.L2), Segment(10, rows: 200, sorted: true))).Decision.Events.OfType<E.RoundStarted>());
        Assert.Equal("3 of 5 segments were left out: 1 busy with another compaction, or protected by a snapshot (4), 1 clustered (5), 1 not sorted yet (3)", round.Reason);
        Assert.Equal([3L, 4, 5], round.Uncovered.Order());
    }

    [Fact]
    public void The_next_round_waits_while_nothing_becomes_free()
    {
        var waiting = Given(Life.Verifying).When(See(0, Segment(3), Segment(4), Merged));
        waiting.When(List(9.9, Segment(3), Segment(4), Merged)).ThenNothing().ThenPending<OptimizeEffect.ListCandidates>();
    }

    [Fact]
    public void It_begins_at_once_when_all_of_them_are_free() => Round2(0.1, Segment(20, rows: 200), Merged).ThenPending<OptimizeEffect.AcceptIntent>();

    [Fact]
    public void A_segment_that_was_sorted_meanwhile_is_free() => Round2(0.1, Segment(3, sorted: true), Segment(4, sorted: true), Merged).ThenPending<OptimizeEffect.AcceptIntent>();

    [Fact]
    public void One_that_is_not_free_holds_the_others_up_until_the_patience_is_over()
    {
        Given(Life.Verifying).When(See(0, Segment(3), Segment(4), Merged)).When(List(9.9, Segment(20), Segment(4), Merged)).ThenNothing();
        Round2(10, Segment(20), Segment(4), Merged).ThenPending<OptimizeEffect.AcceptIntent>();
    }

    // A compaction of somebody else that failed leaves its segments free, and nothing to be seen.
    [Fact]
    public void Where_nothing_is_seen_one_more_merge_is_tried() => Round2(10, Segment(3), Segment(4), Merged).ThenPending<OptimizeEffect.AcceptIntent>();

    [Fact]
    public void A_round_that_gained_nothing_is_the_last_and_the_segments_are_named()
    {
        var second = SecondLeftOut(Segment(3), Segment(4));
        second.When(List(29, Segment(3), Segment(4), Segment(11, rows: 200))).ThenNothing();
        var end = second.When(List(31, Segment(3), Segment(4), Segment(11, rows: 200)));
        var ended = end.ThenWarned().ThenEnded(RunOutcome.PartiallySucceeded, RunEndReason.CoverageIncomplete);
        Assert.Contains("2 busy with another compaction, or protected by a snapshot (3, 4)", ended.End.Message, StringComparison.Ordinal);
        Assert.Contains("gained nothing", ended.End.Message, StringComparison.Ordinal);
        Assert.Equal((3, false), (ended.SegmentsAfter.Length, ended.FullyMerged));
        var facts = ((OptimizeRun.Ended)end.State.Run).Facts;
        Assert.Equal((2, 43L), (facts.Merges, facts.Merge.CompactionId));
    }

    [Fact]
    public void A_round_that_gained_one_of_them_is_followed_by_another_try() =>
        SecondLeftOut(Segment(4)).When(List(31, Segment(4), Segment(11, rows: 300))).ThenPending<OptimizeEffect.AcceptIntent>();

    [Fact]
    public void What_was_gained_late_is_merged_although_a_round_gained_nothing() =>
        SecondLeftOut(Segment(3), Segment(4)).When(List(21, Segment(30, rows: 200), Segment(11, rows: 200))).ThenPending<OptimizeEffect.AcceptIntent>();

    [Fact]
    public void One_of_them_that_became_free_is_worth_another_merge_when_the_patience_is_over() =>
        SecondLeftOut(Segment(3), Segment(4)).When(List(31, Segment(3), Segment(30), Segment(11, rows: 200))).ThenPending<OptimizeEffect.AcceptIntent>();

    [Fact]
    public void What_was_flushed_meanwhile_is_told_when_no_round_takes_it_in()
    {
        var second = Given(SecondRound).When(See(20, Segment(3), Segment(4), Segment(11, rows: 200), Segment(77)));
        second.ThenWarned().When(List(31, Segment(3), Segment(4), Segment(11, rows: 200), Segment(77))).ThenWarned(WarningCode.FlushedMeanwhile)
            .ThenEnded(RunOutcome.PartiallySucceeded, RunEndReason.CoverageIncomplete);
    }

    [Fact]
    public void A_candidate_that_somebody_else_merged_beside_ours_is_merged_with_ours_once()
    {
        var first = Given(Life.Verifying).When(See(0, Merged, Segment(20, rows: 200)));
        Assert.Empty(Assert.Single(first.Decision.Events.OfType<E.RoundStarted>()).Uncovered);
        first.When(List(0, Merged, Segment(20, rows: 200))).ThenPending<OptimizeEffect.AcceptIntent>();

        var again = Given([.. Life.Verifying, new E.RoundStarted(Stamp(attempt: 1, round: 2), []), .. Merging(2, [Segment(10, rows: 200), Segment(20), Segment(21)], Plan([10, 20], 11))]);
        again.When(See(5, Segment(11, rows: 300), Segment(22))).ThenWarned(WarningCode.FlushedMeanwhile).ThenEnded(RunOutcome.Succeeded, RunEndReason.None);
    }

    [Fact]
    public void The_deadline_names_them_too() =>
        Assert.Contains("(3, 4)", Given(Life.Verifying).When(See(0, Segment(3), Segment(4), Merged)).When(new C.RecordDeadline(At(3), Run1))
            .ThenEnded(RunOutcome.TimedOut, RunEndReason.SegmentsBusy).End.Message, StringComparison.Ordinal);

    private static ImmutableArray<OptimizeEvent> SecondRound =>
        [.. Life.Verifying, new E.RoundStarted(Stamp(10, attempt: 1, round: 2), [3, 4], "left out"), .. Merging(2, [Segment(3), Segment(4), Merged], Plan([10], 11))];

    private static Outcome SecondLeftOut(params ImmutableArray<SegmentObservation> left) =>
        Given([.. Life.Verifying, new E.RoundStarted(Stamp(10, attempt: 1, round: 2), [3, 4], "left out"), .. Merging(2, [Segment(3), Segment(4), Merged], Plan([10, .. new long[] { 3, 4 }.Except(left.Select(s => s.Id))], 11))])
            .When(See(20, [.. left, Segment(11, rows: 200 + (100 * (2 - left.Length)))]));

    private static IEnumerable<OptimizeEvent> Merging(int round, ImmutableArray<SegmentObservation> candidates, CompactionPlan plan)
    {
        var stamp = Stamp(15, attempt: 2, round: round);
        return
        [
            new E.CandidatesChosen(stamp, candidates, true), new E.IntentAccepted(stamp, SendBudgets.Default), new E.TriggerAcknowledged(stamp, 43, 1), new E.PlansRecorded(stamp, [plan]),
            new E.CompactionEnded(stamp), new E.IndexWaitStarted(stamp, 9), new E.IndexesBuilt(stamp), new E.LoadRefreshEnded(stamp, Loaded: false),
        ];
    }

    private static Outcome Round2(double minutes, params ImmutableArray<SegmentObservation> seen) =>
        Given(Life.Verifying).When(See(0, Segment(3), Segment(4), Merged)).When(List(minutes, seen));

    private static C.RecordVerification See(double minutes, params ImmutableArray<SegmentObservation> segments) => new(At(minutes), Run1, segments, null);

    private static C.RecordCandidates List(double minutes, params ImmutableArray<SegmentObservation> segments) => new(At(minutes), Run1, segments, 0);
}
