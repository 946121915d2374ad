using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using static Milvus.Optimize.Core.Tests.Books;
using static Milvus.Optimize.Core.Tests.Scenario;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Tests;

/// <summary>"Completed" means only that nothing executes: the segments tell what became of each plan.</summary>
public sealed class CompactionTests
{
    private static readonly Stamp Now = Stamp(5, attempt: 1);
    private static readonly Life Planned = Life.Usual with { Plans = [Plan([1, 2]), Plan([3])] };
    private static readonly ImmutableArray<SegmentObservation> OneStands = Segments(3, 10);

    [Fact]
    public void Plans_are_kept_as_soon_as_they_are_seen() =>
        Given(Life.Usual.ReadingPlans).When(Look(Executing(Plan([1, 2, 3])))).Then(new E.PlansRecorded(Now, [Plan([1, 2, 3])])).ThenPending<OptimizeEffect.ObserveCompaction>();

    [Fact]
    public void Results_are_added_to_the_plans_and_never_lost_again() =>
        Given(Planned.WaitingForCompaction)
            .When(Look(Executing(Plan([2, 1], 10), Plan([3])))).Then(new E.PlansRecorded(Now, [Plan([2, 1], 10), Plan([3])]))
            .When(Look(Executing(Plan([1, 2]), Plan([3])))).ThenNothing()
            .When(Look(Executing(Plan([1, 2]), Plan([3], 11)))).Then(new E.PlansRecorded(Now, [Plan([2, 1], 10), Plan([3], 11)]));

    [Fact]
    public void Executing_ends_nothing() => Given(Life.Usual.WaitingForCompaction).When(Look(Executing(Plan([1, 2, 3], 10)))).ThenNothing();

    [Fact]
    public void It_is_over_when_every_source_is_gone()
    {
        var ended = Given(Life.Usual.WaitingForCompaction).When(Look(Completed([Plan([1, 2, 3], 10)], Segments(10))));
        ended.Then(new E.CompactionEnded(Now)).ThenPending<OptimizeEffect.AllocateTimestamp>();
        Assert.Null(ended.State.Lane);
    }

    [Fact]
    public void It_is_over_too_when_the_server_forgot_the_plans_of_sources_that_are_gone() =>
        Given(Life.Usual.WaitingForCompaction).When(Look(Completed([], Segments(10)))).Then(new E.CompactionEnded(Now));

    [Fact]
    public void A_plan_that_was_forgotten_before_its_result_was_named_is_no_plan_that_left_no_rows()
    {
        var atWork = Life.Usual with { Plans = [Plan([1, 2, 3])] };
        var ended = Given(atWork.WaitingForCompaction).When(Look(Completed([], Segments(10))));
        Assert.Equal([typeof(E.Warned), typeof(E.CompactionEnded)], ended.Decision.Events.Select(e => e.GetType()));
        Assert.Equal(WarningCode.RowsNotCompared, Assert.IsType<E.Warned>(ended.Decision.Events[0]).Warning.Code);

        // Still listed without a result, it did leave none.
        Given(atWork.WaitingForCompaction).When(Look(Completed([Plan([1, 2, 3])], Segments()))).Then(new E.CompactionEnded(Now));
    }

    [Fact]
    public void Completed_with_sources_that_stand_and_a_plan_that_is_listed_is_a_failed_plan()
    {
        var failed = Given(Planned.WaitingForCompaction).When(Look(Completed([Plan([1, 2], 10), Plan([3]) with { FailureReason = "no disk quota" }], OneStands)));
        var end = failed.ThenEnded(RunOutcome.Failed, RunEndReason.CompactionFailed);
        Assert.Contains("no disk quota", end.End.Message, StringComparison.Ordinal);
        Assert.Equal(OneStands.Length, end.SegmentsAfter.Length);
        Assert.False(end.FullyMerged);
        Assert.Null(failed.State.Lane);
    }

    [Fact]
    public void Completed_with_sources_that_stand_and_a_plan_that_is_forgotten_is_asked_for_once_more() =>
        Given(Life.Usual.WaitingForCompaction).When(Look(Completed([], Segments(1, 2, 3)))).Then(new E.MergeLost(Now, "")).ThenPending<OptimizeEffect.ListCandidates>();

    [Fact]
    public void Forgotten_twice_it_failed() =>
        Given([.. Life.Usual.WaitingForCompaction, new E.MergeLost(Now, ""), new E.CandidatesChosen(Now, Segments(1, 2, 3), true), new E.IntentAccepted(Stamp(5, attempt: 2), SendBudgets.Default),
                new E.TriggerAcknowledged(Stamp(5, attempt: 2), 43, 1), new E.PlansRecorded(Stamp(5, attempt: 2), [Plan([1, 2, 3])])])
            .When(Look(Completed([], Segments(1, 2, 3)))).ThenEnded(RunOutcome.Failed, RunEndReason.CompactionFailed);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Nothing_is_judged_before_the_segments_settle(bool listed) =>
        Given(Life.Usual.WaitingForCompaction).When(Look(Completed(listed ? [Plan([1, 2, 3], 10)] : [], Segments(1, 2, 3), settled: false))).ThenNothing();

    [Fact]
    public void Where_segments_cannot_be_listed_the_server_s_word_is_all_there_is() =>
        Given(Life.Usual.WaitingForCompaction).When(Look(Completed([Plan([1, 2, 3], 10)], null))).Then(new E.CompactionEnded(Now));

    [Theory]
    [InlineData(new long[] { 10 }, false, true)]
    [InlineData(new long[] { 1, 10 }, false, false)]
    [InlineData(new long[] { 1, 10 }, true, true)]
    public void A_merge_that_was_found_by_its_segments_ends_by_them(long[] standing, bool settled, bool over)
    {
        var outcome = Given(Life.Usual.FoundBySegments).When(Look(new(null, Segments(standing), settled)));
        if (over) outcome.Then(new E.CompactionEnded(Now));
        else outcome.ThenNothing();
    }

    public static TheoryData<string> Ends => ["merged", "failed", "forgotten", "unseen"];

    [Theory, MemberData(nameof(Ends))]
    public void A_cancelled_run_ends_when_the_compaction_does(string how)
    {
        var look = how switch
        {
            "merged" => Completed([Plan([1, 2, 3], 10)], Segments(10)),
            "failed" => Completed([Plan([1, 2, 3])], Segments(1, 2, 3)),
            "forgotten" => Completed([], Segments(1, 2, 3)),
            _ => Completed([], null),
        };
        var cancelled = Given(Life.Usual.WaitingForCompaction).When(new C.Cancel(At(4), Run1, "maintenance"));
        cancelled.When(Look(Executing(Plan([1, 2, 3], 10)))).ThenNothing();
        var ended = cancelled.When(Look(look));
        ended.ThenEnded(RunOutcome.Cancelled, RunEndReason.OnRequest);
        Assert.Null(ended.State.Lane);
    }

    private static C.RecordCompaction Look(CompactionLook look) => new(At(5), Run1, look);
}
