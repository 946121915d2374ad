using System.Collections.Immutable;
using Milvus.Optimize.Actors.Tests;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.Judge.Tests;

/// <summary>A simulated server with a log, a host with a journal, and what the judge says of both.</summary>
internal sealed class Court : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<ClientLine> _seen = [];
    private SimulatorServer? _simulator;

    public SimulatorControl Control => _simulator!.Control;

    private string Log => Path.Combine(_folder.Path, "simulator.jsonl");

    public static async Task<Court> OpenAsync(string scenario = "pleasant", double speed = 100)
    {
        var court = new Court();
        court._simulator = await SimulatorServer.StartAsync(new() { Scenario = scenario, Speed = speed, LogFile = court.Log });
        return court;
    }

    /// <summary>A run from its start to its end, by a client that notes what it is told.</summary>
    /// <param name="disturb">What stands between the product and the server.</param>
    public async Task<RunDocument> RunAsync(Func<IMilvusGateway, IMilvusGateway>? disturb = null, string collection = "books")
    {
        IMilvusGateway gateway = OptimizeHost.Gateway(_simulator!.Address);
        await using var host = await OptimizeHost.StartAsync(_folder.Journal, disturb?.Invoke(gateway) ?? gateway);
        using var over = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var task = await host.Optimizer.StartAsync(new(OptimizeHost.Cluster, "default", collection), new(), over.Token);
        RunDocument? last = null;
        await foreach (var run in task.WatchAsync(over.Token))
        {
            _seen.Add(new("a client", run.Id, run.Revision, run.State, run.Done));
            last = run;
        }

        return last!;
    }

    public Evidence Evidence() => new(Readers.Journal(_folder.Journal), Readers.Simulator(Log), [.. _seen]);

    public ImmutableArray<Violation> Verdict() => Tribunal.Judge(Evidence());

    public async ValueTask DisposeAsync()
    {
        if (_simulator is not null) await _simulator.DisposeAsync();
        _folder.Dispose();
    }
}
