using Milvus.Optimize.Contracts;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Judge;
using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>A test over a simulated Milvus and a journal in a folder of its own. At its end the judge, who shares no code with the product, looks at both.</summary>
public abstract class SimulatedTest : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private SimulatorServer? _simulator;

    /// <summary>W of <see cref="OptimizeHost.Quick"/>.</summary>
    protected static TimeSpan W => OptimizeHost.Quick.Budgets.Total;

    /// <summary>A file, or PostgreSQL's connection string.</summary>
    protected virtual string Journal => _folder.Journal;

    /// <summary>False where a test spoils the evidence itself.</summary>
    protected bool IsJudged { get; set; } = true;

    private bool HasJournal => Journal.Contains("Host=", StringComparison.Ordinal) || File.Exists(Journal);

    private string SimulatorLog => Path.Combine(_folder.Path, "simulator.jsonl");

    protected SimulatorServer Simulator => _simulator ?? throw new InvalidOperationException("the simulator was not started");

    protected SimulatorControl Control => Simulator.Control;

    /// <summary>What the server received: the witness that is independent of our journal.</summary>
    protected IReadOnlyList<LogEntry> Triggers => [.. Control.Log.Where(l => l.Rpc == "ManualCompaction")];

    protected async Task SimulateAsync(string scenario = "pleasant", string generation = "g4", double speed = 100, bool httpPort = false) =>
        _simulator = await SimulatorServer.StartAsync(
            new() { Scenario = scenario, Generation = generation, Speed = speed, LogFile = SimulatorLog, ManagementPort = httpPort ? 0 : null }, default);

    private protected Task<OptimizeHost> HostAsync(OptimizeOptions? options = null, JournalSpy? spy = null) =>
        OptimizeHost.StartAsync(Journal, Simulator.Address, options, spy);

    private protected GatedGateway Gate() => new(OptimizeHost.Gateway(Simulator.Address));

    /// <summary>Below the client, which would ask again by itself what may pass.</summary>
    private protected static async Task<OptimizeTask> StartAsync(OptimizeHost host, OptimizeRequest? request = null, string collection = "books")
    {
        var asked = request ?? new();
        var started = await host.Runs.StartAsync(
            new(new(OptimizeHost.Cluster, "default", collection), new(asked.TargetSize, asked.Flush, asked.Force), asked.Key ?? Guid.NewGuid().ToString("N"), asked.Deadline), default);
        return host.Optimizer.GetTask(RunId.Parse(started.Run.Id));
    }

    /// <summary>Follows a run of this or another host to its end.</summary>
    private protected static async Task<RunDocument> EndAsync(OptimizeHost host, RunId run)
    {
        using var over = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        return await OptimizeHost.EndAsync(host.Optimizer.GetTask(run), over.Token);
    }

    /// <summary>Looks at the run table alone, which wakes nobody, until a condition holds.</summary>
    private protected static async Task<RunDocument> TableShowsAsync(OptimizeHost host, Func<RunDocument, bool> condition)
    {
        RunDocument? last = null;
        await Until(async () =>
        {
            last = (await host.Runs.ListAsync(new(), default)).FirstOrDefault();
            return last is not null && condition(last);
        }, () => $"the run table shows {last?.State ?? "nothing"} {last?.StateMessage}");
        return last!;
    }

    /// <summary>Waits for a condition, at most 30 s.</summary>
    protected static async Task Until(Func<Task<bool>> condition, Func<string>? else_ = null)
    {
        using var over = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            while (!await condition()) await again.WaitForNextTickAsync(over.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"the condition did not come true within 30 s: {else_?.Invoke()}");
        }
    }

    protected static Task Until(Func<bool> condition) => Until(() => Task.FromResult(condition()));

    /// <summary>No trigger was sent while one without an answer could still act.</summary>
    protected void NoTriggerWithinW() =>
        Assert.All(Triggers.Zip(Triggers.Skip(1), (first, second) => (First: first, Second: second)).Where(p => p.First.Code is null), p => Assert.True(
            p.Second.MonotonicMs - p.First.MonotonicMs >= W.TotalMilliseconds - OptimizeHost.Quick.Budgets.SendWithin.TotalMilliseconds - 50,
            $"{p.Second.MonotonicMs - p.First.MonotonicMs} ms between a trigger without an answer and the next"));

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_simulator is not null) await _simulator.DisposeAsync();
        using (_folder)
        {
            if (!IsJudged || !HasJournal || !File.Exists(SimulatorLog)) return;
            Assert.Empty(Tribunal.Judge(new(Readers.Journal(Journal), Readers.Simulator(SimulatorLog), []) { MustBeOver = false }));
        }
    }
}
