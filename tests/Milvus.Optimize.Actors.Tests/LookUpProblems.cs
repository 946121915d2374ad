using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Milvus;
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

    [Fact]
    public async Task What_speaks_another_service_is_told_from_a_refusal_and_where_to_look()
    {
        await using var host = await OptimizeHost.StartAsync(_folder.Journal, new AnotherService());
        var problem = (await Assert.ThrowsAsync<OptimizeProblemException>(() => host.FinishAsync("books"))).Problem;
        Assert.Equal(OptimizeProblem.RejectedByServer, problem.Code);
        Assert.Contains("unknown service milvus.proto.milvus.MilvusService): give the address of a Milvus proxy", problem.Detail, StringComparison.Ordinal);
    }

    private async Task<string> ProblemAsync(SimulatorServer simulator, string collection)
    {
        await using var host = await OptimizeHost.StartAsync(_folder.Journal, simulator.Address);
        return (await Assert.ThrowsAsync<OptimizeProblemException>(() => host.FinishAsync(collection))).Problem.Code;
    }

    /// <summary>A coordinator's port, as Milvus answers there.</summary>
    private sealed class AnotherService() : ForwardingGateway(null!)
    {
        public override Task<CollectionDescription> DescribeCollectionAsync(string database, string nameOrAlias, CancellationToken cancellationToken) =>
            throw new MilvusException(new(MilvusFailureKind.NotSupported, 0, "UNIMPLEMENTED", "unknown service milvus.proto.milvus.MilvusService"));
    }
}
