using System.Collections.Immutable;
using Milvus.Optimize.Core.Runs;
using static Milvus.Optimize.Core.Tests.Books;
using static Milvus.Optimize.Core.Tests.Scenario;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Tests;

/// <summary>The server acknowledged and made no plan: its segments are busy, or never will be free.</summary>
public sealed class NothingStartedTests
{
    [Fact]
    public void No_plan_on_the_first_read_means_that_nothing_was_started()
    {
        var outcome = Given(Life.Usual.ReadingPlans).When(Look(1, Completed([], Segments(1, 2, 3))));
        outcome.Then(new E.NothingStarted(Stamp(1, attempt: 1), "", [1, 2, 3])).ThenPending<OptimizeEffect.ListCandidates>();
        Assert.Null(outcome.State.Lane);
    }

    [Fact]
    public void No_plan_when_the_server_may_have_been_started_again_is_a_merge_that_was_lost_once()
    {
        var late = Completed([], Segments(1, 2, 3)) with { MayBeForgotten = true };
        var lost = Given(Life.Usual.ReadingPlans).When(Look(1, late));
        lost.Then(new E.MergeLost(Stamp(1, attempt: 1), "")).ThenPending<OptimizeEffect.ListCandidates>();
        Assert.Null(lost.State.Lane);

        // The second time it is what it looks like.
        Given(Life.Usual.ReadingPlans).Under(OptimizePolicy.Default with { MaxLostMerges = 1 }).When(Look(1, late))
            .Then(new E.NothingStarted(Stamp(1, attempt: 1), "", [1, 2, 3]));
    }

    [Fact]
    public void No_plan_and_segments_that_are_gone_mean_that_the_server_forgot() =>
        Given(Life.Usual.ReadingPlans).When(Look(1, Completed([], Segments(10)))).Then(new E.PlansRecorded(Stamp(1, attempt: 1), []))
            .ThenPending<OptimizeEffect.ObserveCompaction>();

    [Fact]
    public void No_plan_yet_while_the_server_executes_is_no_answer() => Given(Life.Usual.ReadingPlans).When(Look(1, Executing())).ThenNothing();

    [Fact]
    public void A_server_that_cannot_tell_its_plans_is_not_said_to_have_none() =>
        Given(Life.Usual.ReadingPlans).When(Look(1, Completed(null, Segments(1, 2, 3)))).Then(new E.PlansRecorded(Stamp(1, attempt: 1), []));

    [Fact]
    public void Without_a_vector_index_it_never_will_be_started() =>
        Given((Life.Usual with { HasVectorIndex = false }).ReadingPlans).When(Look(1, Completed([], Segments(1, 2, 3)))).ThenEnded(RunOutcome.Failed, RunEndReason.NoIndex);

    [Theory]
    [InlineData(2, 10, true)]
    [InlineData(2, 9.9, false)]
    [InlineData(1, 60, false)]
    public void Three_tries_over_ten_minutes_with_the_same_segments_are_enough(int triesBefore, double minutes, bool enough)
    {
        var outcome = Given(After(triesBefore, 1, 2, 3)).When(Look(minutes, Completed([], Segments(1, 2, 3))));
        if (!enough)
        {
            outcome.Then(new E.NothingStarted(Stamp(minutes, attempt: 1), "", [1, 2, 3]));
            return;
        }

        var end = outcome.ThenEnded(RunOutcome.PartiallySucceeded, RunEndReason.CoverageIncomplete);
        Assert.Contains("3 of level L1", end.End.Message, StringComparison.Ordinal);
        Assert.False(end.FullyMerged);
    }

    [Fact]
    public void Other_segments_begin_the_count_anew() =>
        Given(After(2, 1, 2, 4)).When(Look(60, Completed([], Segments(1, 2, 3)))).Then(new E.NothingStarted(Stamp(60, attempt: 1), "", [1, 2, 3]));

    [Fact]
    public void A_plan_in_between_begins_the_count_anew() =>
        Given([.. After(2, 1, 2, 3), new E.PlansRecorded(Stamp(attempt: 1), [Plan([1])]), new E.MergeLost(Stamp(attempt: 1), ""), .. Again])
            .When(Look(60, Completed([], Segments(1, 2, 3)))).Then(new E.NothingStarted(Stamp(60, attempt: 1), "", [1, 2, 3]));

    [Fact]
    public void A_cancelled_run_ends_with_the_next_such_answer() =>
        Given(Life.Usual.ReadingPlans).When(new C.Cancel(At(0), Run1, "")).When(Look(1, Completed([], Segments(1, 2, 3))))
            .ThenEnded(RunOutcome.Cancelled, RunEndReason.OnRequest);

    [Fact]
    public void What_is_merged_by_then_goes_on_to_its_indexes_and_its_proof() =>
        Given([.. Life.Usual.ReadingPlans, new E.NothingStarted(Stamp(attempt: 1), "", [1, 2, 3])])
            .When(new C.RecordCandidates(At(1), Run1, Segments(10), 0))
            .Then(new E.Warned(Stamp(1, attempt: 1), new(WarningCode.MergedByServer, "")), new E.MergedElsewhere(Stamp(1, attempt: 1)))
            .ThenPending<OptimizeEffect.AllocateTimestamp>();

    private static ImmutableArray<OptimizeEvent> Again =>
        [new E.CandidatesChosen(Stamp(attempt: 1), Segments(1, 2, 3), true), new E.IntentAccepted(Stamp(attempt: 1), SendBudgets.Default), new E.TriggerAcknowledged(Stamp(attempt: 1), 42, 1)];

    private static ImmutableArray<OptimizeEvent> After(int tries, params ImmutableArray<long> segments) =>
        [.. Life.Usual.ReadingPlans, .. Enumerable.Repeat<IEnumerable<OptimizeEvent>>([new E.NothingStarted(Stamp(attempt: 1), "", segments), .. Again], tries).SelectMany(e => e)];

    private static C.RecordCompaction Look(double minutes, CompactionLook look) => new(At(minutes), Run1, look);
}
