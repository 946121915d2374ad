using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using static Milvus.Optimize.Core.Tests.Books;
using static Milvus.Optimize.Core.Tests.Scenario;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Tests;

/// <summary>A force merge rewrites everything, so the run first asks whether anything would be gained.</summary>
public sealed class CandidateTests
{
    private static readonly Life Forced = Life.Usual with { Parameters = OneGigabyte with { Force = true }, Candidates = [Segment(1)] };

    [Fact]
    public void Flushed_segments_are_the_candidates() =>
        Given(Life.Usual.ChoosingCandidates)
            .When(See(Segment(3), Segment(1), Segment(4, level: SegmentLevel.L0), Segment(5, state: SegmentState.Growing), Segment(6, state: SegmentState.Dropped), Segment(2, level: SegmentLevel.L2)))
            .Then(new E.CandidatesChosen(Stamp(1), [Segment(1), Segment(2, level: SegmentLevel.L2), Segment(3)], Known: true, new(1, "1 partition, 1 shard; sizes are not known")))
            .ThenPending<OptimizeEffect.AcceptIntent>();

    public static TheoryData<string> NothingToGain => [.. NoGain.Keys];

    private static readonly Dictionary<string, ImmutableArray<SegmentObservation>> NoGain = new()
    {
        ["an empty collection"] = [],
        ["one segment"] = [Segment(1)],
        ["one segment and deletes"] = [Segment(1), Segment(2, level: SegmentLevel.L0)],
        ["one segment a partition"] = [Segment(1, partition: 1), Segment(2, partition: 2)],
        ["one segment a channel"] = [Segment(1, channel: "a"), Segment(2, channel: "b"), Segment(3, channel: "a", partition: 2)],
    };

    [Theory, MemberData(nameof(NothingToGain))]
    public void What_cannot_be_merged_further_is_left_alone(string segments)
    {
        var outcome = Given(Life.Usual.ChoosingCandidates).When(See([.. NoGain[segments]]));
        Assert.True(outcome.ThenEnded(RunOutcome.SucceededNoWork, RunEndReason.NothingToMerge).FullyMerged);
    }

    public static TheoryData<string> SomethingToGain => [.. Gain.Keys];

    private static readonly Dictionary<string, ImmutableArray<SegmentObservation>> Gain = new()
    {
        ["two in a partition, channels unknown"] = [Segment(1), Segment(2)],
        ["two in one partition of two"] = [Segment(1), Segment(2), Segment(3, partition: 2)],
        ["two in a channel"] = [Segment(1, channel: "a"), Segment(2, channel: "a"), Segment(3, channel: "b")],
        ["one channel unknown"] = [Segment(1, channel: "a"), Segment(2)],
    };

    [Theory, MemberData(nameof(SomethingToGain))]
    public void Where_the_shard_is_not_known_it_is_merged(string segments) =>
        Given(Life.Usual.ChoosingCandidates).When(See([.. Gain[segments]])).ThenPending<OptimizeEffect.AcceptIntent>();

    [Theory]
    [InlineData("1GB", new long[] { 10, 11 }, true)]
    [InlineData("2GB", new long[] { 10, 11 }, false)]
    [InlineData("1GB", new long[] { 10, 12 }, false)]
    [InlineData("1GB", new long[] { 10, 11, 12 }, false)]
    public void What_the_last_proven_run_left_for_the_same_size_is_left_alone(string size, long[] now, bool nothing)
    {
        var second = new E.Started(Stamp(run: Run2), "key-2", Name, "books", OneGigabyte with { TargetSize = TargetSize.Parse(size) }, At(100));
        var proven = Life.Usual.Verifying.Add(new E.Ended(Stamp(attempt: 1), new(RunOutcome.Succeeded, RunEndReason.None, ""), Segments(10, 11), FullyMerged: true));
        var outcome = Given([.. proven, second, .. Life.SecondRun.Skip(1)]).When(See([.. Segments(now)]) with { Run = Run2 });
        if (nothing) outcome.ThenEnded(RunOutcome.SucceededNoWork, RunEndReason.NothingToMerge);
        else outcome.ThenPending<OptimizeEffect.AcceptIntent>();
    }

    [Fact]
    public void Force_merges_all_the_same() => Given(Forced.ChoosingCandidates).When(See(Segment(1))).ThenPending<OptimizeEffect.AcceptIntent>();

    [Fact]
    public void Force_cannot_merge_what_is_not_there() =>
        Given(Forced.ChoosingCandidates).When(See()).ThenEnded(RunOutcome.SucceededNoWork, RunEndReason.NothingToMerge);

    [Fact]
    public void Force_outlives_a_trigger_that_started_nothing() =>
        Given([.. Forced.ReadingPlans, new E.NothingStarted(Stamp(attempt: 1), "busy", [1])]).When(See(Segment(1))).ThenPending<OptimizeEffect.AcceptIntent>();

    [Fact]
    public void Force_outlives_a_trigger_that_nobody_answered() => Given(Forced.NotTriggered).When(See(Segment(1))).ThenPending<OptimizeEffect.AcceptIntent>();

    [Fact]
    public void Force_is_done_once_the_segments_are_others() =>
        Given(Forced.NotTriggered).When(See(Segment(10))).ThenWarned(WarningCode.MergedByServer).ThenPending<OptimizeEffect.AllocateTimestamp>();

    [Fact]
    public void Segments_that_cannot_be_listed_are_merged_unseen() =>
        Given(Life.Usual.ChoosingCandidates).When(new C.RecordCandidates(At(1), Run1, null, 0)).Then(new E.CandidatesChosen(Stamp(1), [], Known: false));

    [Fact]
    public void Growing_rows_left_outside_are_a_warning_once()
    {
        var outcome = Given(Life.Usual.ChoosingCandidates).When(See([.. Segments(1, 2)]) with { GrowingRows = 7 }).ThenWarned(WarningCode.GrowingRowsLeft);
        Assert.Contains("--flush", outcome.Decision.Events.OfType<E.Warned>().Single().Warning.Message, StringComparison.Ordinal);
        Given([.. Life.Usual.ChoosingCandidates, .. outcome.Decision.Events.OfType<E.Warned>()]).When(See([.. Segments(1, 2)]) with { GrowingRows = 7 }).ThenWarned();
    }

    [Theory]
    [InlineData(Generation.V23, true)]
    [InlineData(Generation.G0, true)]
    [InlineData(Generation.G1, false)]
    [InlineData(Generation.G6, false)]
    public void Without_a_vector_index_an_old_server_merges_nothing(Generation generation, bool fails)
    {
        var outcome = Given((Life.Usual with { HasVectorIndex = false, Server = Server(generation) }).ChoosingCandidates).When(See([.. Segments(1, 2)]));
        if (fails) outcome.ThenEnded(RunOutcome.Failed, RunEndReason.NoIndex);
        else outcome.ThenPending<OptimizeEffect.AcceptIntent>();
    }

    private static C.RecordCandidates See(params ImmutableArray<SegmentObservation> segments) => new(At(1), Run1, segments, 0);
}
