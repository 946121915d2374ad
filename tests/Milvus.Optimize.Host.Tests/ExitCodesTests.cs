using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Host.CommandLine;
using Milvus.Optimize.Host.Nodes;
using Milvus.Optimize.Host.Output;

namespace Milvus.Optimize.Host.Tests;

public sealed class ExitCodesTests
{
    public static TheoryData<RunOutcome> Outcomes => [.. Enum.GetValues<RunOutcome>()];

    [Theory]
    [InlineData("Succeeded", 0)]
    [InlineData("SucceededNoWork", 0)]
    [InlineData("PartiallySucceeded", 4)]
    [InlineData("Failed", 3)]
    [InlineData("TimedOut", 3)]
    [InlineData("Cancelled", 5)]
    [InlineData("Abandoned", 5)]
    [InlineData("NeedsOperator", 6)]
    [InlineData("Held", 6)]
    [InlineData("CancelRequested", 6)]
    [InlineData("Compacting", 6)]
    [InlineData("Quarantined", 1)]
    public void A_state_has_its_code(string state, int code) => Assert.Equal(code, ExitCodes.Of(Documents.Ended(state, "")));

    [Theory]
    [MemberData(nameof(Outcomes))]
    public void No_outcome_is_taken_for_a_run_that_goes_on(RunOutcome outcome) => Assert.NotEqual(6, ExitCodes.Of(Documents.Ended(outcome.ToString(), "")));

    [Theory]
    [InlineData(OptimizeProblem.InvalidArgument, 2)]
    [InlineData(OptimizeProblem.NotFound, 2)]
    [InlineData(OptimizeProblem.ClusterNotConfigured, 2)]
    [InlineData(OptimizeProblem.KeyReused, 2)]
    [InlineData(OptimizeProblem.InvalidStateTransition, 2)]
    [InlineData(OptimizeProblem.RunConflict, 7)]
    [InlineData(OptimizeProblem.RejectedByServer, 3)]
    [InlineData(OptimizeProblem.PermissionDenied, 3)]
    [InlineData(OptimizeProblem.MilvusUnavailable, 8)]
    [InlineData(OptimizeProblem.Unauthenticated, 8)]
    [InlineData(OptimizeProblem.OutcomeUnknown, 1)]
    [InlineData(OptimizeProblem.Unavailable, 1)]
    [InlineData(OptimizeProblem.QueueFull, 1)]
    [InlineData(OptimizeProblem.Quarantined, 1)]
    public void A_problem_has_its_code(string code, int exit) =>
        Assert.Equal(exit, Trouble.Of(new OptimizeProblemException(new(code, "do this"))).Code);

    [Fact]
    public void What_a_caller_wrote_wrong_is_2() => Assert.Equal(2, Trouble.Of(new ParamException("no")).Code);

    [Fact]
    public void Our_own_trouble_is_1()
    {
        Assert.Equal(1, Trouble.Of(new NodeUnavailableException("held")).Code);
        var full = Trouble.Of(new IOException("No space left on device", 28));
        Assert.Equal(1, full.Code);
        Assert.Contains("disk is full", full.Text, StringComparison.Ordinal);
        Assert.Contains("bug", Trouble.Of(new InvalidOperationException("x")).Text, StringComparison.Ordinal);
    }
}
