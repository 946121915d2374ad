using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using static Milvus.Optimize.Core.Tests.Books;
using static Milvus.Optimize.Core.Tests.Scenario;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Tests;

/// <summary>"Succeeded" is proven from segment ids, plans, rows and what the query nodes serve.</summary>
public sealed class VerificationTests
{
    private static readonly SegmentObservation Merged = Segment(10, rows: 300);
    private static readonly Life LeftOut = Life.Usual with { Plans = [Plan([1, 2], 10)] };

    [Fact]
    public void All_sources_gone_and_no_row_lost_is_success()
    {
        var outcome = Given(Life.Usual.Verifying).When(See(Merged));
        Assert.True(outcome.ThenWarned().ThenEnded(RunOutcome.Succeeded, RunEndReason.None).FullyMerged);
        Assert.Equal((OneGigabyte.TargetSize, 10), (outcome.State.LastProven!.TargetSize, outcome.State.LastProven.Segments.Single()));
    }

    [Fact]
    public void Fewer_rows_are_a_warning_where_every_result_is_named() =>
        Given(Life.Usual.Verifying).When(See(Segment(10, rows: 290))).ThenWarned(WarningCode.RowsRemoved).ThenEnded(RunOutcome.Succeeded, RunEndReason.None);

    [Fact]
    public void Fewer_rows_say_nothing_where_only_one_result_is_named()
    {
        var old = (Life.Usual with { Plans = [Plan([1, 2, 3], 10) with { NamesEveryTarget = false }] }).Verifying;
        Assert.False(Given(old).When(See(Segment(10, rows: 290))).ThenWarned(WarningCode.RowsNotCompared).ThenEnded(RunOutcome.Succeeded, RunEndReason.None).FullyMerged);
    }

    [Fact]
    public void More_rows_are_a_failure() => Given(Life.Usual.Verifying).When(See(Segment(10, rows: 301))).ThenEnded(RunOutcome.Failed, RunEndReason.RowsGained);

    [Fact]
    public void A_source_that_was_no_candidate_cannot_be_compared() =>
        Given((Life.Usual with { Plans = [Plan([1, 2, 3, 4], 10)] }).Verifying).When(See(Segment(10, rows: 400)))
            .ThenWarned(WarningCode.RowsNotCompared).ThenEnded(RunOutcome.Succeeded, RunEndReason.None);

    [Fact]
    public void A_result_that_was_merged_on_cannot_be_compared() =>
        Given(Life.Usual.Verifying).When(See(Segment(20, rows: 300))).ThenWarned(WarningCode.RowsNotCompared).ThenEnded(RunOutcome.Succeeded, RunEndReason.None);

    [Fact]
    public void A_plan_without_a_result_had_only_deleted_rows() =>
        Given((Life.Usual with { Plans = [Plan([1, 2, 3])] }).Verifying).When(See()).ThenWarned(WarningCode.RowsRemoved).ThenEnded(RunOutcome.Succeeded, RunEndReason.None);

    [Fact]
    public void A_source_that_still_stands_is_a_failed_plan() =>
        Given(Life.Usual.Verifying).When(See(Segment(1), Segment(2), Segment(3), Merged)).ThenEnded(RunOutcome.Failed, RunEndReason.CompactionFailed);

    [Fact]
    public void A_plan_without_a_result_whose_sources_stand_is_a_failed_plan() =>
        Given((Life.Usual with { Plans = [Plan([1, 2, 3])] }).Verifying).When(See([.. Segments(1, 2, 3)])).ThenEnded(RunOutcome.Failed, RunEndReason.CompactionFailed);

    [Fact]
    public void Candidates_that_were_left_out_get_another_round()
    {
        var outcome = Given(LeftOut.Verifying).When(See(Segment(3), Segment(10, rows: 200))).Then(new E.RoundStarted(Stamp(1, attempt: 1, round: 2), [3]));
        outcome.ThenPending<OptimizeEffect.ListCandidates>();
    }

    [Fact]
    public void A_round_tells_what_its_plans_removed_before_the_next_forgets_them() =>
        Given(LeftOut.Verifying).When(See(Segment(3), Segment(10, rows: 190))).ThenWarned(WarningCode.RowsRemoved).ThenPending<OptimizeEffect.ListCandidates>();

    [Fact]
    public void A_candidate_that_stands_alone_was_not_left_out() =>
        Given((LeftOut with { Candidates = [Segment(1), Segment(2), Segment(3, partition: 2)] }).Verifying)
            .When(See(Segment(3, partition: 2), Segment(10, rows: 200))).ThenWarned().ThenEnded(RunOutcome.Succeeded, RunEndReason.None);

    [Fact]
    public void A_round_that_covered_none_is_not_repeated() =>
        Given((Life.Usual with { Plans = [] }).Verifying).When(See([.. Segments(1, 2, 3)])).ThenEnded(RunOutcome.PartiallySucceeded, RunEndReason.CoverageIncomplete);

    [Fact]
    public void Rounds_have_a_bound()
    {
        var last = Given(LeftOut.Verifying).Under(OptimizePolicy.Default with { MaxRounds = 1 }).When(See(Segment(3), Segment(10, rows: 200)));
        Assert.False(last.ThenEnded(RunOutcome.PartiallySucceeded, RunEndReason.CoverageIncomplete).FullyMerged);
        Assert.Equal(5, OptimizePolicy.Default.MaxRounds);
    }

    [Fact]
    public void A_candidate_in_no_plan_that_vanished_is_somebody_else_s_work() =>
        Given(LeftOut.Verifying).When(See(Segment(10, rows: 200))).ThenWarned().ThenEnded(RunOutcome.Succeeded, RunEndReason.None);

    [Fact]
    public void What_was_flushed_meanwhile_is_a_warning_and_no_round()
    {
        var outcome = Given(Life.Usual.Verifying).When(See(Merged, Segment(11))).ThenWarned(WarningCode.FlushedMeanwhile);
        Assert.False(outcome.ThenEnded(RunOutcome.Succeeded, RunEndReason.None).FullyMerged);
        Assert.Null(outcome.State.LastProven);
    }

    [Fact]
    public void A_merge_that_was_found_by_its_segments_says_so() =>
        Given([.. Life.Usual.FoundBySegments, new E.CompactionEnded(Stamp(attempt: 1)), .. Life.Usual.Verifying.Skip(Life.Usual.Merged.Length)])
            .When(See(Merged)).ThenWarned(WarningCode.MergedByServer, WarningCode.RowsNotCompared).ThenEnded(RunOutcome.Succeeded, RunEndReason.None);

    [Fact]
    public void Candidates_that_somebody_merged_in_part_are_no_merge_of_ours_while_something_can_be_gained() =>
        Given([.. Life.Usual.FoundBySegments, new E.CompactionEnded(Stamp(attempt: 1)), .. Life.Usual.Verifying.Skip(Life.Usual.Merged.Length)])
            .When(See(Segments(10, 11))).ThenPending<OptimizeEffect.ListCandidates>();

    [Fact]
    public void Without_segments_nothing_is_proven() =>
        Given(Life.Usual.Verifying).When(new C.RecordVerification(At(1), Run1, null, null)).ThenEnded(RunOutcome.PartiallySucceeded, RunEndReason.Unverified);

    [Fact]
    public void Without_candidates_nothing_is_proven() =>
        Given((Life.Usual with { Candidates = [], CandidatesKnown = false }).Verifying).When(See(Merged)).ThenEnded(RunOutcome.PartiallySucceeded, RunEndReason.Unverified);

    // The person who retried it found the merge done: that is seen in the segments, not missing there.
    [Fact]
    public void A_retried_run_whose_merge_had_happened_succeeds() =>
        Given([.. Life.Usual.NeedsOperator, new E.RetryRequested(Stamp(attempt: 1), ""), new E.MergedElsewhere(Stamp(attempt: 1)), .. Life.Usual.Verifying.Skip(Life.Usual.Merged.Length)])
            .When(See(Merged)).ThenEnded(RunOutcome.Succeeded, RunEndReason.None);

    // A trigger that its network held, or somebody else's compaction: what it made has no index yet that anybody saw.
    [Fact]
    public void What_was_replaced_after_the_index_wait_is_waited_for_again()
    {
        var again = Given((Life.Usual with { Indexed = [10, 11] }).Verifying).When(See(Segment(20, rows: 300)));
        again.Then(new E.SegmentsReplaced(Stamp(1, attempt: 1), 2)).ThenPending<OptimizeEffect.AllocateTimestamp>();
        Assert.Equal(Stage.WaitingForIndexRebuild, ((OptimizeRun.Active)again.State.Run).Facts.Stage);
        var verifying = new OptimizeEvent[] { new E.IndexWaitStarted(Stamp(2, attempt: 1), 9), new E.IndexesBuilt(Stamp(2, attempt: 1), [20]), new E.LoadRefreshEnded(Stamp(2, attempt: 1), Loaded: false) };
        var end = new Scenario(verifying.Aggregate(again.State, OptimizeState.Apply), OptimizePolicy.Default).When(See(Segment(20, rows: 300)) with { At = At(3) });
        end.ThenWarned(WarningCode.RowsNotCompared).ThenEnded(RunOutcome.Succeeded, RunEndReason.None);
    }

    [Theory]
    [InlineData(new long[] { 10 }, new long[] { 10, 11 })]
    [InlineData(new long[] { 10, 11 }, new long[] { 10 })]
    [InlineData(new long[] { }, new long[] { 10 })]
    public void What_was_flushed_or_emptied_after_the_index_wait_replaces_nothing(long[] indexed, long[] standing) =>
        Given((Life.Usual with { Indexed = [.. indexed] }).Verifying).When(See([.. standing.Select(id => id == 10 ? Merged : Segment(id))])).ThenEnded(RunOutcome.Succeeded, RunEndReason.None);

    [Fact]
    public void Replacements_have_a_bound_and_then_a_warning()
    {
        Assert.Equal(5, OptimizePolicy.Default.MaxReplacements);
        Given((Life.Usual with { Indexed = [10] }).Verifying).Under(OptimizePolicy.Default with { MaxReplacements = 0 }).When(See(Segment(20, rows: 300)))
            .ThenWarned(WarningCode.RowsNotCompared, WarningCode.IndexesBehindIngest).ThenEnded(RunOutcome.Succeeded, RunEndReason.None);
    }

    [Fact]
    public void What_replaced_a_result_is_served_too_and_the_result_no_more()
    {
        var life = Life.Usual with { Plans = [Plan([1, 2, 3], 10)], Indexed = [20] };
        var see = See(Segment(20, rows: 300));
        Given(life.VerifyingLoaded).When(see with { Serving = [Served(10)] }).ThenNothing();
        Given(life.VerifyingLoaded).When(see with { Serving = [], At = At(2) }).ThenWarned(WarningCode.RowsNotCompared, WarningCode.QueryViewBehind);
        Given(life.VerifyingLoaded).When(see with { Serving = [Served(20)] }).ThenWarned(WarningCode.RowsNotCompared).ThenEnded(RunOutcome.Succeeded, RunEndReason.None);
    }

    [Fact]
    public void At_the_bound_of_replacements_the_query_view_is_still_looked_at() =>
        Given((Life.Usual with { Indexed = [10] }).VerifyingLoaded).Under(OptimizePolicy.Default with { MaxReplacements = 0 }).When(See(Segment(20, rows: 300)) with { Serving = [Served(10)] }).ThenNothing();

    [Theory]
    [InlineData(new long[] { 10 }, true)]
    [InlineData(new long[] { 1, 10 }, false)]
    [InlineData(new long[] { }, false)]
    public void The_query_nodes_serve_the_results_and_no_source(long[] served, bool done)
    {
        ImmutableArray<QuerySegmentObservation> serving = [.. served.Select(id => Served(id)), Served(99, SegmentState.Growing)];
        var early = Given(Life.Usual.VerifyingLoaded).When(See(Merged) with { Serving = serving });
        if (done) early.ThenWarned().ThenEnded(RunOutcome.Succeeded, RunEndReason.None);
        else early.ThenNothing();
        var late = Given(Life.Usual.VerifyingLoaded).When(See(Merged) with { At = At(2), Serving = serving });
        late.ThenWarned(done ? [] : [WarningCode.QueryViewBehind]).ThenEnded(RunOutcome.Succeeded, RunEndReason.None);
    }

    [Theory]
    [InlineData(2, 2, 2000, true, false)]
    [InlineData(1, 2, 2000, true, true)]
    [InlineData(0, 2, 2000, true, false)]
    [InlineData(2, 2, 2000, false, true)]
    [InlineData(2, 2, 1023, false, false)]
    public void Every_replica_serves_the_new_segment_with_its_index(int nodes, int replicas, long rows, bool indexed, bool behind)
    {
        var view = See(Merged with { Rows = rows }) with { Serving = [Served(10) with { Rows = rows, Nodes = nodes, Indexed = indexed }], Replicas = replicas };
        var life = Life.Usual with { Candidates = [Segment(1, rows - 200), Segment(2), Segment(3)] };
        if (behind) Given(life.VerifyingLoaded).When(view).ThenNothing();
        var end = Given(life.VerifyingLoaded).When(view with { At = At(2) });
        end.ThenWarned(behind ? [WarningCode.QueryViewBehind] : []).ThenEnded(RunOutcome.Succeeded, RunEndReason.None);
    }

    [Fact]
    public void Without_an_index_nothing_is_served_with_one() =>
        Given((Life.Usual with { HasVectorIndex = false, Candidates = [Segment(1, 1800), Segment(2), Segment(3)] }).VerifyingLoaded)
            .When(See(Merged with { Rows = 2000 }) with { Serving = [Served(10) with { Rows = 2000, Indexed = false }] }).ThenWarned().ThenEnded(RunOutcome.Succeeded, RunEndReason.None);

    [Fact]
    public void A_collection_that_is_not_loaded_is_served_by_nobody() =>
        Given(Life.Usual.Verifying).When(See(Merged) with { Serving = [] }).ThenWarned().ThenEnded(RunOutcome.Succeeded, RunEndReason.None);

    private static C.RecordVerification See(params ImmutableArray<SegmentObservation> segments) => new(At(1), Run1, segments, null);
}
