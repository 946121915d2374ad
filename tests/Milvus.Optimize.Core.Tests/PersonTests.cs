using Milvus.Optimize.Core.Runs;
using static Milvus.Optimize.Core.Tests.Books;
using static Milvus.Optimize.Core.Tests.Scenario;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Tests;

/// <summary>Cancel, abandon and retry: what a person may ask for, and when it is true.</summary>
public sealed class PersonTests
{
    private static readonly C.Cancel Cancel = new(At(5), Run1, "maintenance");
    private static readonly C.Retry Retry = new(At(5), Run1, "the server is back");

    public static TheoryData<string> NothingExecutes => [nameof(Life.Initializing), nameof(Life.Inspected), nameof(Life.WaitingForIndexes), nameof(Life.ChoosingCandidates),
        nameof(Life.Compacting), nameof(Life.Merged), nameof(Life.WaitingForRebuild), nameof(Life.StartingRefresh), nameof(Life.RefreshingLoad), nameof(Life.Verifying)];

    public static TheoryData<string> SomethingMayExecute =>
        [nameof(Life.Triggering), nameof(Life.Reconciling), nameof(Life.ReadingPlans), nameof(Life.WaitingForCompaction), nameof(Life.FoundBySegments)];

    public static TheoryData<string> AllButParked => [.. Life.Usual.EveryStage.Keys.Except([nameof(Life.NeedsOperator)])];

    public static TheoryData<string> All => [.. Life.Usual.EveryStage.Keys];

    [Theory, MemberData(nameof(NothingExecutes))]
    public void A_cancel_is_immediate_where_nothing_executes(string stage) =>
        Given(Life.Usual.EveryStage[stage]).When(Cancel).ThenEnded(RunOutcome.Cancelled, RunEndReason.OnRequest);

    [Theory, MemberData(nameof(SomethingMayExecute))]
    public void A_cancel_is_only_a_request_while_the_server_may_merge(string stage)
    {
        var cancelled = Given(Life.Usual.EveryStage[stage]).When(Cancel);
        cancelled.Then(new E.CancelRequested(Stamp(5, attempt: 1), ""));
        Assert.NotNull(OptimizeEffects.Pending(cancelled.State));
        cancelled.When(Cancel).ThenNothing();
    }

    [Fact]
    public void A_parked_run_is_retried_or_abandoned_but_not_cancelled() => Given(Life.Usual.NeedsOperator).When(Cancel).ThenRejected(RejectionReason.InvalidState);

    [Fact]
    public void A_cancel_says_what_was_merged_already()
    {
        Assert.StartsWith("cancelled before anything was merged", TextOf(Life.Usual.Compacting), StringComparison.Ordinal);
        Assert.StartsWith("cancelled after the merge", TextOf(Life.Usual.RefreshingLoad), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancel_in_a_later_round_does_not_claim_that_nothing_was_merged() =>
        Assert.StartsWith("cancelled after the merge",
            TextOf([.. Life.Usual.Verifying, new E.RoundStarted(Stamp(attempt: 1, round: 2), [3])]), StringComparison.Ordinal);

    [Theory, MemberData(nameof(All))]
    public void Abandon_ends_a_run_at_once_and_leaves_the_lane(string stage)
    {
        var before = Given(Life.Usual.EveryStage[stage]);
        var after = before.When(new C.Abandon(At(5), Run1, "gave up", FreeLane: false));
        after.ThenEnded(RunOutcome.Abandoned, RunEndReason.OnRequest);
        Assert.Equal(before.State.Lane, after.State.Lane);
    }

    [Theory, MemberData(nameof(SomethingMayExecute))]
    public void Abandon_with_free_lane_frees_it_in_writing(string stage)
    {
        var after = Given(Life.Usual.EveryStage[stage]).When(new C.Abandon(At(5), Run1, "looked at the server", FreeLane: true));
        after.ThenEnded(RunOutcome.Abandoned, RunEndReason.OnRequest);
        Assert.IsType<E.LaneFreed>(after.Decision.Events[0]);
        Assert.Null(after.State.Lane);
    }

    [Fact]
    public void The_lane_of_a_run_that_ended_is_freed_under_its_name() =>
        Given([.. Life.Usual.TimedOutUnanswered, .. Life.SecondRun])
            .When(new C.Abandon(At(5), Run1, "looked", FreeLane: true))
            .Then(new E.LaneFreed(Stamp(5, attempt: 1), ""))
            .ThenPending<OptimizeEffect.ListCandidates>();

    [Fact]
    public void The_lane_of_another_run_is_not_freed_by_abandoning_this_one()
    {
        var after = Given([.. Life.Usual.TimedOutUnanswered, .. Life.SecondRun]).When(new C.Abandon(At(5), Run2, "gave up", FreeLane: true));
        after.ThenEnded(RunOutcome.Abandoned, RunEndReason.OnRequest);
        Assert.Equal(Run1, after.State.Lane?.Intent.Run);
    }

    [Fact]
    public void The_time_it_was_parked_is_not_the_runs() =>
        Assert.Equal(At(100 + (24 * 60)), Assert.IsType<OptimizeRun.ChoosingCandidates>(Given(Life.Usual.NeedsOperator).When(Retry with { At = At(100) }).State.Run).Facts.Deadline);

    [Fact]
    public void Retry_takes_a_parked_run_back_to_its_candidates() =>
        Given(Life.Usual.NeedsOperator).When(Retry)
            .Then(new E.RetryRequested(Stamp(5, attempt: 1), "")).ThenPending<OptimizeEffect.ListCandidates>();

    [Theory, MemberData(nameof(AllButParked))]
    public void Retry_is_for_parked_runs_only(string stage) => Given(Life.Usual.EveryStage[stage]).When(Retry).ThenRejected(RejectionReason.InvalidState);

    [Fact]
    public void A_run_that_ended_takes_no_command()
    {
        OptimizeCommand[] commands = [Cancel, Retry, new C.Abandon(At(5), Run1, "", FreeLane: false), new C.Abandon(At(5), Run1, "", FreeLane: true), new C.RecordDeadline(At(5), Run1)];
        Assert.All(commands, c => Given(Life.Usual.Succeeded).When(c).ThenRejected(RejectionReason.AlreadyEnded));
    }

    [Fact]
    public void Another_run_s_command_is_refused()
    {
        OptimizeCommand[] commands = [Cancel with { Run = Run2 }, Retry with { Run = Run2 }, new C.Abandon(At(5), Run2, "", FreeLane: true), new C.RecordDeadline(At(5), Run2)];
        Assert.All(commands, c => Given(Life.Usual.WaitingForCompaction).When(c).ThenRejected(RejectionReason.UnknownRun));
        Assert.All(commands, c => Given().When(c).ThenRejected(RejectionReason.UnknownRun));
    }

    private static string TextOf(IEnumerable<OptimizeEvent> past) => Given(past).When(Cancel).ThenEnded(RunOutcome.Cancelled, RunEndReason.OnRequest).End.Message;
}
