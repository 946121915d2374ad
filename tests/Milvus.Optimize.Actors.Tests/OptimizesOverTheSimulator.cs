using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>The whole path: host, actors, SQLite, gRPC, a simulated Milvus.</summary>
public sealed class OptimizesOverTheSimulator : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Six_segments_become_one_and_the_proof_is_in_the_result()
    {
        await using var simulator = await SimulatorServer.StartAsync(new() { Speed = 20 }, default);
        await using var host = await OptimizeHost.StartAsync(_folder.Journal, simulator.Address);
        var run = await host.FinishAsync("books");
        Assert.Equal("Succeeded", run.State);
        Assert.Equal(6, run.Segments.Before!.Count);
        Assert.Equal(1, run.Segments.After!.Count);
        Assert.Equal(run.Segments.Before.Rows, run.Segments.After.Rows);
        Assert.Single(simulator.Control.Log, l => l.Rpc == "ManualCompaction");
    }
}
