using Microsoft.Extensions.DependencyInjection;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>Looking at a cluster starts nothing there.</summary>
public sealed class Inspections : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private SimulatorServer _simulator = null!;
    private OptimizeHost _host = null!;

    private IClusterInspection Inspection => _host.Services.GetRequiredService<IClusterInspection>();

    public async Task InitializeAsync()
    {
        _simulator = await SimulatorServer.StartAsync(new() { Speed = 20 }, default);
        _host = await OptimizeHost.StartAsync(_folder.Journal, _simulator.Address);
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _simulator.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Clusters_and_collections_are_listed_with_their_segments()
    {
        Assert.Equal(new ClusterDocument("test", false, ""), Assert.Single(Inspection.Clusters()));
        var books = (await Inspection.ListAsync(OptimizeHost.Cluster, null, default)).Single(c => c.Name == "books");
        Assert.Equal(books, await Inspection.ResolveAsync(new(OptimizeHost.Cluster, "default", "books"), default));
        var segments = await Inspection.CountSegmentsAsync(OptimizeHost.Cluster, books, default);
        Assert.Equal((6, 300_000L), (segments!.Flushed, segments.Rows));
    }

    [Fact]
    public async Task A_plan_says_what_a_run_would_find_before_and_after_one()
    {
        var request = new StartRequest(new(OptimizeHost.Cluster, "default", "books"), new(TargetSize.Automatic, false, false), "k", TimeSpan.FromHours(1));
        var before = await Inspection.PlanAsync(request, default);
        Assert.Equal((true, 6, null), (before.WouldMerge, before.Segments!.Flushed, before.LiveRun));
        Assert.DoesNotContain(_simulator.Control.Log, l => l.Rpc == "ManualCompaction");
        await _host.FinishAsync("books");
        Assert.False((await Inspection.PlanAsync(request, default)).WouldMerge);
    }

    [Fact]
    public async Task What_is_not_there_is_a_problem_that_says_so()
    {
        Assert.Equal(OptimizeProblem.ClusterNotConfigured, await CodeAsync(() => Inspection.ListAsync(new("other"), null, default)));
        Assert.Equal(OptimizeProblem.NotFound, await CodeAsync(() => Inspection.ResolveAsync(new(OptimizeHost.Cluster, "default", "nobody"), default)));
    }

    private static async Task<string> CodeAsync(Func<Task> ask) => (await Assert.ThrowsAsync<OptimizeProblemException>(ask)).Problem.Code;
}
