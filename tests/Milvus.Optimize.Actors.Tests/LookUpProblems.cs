using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>A request whose collection cannot be looked up is refused by the reason, before anything is stored.</summary>
public sealed class LookUpProblems : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Without_the_right_token_it_is_the_credentials()
    {
        await using var simulator = await SimulatorServer.StartAsync(new() { Token = "root:secret" }, default);
        Assert.Equal(OptimizeProblem.Unauthenticated, await ProblemAsync(simulator, "books"));
    }

    [Fact]
    public async Task A_name_that_nobody_has_is_not_found()
    {
        await using var simulator = await SimulatorServer.StartAsync(new(), default);
        Assert.Equal(OptimizeProblem.NotFound, await ProblemAsync(simulator, "nobody"));
    }

    private async Task<string> ProblemAsync(SimulatorServer simulator, string collection)
    {
        await using var host = await OptimizeHost.StartAsync(_folder.Journal, simulator.Address);
        return (await Assert.ThrowsAsync<OptimizeProblemException>(() => host.FinishAsync(collection))).Problem.Code;
    }
}
