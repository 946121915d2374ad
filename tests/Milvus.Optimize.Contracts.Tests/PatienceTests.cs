using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Contracts.Tests;

/// <summary>A node that stops or a journal that is away must not end a caller's wait, and what cannot pass must not be asked for ever.</summary>
public sealed class PatienceTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly HastyTime _time = new();
    private int _asked;

    [Theory]
    [InlineData(OptimizeProblem.Unavailable)]
    [InlineData(OptimizeProblem.OutcomeUnknown)]
    public async Task What_may_pass_is_asked_again_until_it_has_passed(string code) => Assert.Equal(4, await AskAsync(Ask(code, refusals: 3)));

    [Theory]
    [InlineData(OptimizeProblem.RunConflict, true)]
    [InlineData(OptimizeProblem.MilvusUnavailable, true)]
    [InlineData(OptimizeProblem.QueueFull, true)]
    [InlineData(OptimizeProblem.Unavailable, false)]
    public async Task What_cannot_pass_is_asked_once(string code, bool retryable)
    {
        var refused = await Assert.ThrowsAsync<OptimizeProblemException>(() => AskAsync(Ask(code, refusals: 1, retryable)));
        Assert.Equal((code, 1), (refused.Problem.Code, _asked));
    }

    [Fact]
    public async Task After_the_limit_the_last_refusal_is_told()
    {
        await Assert.ThrowsAsync<OptimizeProblemException>(() => AskAsync(Ask(OptimizeProblem.Unavailable, refusals: int.MaxValue)));
        Assert.InRange(_time.Passed, Limit, Limit + TimeSpan.FromSeconds(2));
        Assert.InRange(_asked, 15, 30);
    }

    [Fact]
    public async Task Whoever_gives_up_is_let_go()
    {
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Patience.AskAsync(Ask(OptimizeProblem.Unavailable, refusals: int.MaxValue), Limit, _time, gone.Token));
    }

    [Fact]
    public async Task A_start_that_was_not_known_to_be_stored_is_repeated_with_its_key()
    {
        var runs = new RefusingOnce(new(GoldenRuns.Document(GoldenRuns.Merged)));
        await new MilvusOptimizer(runs, _time).StartAsync(new(GoldenRuns.Cluster, "default", "books"), new());
        Assert.Equal(2, runs.Keys.Count);
        Assert.Single(runs.Keys.Distinct());
    }

    private Func<Task<int>> Ask(string code, int refusals, bool retryable = true) =>
        () => ++_asked > refusals ? Task.FromResult(_asked) : Task.FromException<int>(new OptimizeProblemException(new(code, "not now", retryable)));

    private Task<int> AskAsync(Func<Task<int>> ask) => Patience.AskAsync(ask, Limit, _time, CancellationToken.None);
}
