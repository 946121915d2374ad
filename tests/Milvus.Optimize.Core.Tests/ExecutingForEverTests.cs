using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using static Milvus.Optimize.Core.Tests.Books;
using static Milvus.Optimize.Core.Tests.Scenario;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Tests;

/// <summary>Up to 2.2 Milvus calls a compaction executing for ever that it does not know, or no longer: what nobody executes is over, and what somebody may execute never is.</summary>
public sealed class ExecutingForEverTests
{
    private const double Patience = 10;
    private static readonly CompactionObservation OfNoPlan = new(Executing: true, [], 0, 0, 0);

    // Plans whose results nobody has seen.
    private static readonly Life AtWork = Life.Usual with { Plans = [Plan([1, 2]), Plan([3])] };
    private static readonly Life Unseen = Life.Usual with { Plans = [] };

    [Fact]
    public void It_is_over_when_no_plan_is_named_every_source_is_gone_and_nothing_changes()
    {
        var ended = Given(Life.Usual.WaitingForCompaction).When(Look(OfNoPlan, Segments(10)));
        ended.Then(new E.CompactionEnded(Stamp(Patience, attempt: 1))).ThenPending<OptimizeEffect.AllocateTimestamp>();
        Assert.Null(ended.State.Lane);
    }

    [Fact]
    public void That_results_were_never_named_is_told()
    {
        var ended = Given(AtWork.WaitingForCompaction).When(Look(OfNoPlan, Segments(10, 11)));
        ended.ThenWarned(WarningCode.RowsNotCompared);
        Assert.IsType<E.CompactionEnded>(ended.Decision.Events[^1]);
    }

    [Fact]
    public void A_segment_that_was_in_no_plan_may_stand() =>
        Assert.IsType<E.CompactionEnded>(Given((Life.Usual with { Plans = [Plan([1, 2], 10)] }).WaitingForCompaction).When(Look(OfNoPlan, Segments(3, 10))).Decision.Events[^1]);

    [Fact]
    public void Without_plans_it_is_over_when_every_candidate_is_gone() =>
        Given(Unseen.WaitingForCompaction).When(Look(OfNoPlan, Segments(10))).Then(new E.CompactionEnded(Stamp(Patience, attempt: 1)));

    [Fact]
    public void A_cancelled_run_ends_with_it() =>
        Given(Life.Usual.WaitingForCompaction).When(new C.Cancel(At(0), Run1, "maintenance")).When(Look(OfNoPlan, Segments(10))).ThenEnded(RunOutcome.Cancelled, RunEndReason.OnRequest);

    [Fact]
    public void It_is_not_over_while_one_source_stands()
    {
        Given(AtWork.WaitingForCompaction).When(Look(OfNoPlan, Segments(3, 10), minutes: 600)).ThenNothing();
        Given(Life.Usual.WaitingForCompaction).When(Look(OfNoPlan, Segments(1, 2, 3), minutes: 600)).ThenNothing();
        Given(Unseen.WaitingForCompaction).When(Look(OfNoPlan, Segments(1, 10), minutes: 600)).ThenNothing();
    }

    public static TheoryData<string> AtWorkSomehow => ["counted", "listed", "listed with its result"];

    [Theory, MemberData(nameof(AtWorkSomehow))]
    public void It_is_not_over_while_any_plan_is_named(string how)
    {
        var named = how switch
        {
            "counted" => OfNoPlan with { ExecutingPlans = 1 },
            "listed" => OfNoPlan with { Plans = [Plan([1, 2, 3])] },
            _ => OfNoPlan with { Plans = [Plan([1, 2, 3], 10)] },
        };
        Given(Life.Usual.WaitingForCompaction).When(Look(named, Segments(10), minutes: 600)).ThenNothing();
    }

    [Fact]
    public void It_is_not_over_before_its_time() => Given(Life.Usual.WaitingForCompaction).When(Look(OfNoPlan, Segments(10), minutes: Patience - 0.1)).ThenNothing();

    [Fact]
    public void It_is_not_over_while_segments_change() => Given(Life.Usual.WaitingForCompaction).When(Look(OfNoPlan, Segments(10), settled: false)).ThenNothing();

    [Fact]
    public void It_is_not_over_where_nobody_sees_the_segments()
    {
        Given(Life.Usual.WaitingForCompaction).When(Look(OfNoPlan, null, minutes: 600)).ThenNothing();
        Given((Unseen with { Candidates = [], CandidatesKnown = false }).WaitingForCompaction).When(Look(OfNoPlan, Segments(10), minutes: 600)).ThenNothing();
    }

    [Fact]
    public void At_the_first_look_segments_that_are_gone_are_the_sign_that_it_began()
    {
        Given(Life.Usual.ReadingPlans).When(Look(OfNoPlan, Segments(10))).Then(new E.PlansRecorded(Stamp(Patience, attempt: 1), []));
        Given(Life.Usual.ReadingPlans).When(Look(OfNoPlan, Segments(1, 2, 3), minutes: 600)).ThenNothing();
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void A_server_without_a_list_of_plans_has_its_counter(int executing, bool over)
    {
        var outcome = Given(Life.Usual.WaitingForCompaction).When(Look(OfNoPlan with { Plans = null, ExecutingPlans = executing }, Segments(10)));
        Assert.Equal(over, outcome.Decision.Events.OfType<E.CompactionEnded>().Any());
    }

    private static C.RecordCompaction Look(CompactionObservation compaction, ImmutableArray<SegmentObservation>? segments, bool settled = true, double minutes = Patience) =>
        new(At(minutes), Run1, new(compaction, segments, settled));
}
