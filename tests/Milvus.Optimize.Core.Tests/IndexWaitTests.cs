using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using static Milvus.Optimize.Core.Tests.Books;
using static Milvus.Optimize.Core.Tests.Scenario;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Tests;

/// <summary>Every index finished, no rows pending, every flushed segment sorted: before the merge and after it.</summary>
public sealed class IndexWaitTests
{
    private static readonly ImmutableArray<SegmentObservation> OneUnsorted = [Segment(1, sorted: true), Segment(2)];

    [Fact]
    public void Finished_indexes_lead_on_to_the_candidates() =>
        Given(Life.Usual.WaitingForIndexes).When(See(1, Index())).Then(new E.IndexesBuilt(Stamp(1))).ThenPending<OptimizeEffect.ListCandidates>();

    [Fact]
    public void After_the_merge_they_lead_on_to_the_load() =>
        Given(Life.Usual.WaitingForRebuild).When(See(1, Index())).Then(new E.IndexesBuilt(Stamp(1, attempt: 1))).ThenPending<OptimizeEffect.RefreshLoad>();

    [Fact]
    public void After_the_merge_it_is_kept_what_was_seen_indexed() =>
        Given(Life.Usual.WaitingForRebuild).When(See(1, Index()) with { Segments = Segments(10, 11) }).Then(new E.IndexesBuilt(Stamp(1, attempt: 1), [10, 11]));

    [Fact]
    public void A_collection_without_indexes_has_nothing_to_wait_for() => Given(Life.Usual.WaitingForIndexes).When(See(1)).Then(new E.IndexesBuilt(Stamp(1)));

    [Theory]
    [InlineData(IndexState.None)]
    [InlineData(IndexState.Unissued)]
    [InlineData(IndexState.InProgress)]
    [InlineData(IndexState.Retry)]
    public void One_unfinished_index_holds_all(IndexState state) => Given(Life.Usual.WaitingForIndexes).When(See(60, Index(), Index(state))).ThenNothing();

    [Fact]
    public void A_failed_build_fails_the_run_with_the_server_s_reason() =>
        Assert.Contains("out of memory", Given(Life.Usual.WaitingForRebuild).When(See(1, Index(), Index(IndexState.Failed, reason: "out of memory")))
            .ThenEnded(RunOutcome.Failed, RunEndReason.IndexFailed).End.Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(9, true, false)]
    [InlineData(10, true, true)]
    [InlineData(600, false, false)]
    public void Rows_that_stay_pending_while_new_segments_come_are_steady_ingest(double minutes, bool newSegments, bool goesOn)
    {
        var outcome = Given(Life.Usual.WaitingForIndexes).When(See(minutes, Index(pending: 50)) with { NewSegmentsSeen = newSegments });
        if (goesOn) outcome.ThenWarned(WarningCode.IndexesBehindIngest).ThenPending<OptimizeEffect.ListCandidates>();
        else outcome.ThenNothing();
    }

    [Fact]
    public void Steady_ingest_does_not_excuse_an_unfinished_index() =>
        Given(Life.Usual.WaitingForIndexes).When(See(60, Index(IndexState.InProgress, pending: 50)) with { NewSegmentsSeen = true }).ThenNothing();

    [Theory]
    [InlineData(9, false)]
    [InlineData(10, true)]
    public void Unsorted_segments_are_waited_for_up_to_a_bound(double minutes, bool goesOn)
    {
        var outcome = Given(Life.Usual.WaitingForIndexes).When(See(minutes, Index()) with { Segments = OneUnsorted });
        if (goesOn) outcome.ThenWarned(WarningCode.SegmentsUnsorted).ThenPending<OptimizeEffect.ListCandidates>();
        else outcome.ThenNothing();
    }

    [Theory]
    [InlineData(Generation.G3, "merges such segments all the same")]
    [InlineData(Generation.G4, "leaves such segments out")]
    public void Of_unsorted_segments_is_told_what_this_server_does_with_them(Generation generation, string does)
    {
        var outcome = Given((Life.Usual with { Server = Server(generation) }).WaitingForIndexes).When(See(600, Index()) with { Segments = OneUnsorted });
        Assert.Contains(does, Assert.IsType<E.Warned>(outcome.Decision.Events[0]).Warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unsorted_means_nothing_where_no_segment_is_ever_sorted() =>
        Given(Life.Usual.WaitingForIndexes).When(See(1, Index()) with { Segments = Segments(1, 2) }).Then(new E.IndexesBuilt(Stamp(1)));

    [Fact]
    public void Level_zero_and_growing_segments_need_not_be_sorted()
    {
        ImmutableArray<SegmentObservation> segments = [Segment(1, sorted: true), Segment(2, level: SegmentLevel.L0), Segment(3, state: SegmentState.Growing)];
        Given(Life.Usual.WaitingForIndexes).When(See(1, Index()) with { Segments = segments }).Then(new E.IndexesBuilt(Stamp(1)));
    }

    private static C.RecordIndexes See(double minutes, params ImmutableArray<IndexObservation> indexes) => new(At(minutes), Run1, indexes, null, NewSegmentsSeen: false);
}
