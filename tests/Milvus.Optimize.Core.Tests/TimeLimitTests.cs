using System.Collections.Immutable;
using Milvus.Optimize.Core.Runs;
using static Milvus.Optimize.Core.Tests.Books;
using static Milvus.Optimize.Core.Tests.Scenario;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Tests;

/// <summary>The run's deadline, and too long without progress.</summary>
public sealed class TimeLimitTests
{
    private static readonly C.RecordDeadline Deadline = new(At(24 * 60), Run1);
    private static readonly C.RecordNoProgress NoProgress = new(At(6 * 60), Run1);

    private static ImmutableArray<OptimizeEvent> Busy => [.. Life.Usual.ReadingPlans, new E.NothingStarted(Stamp(attempt: 1), "busy", [1, 2, 3])];

    public static TheoryData<string> AllButParked => PersonTests.AllButParked;

    [Theory, MemberData(nameof(AllButParked))]
    public void The_deadline_ends_a_run_in_any_stage(string stage)
    {
        var before = Given(Life.Usual.EveryStage[stage]);
        var after = before.When(Deadline);
        after.ThenEnded(RunOutcome.TimedOut, RunEndReason.DeadlineExceeded);
        Assert.Equal(before.State.Lane, after.State.Lane);
    }

    [Fact]
    public void The_deadline_names_segments_that_stayed_busy() => Given(Busy).When(Deadline).ThenEnded(RunOutcome.TimedOut, RunEndReason.SegmentsBusy);

    [Fact]
    public void Segments_are_busy_no_more_once_a_merge_was_planned() =>
        Given([.. Busy, new E.CandidatesChosen(Stamp(attempt: 1), Segments(1, 2, 3), true), new E.IntentAccepted(Stamp(attempt: 2), SendBudgets.Default),
                new E.TriggerAcknowledged(Stamp(attempt: 2), 43, 1), new E.PlansRecorded(Stamp(attempt: 2), [Plan([1, 2, 3])])])
            .When(Deadline).ThenEnded(RunOutcome.TimedOut, RunEndReason.DeadlineExceeded);

    [Fact]
    public void Segments_are_busy_no_more_once_somebody_else_merged_them() =>
        Given([.. Busy, new E.MergedElsewhere(Stamp(attempt: 1))]).When(Deadline).ThenEnded(RunOutcome.TimedOut, RunEndReason.DeadlineExceeded);

    [Fact]
    public void Segments_are_busy_no_more_once_their_merge_was_found() =>
        Given([.. Busy, new E.CandidatesChosen(Stamp(attempt: 1), Segments(1, 2, 3), true), new E.IntentAccepted(Stamp(attempt: 2), SendBudgets.Default),
                new E.TriggerOutcomeUnknown(Stamp(attempt: 2), ""), new E.TriggerReconciled(Stamp(attempt: 2), Triggered: true, "")])
            .When(Deadline).ThenEnded(RunOutcome.TimedOut, RunEndReason.DeadlineExceeded);

    [Fact]
    public void A_parked_run_waits_for_its_person_beyond_every_limit()
    {
        Given(Life.Usual.NeedsOperator).When(Deadline).ThenNothing();
        Given(Life.Usual.NeedsOperator).When(NoProgress).ThenNothing();
    }

    [Theory, MemberData(nameof(AllButParked))]
    public void Too_long_without_progress_ends_a_run(string stage) =>
        Given(Life.Usual.EveryStage[stage]).When(NoProgress).ThenEnded(RunOutcome.TimedOut, RunEndReason.NoProgress);

    [Fact]
    public void Behind_a_lane_that_nobody_frees_a_person_is_needed()
    {
        var parked = Given([.. Life.Usual.TimedOutUnanswered, .. Life.SecondRun]).When(NoProgress with { Run = Run2 });
        parked.Then(new E.OperatorNeeded(Stamp(6 * 60, run: Run2), ""));
        Assert.Null(OptimizeEffects.Pending(parked.State));
        var said = Assert.IsType<OptimizeRun.NeedsOperator>(parked.State.Run).Reason;
        Assert.Contains($"abandon {Run1} --free-lane", said, StringComparison.Ordinal);
        Assert.Contains($"retry {Run2}", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(Life.Triggering), "may still start or run")]
    [InlineData(nameof(Life.WaitingForCompaction), "Compaction 42 may still run")]
    public void An_end_says_what_still_runs_on_the_server(string stage, string text) =>
        Assert.Contains(text, Given(Life.Usual.EveryStage[stage]).When(Deadline).ThenEnded(RunOutcome.TimedOut, RunEndReason.DeadlineExceeded).End.Message, StringComparison.Ordinal);
}
