using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using static Milvus.Optimize.Core.Tests.Books;
using static Milvus.Optimize.Core.Tests.Scenario;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Tests;

/// <summary>The first trigger was given up, the second is under way, and then the first one's answer comes: both merges may run.</summary>
public sealed class TwoTriggersTests
{
    private static ImmutableArray<OptimizeEvent> SecondOpen =>
    [
        .. Life.Usual.NotTriggered, new E.CandidatesChosen(Stamp(attempt: 1), Segments(1, 2, 4), true), new E.IntentAccepted(Stamp(attempt: 2), SendBudgets.Default),
    ];

    private static Outcome BothMayRun => Given(SecondOpen).When(Answer(1, new TriggerOutcome.Acknowledged(42, 1)));

    [Fact]
    public void The_late_id_is_kept_beside_the_open_trigger_with_its_segments()
    {
        var lane = BothMayRun.State.Lane!;
        Assert.Equal((2, null), (lane.Intent.Attempt, lane.CompactionId));
        Assert.Equal(42, Assert.Single(lane.Beside));
        Assert.Equal([1L, 2, 3, 4], lane.Candidates.Order());
        BothMayRun.When(Answer(1, new TriggerOutcome.Acknowledged(42, 1))).ThenNothing();
    }

    [Fact]
    public void Both_are_watched_once_the_second_is_acknowledged()
    {
        var watched = BothMayRun.When(Answer(2, new TriggerOutcome.Acknowledged(43, 1))).ThenPending<OptimizeEffect.ObserveCompaction>();
        Assert.Equal(43, watched.CompactionId);
        Assert.Equal(42, Assert.Single(watched.Beside));
    }

    [Fact]
    public void The_first_is_watched_while_the_second_is_followed_by_its_segments()
    {
        var found = BothMayRun.When(Answer(2, new TriggerOutcome.Unknown(Transient))).When(new C.RecordReconciliation(At(5), Run1, Segments(1), true));
        Assert.Equal(42, Assert.Single(found.ThenPending<OptimizeEffect.ObserveCompaction>().Beside));
    }

    [Theory, MemberData(nameof(TriggerTests.StartedNothing), MemberType = typeof(TriggerTests))]
    public void Where_the_second_started_nothing_the_first_is_waited_for_before_a_third(TriggerOutcome outcome)
    {
        var then = BothMayRun.When(Answer(2, outcome));
        if (then.State.Run is OptimizeRun.Ended)
        {
            Assert.Equal(42, then.State.Lane?.CompactionId);
            return;
        }

        var lane = then.ThenPending<OptimizeEffect.ObserveLane>().Lane;
        Assert.Equal(42, lane.CompactionId);
        Assert.Empty(lane.Beside);
        then.When(new C.RecordLane(At(6), Run1, Executing(), WaitedOut: true)).ThenNothing();
        then.When(new C.RecordLane(At(6), Run1, Completed([], null), WaitedOut: false)).ThenPending<OptimizeEffect.ListCandidates>();
    }

    [Fact]
    public void A_second_that_left_no_trace_leaves_the_first() => Assert.Equal(42, BothMayRun.When(Answer(2, new TriggerOutcome.Unknown(Transient)))
        .When(new C.RecordReconciliation(At(5), Run1, Segments(1, 2, 3, 4), true)).State.Lane?.CompactionId);

    [Fact]
    public void An_end_names_both()
    {
        var both = BothMayRun.When(Answer(2, new TriggerOutcome.Acknowledged(43, 1)));
        Assert.Contains("42", both.When(new C.Abandon(At(6), Run1, "enough", FreeLane: false)).ThenEnded(RunOutcome.Abandoned, RunEndReason.OnRequest).End.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_lane_is_taken_while_the_first_executes_whatever_is_known_of_the_second()
    {
        var abandoned = BothMayRun.When(new C.Abandon(At(6), Run1, "enough", FreeLane: false)).State;
        var next = Life.SecondRun.Aggregate(abandoned, OptimizeState.Apply);
        var taken = new Scenario(next, OptimizePolicy.Default).When(new C.RecordLane(At(9), Run2, Executing(), WaitedOut: true)).ThenNothing();
        Assert.Equal(42, Assert.Single(taken.ThenPending<OptimizeEffect.ObserveLane>().Lane.Beside));
    }

    [Fact]
    public void Together_they_are_over_when_all_are_over_and_have_the_plans_of_all()
    {
        var done = new CompactionObservation(false, [Plan([1], 10)], 0, 1, 0);
        var runs = new CompactionObservation(true, [Plan([2])], 1, 0, 0);
        var both = CompactionObservation.Together([done, runs]);
        Assert.Equal((true, 1, 1, true), (both.Executing, both.ExecutingPlans, both.CompletedPlans, both.StateKnown));
        Assert.Equal([1L, 2], both.Plans!.Value.SelectMany(p => p.Sources));
        Assert.False(CompactionObservation.Together([done, done with { StateKnown = false }]).StateKnown);
        Assert.Null(CompactionObservation.Together([done, done with { Plans = null }]).Plans);
    }

    private static C.RecordTriggerOutcome Answer(int attempt, TriggerOutcome outcome) => new(At(5), Run1, 1, attempt, outcome);
}
