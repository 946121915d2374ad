using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using static Milvus.Optimize.Core.Tests.Books;
using static Milvus.Optimize.Core.Tests.Scenario;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Tests;

/// <summary>A server without any call that tells a compaction's state: that it executes is not known, and that it does not is not known either.</summary>
public sealed class StateUnknownTests
{
    private static readonly CompactionObservation Unknown = new(false, null, 0, 0, 0, StateKnown: false);
    private static ImmutableArray<OptimizeEvent> Waiting => (Life.Usual with { Plans = [] }).WaitingForCompaction;

    [Fact]
    public void The_segments_are_waited_for() => Given(Waiting).When(Look(Segments(1, 2, 3), settled: false)).ThenNothing();

    [Fact]
    public void It_is_over_when_all_candidates_are_gone() => Given(Waiting).When(Look(Segments(10), settled: false)).Then(new E.CompactionEnded(Stamp(5, attempt: 1)));

    [Fact]
    public void It_is_over_when_nothing_changes_any_more() => Given(Waiting).When(Look(Segments(1, 10), settled: true)).Then(new E.CompactionEnded(Stamp(5, attempt: 1)));

    [Fact]
    public void Without_segments_too_nothing_can_prove_it_and_the_lane_stays_taken()
    {
        var end = Given(Waiting).When(Look(null, settled: false));
        Assert.Contains("42", end.ThenEnded(RunOutcome.PartiallySucceeded, RunEndReason.Unverified).End.Message, StringComparison.Ordinal);
        Assert.Equal(42, end.State.Lane?.CompactionId);
    }

    [Fact]
    public void A_lane_is_not_free_because_nobody_can_tell()
    {
        ImmutableArray<OptimizeEvent> behind = [.. Life.Usual.TimedOutCompacting, .. Life.SecondRun];
        Given(behind).When(new C.RecordLane(At(5), Run2, new(Unknown, Segments(1, 2, 3), Settled: true), WaitedOut: true)).ThenNothing();
        Given(behind).When(new C.RecordLane(At(5), Run2, new(Unknown, Segments(10), Settled: false), WaitedOut: true)).ThenPending<OptimizeEffect.ListCandidates>();
    }

    private static C.RecordCompaction Look(ImmutableArray<SegmentObservation>? segments, bool settled) => new(At(5), Run1, new(Unknown, segments, settled));
}
