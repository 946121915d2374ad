using Milvus.Optimize.Contracts;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.Actors.Tests.TrapTable;

/// <summary>A trap that lies in what a caller does or in what happens meanwhile: both are played by hand, each against a server of its own.</summary>
/// <param name="Facts">Where milvus-facts.md tells of it.</param>
/// <param name="About">What happens; no two have the same.</param>
/// <param name="Setup">The simulator's set-up, for a person.</param>
/// <param name="IsRace">In the table, and not played again, as of a <see cref="Trap"/>.</param>
internal sealed record Encounter(string Facts, string About, string Setup, Func<Task<string>> Python, Func<Task<string>> Ours, bool IsSlow = false, bool IsRace = false)
{
    public async Task<string> LineAsync() => $"| {Facts} | {About} | {Setup} | {await Python()} | {await Ours()} |";
}

/// <summary>A server and, for ours, a host with its journal.</summary>
internal sealed class Ring : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private OptimizeHost? _host;

    private Ring(SimulatorServer simulator) => Simulator = simulator;

    public SimulatorServer Simulator { get; }

    public SimulatorControl Control => Simulator.Control;

    public OptimizeHost Host => _host ?? throw new InvalidOperationException("no host was started");

    public string Journal => _folder.Journal;

    public static async Task<Ring> OpenAsync(string scenario, string generation, ServerTimings? timings, bool host, Func<Ring, Task>? before = null)
    {
        var ring = new Ring(await SimulatorServer.StartAsync(new() { Scenario = scenario, Generation = generation, Speed = TrapTableTests.Speed, Timings = timings }, default));
        if (before is not null) await before(ring);
        if (host) await ring.StartHostAsync();
        return ring;
    }

    public async Task StartHostAsync() => _host = await OptimizeHost.StartAsync(Journal, Simulator.Address, TrapTableTests.Options);

    public Task TriggeredAsync() => UntilAsync(() => Control.Log.Any(l => l is { Rpc: "ManualCompaction", Effect: true }));

    public static async Task UntilAsync(Func<bool> holds)
    {
        using var over = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!holds()) await again.WaitForNextTickAsync(over.Token);
    }

    public string Left(string database = "default") => TrapTableTests.Left(Simulator, "books", database);

    /// <summary>Our run, and something done to it once its trigger is out.</summary>
    public async Task<RunDocument> EndAsync(OptimizeRequest? request = null, string database = "default", Func<OptimizeTask, Task>? meanwhile = null)
    {
        using var over = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var task = await Host.Optimizer.StartAsync(new(OptimizeHost.Cluster, database, "books"), request ?? new(), over.Token);
        if (meanwhile is not null) await meanwhile(task);
        return await OptimizeHost.EndAsync(task, over.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        await Simulator.DisposeAsync();
        _folder.Dispose();
    }
}
