using System.Globalization;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Judge;
using Milvus.Optimize.Storage.Tests;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>
/// Three nodes, a PostgreSQL and a simulator, all processes of this test alone. Timers are shortened: another node takes over some 7 s after a kill, W is
/// the sum of <see cref="CallTimeout"/> and 1.6 s.
/// </summary>
internal sealed class ClusterBed : IAsyncDisposable
{
    public const string Milvus = "sim";
    private readonly string _folder = Directory.CreateTempSubdirectory("optimize-bed-").FullName;
    private readonly Dictionary<string, string> _ids = [];
    private IReadOnlyList<string> _arguments = [];
    private SimulatorProcess? _simulator;
    private Network? _network;

    public Network? Network => _network;

    public DatabaseServer Database { get; private set; } = null!;

    public SimulatorProcess Simulator => _simulator!;

    public IReadOnlyList<NodeProcess> Nodes { get; private set; } = [];

    /// <summary>A member of the cluster without the role: it runs nothing. Not started by <see cref="ReadyAsync"/>.</summary>
    public NodeProcess Asking { get; private set; } = null!;

    public IReadOnlyList<string> Seeds { get; private set; } = [];

    public string FastTimersFile => Path.Combine(_folder, "fast.hocon");

    /// <summary>Of the trigger.</summary>
    public TimeSpan CallTimeout { get; private init; }

    public TimeSpan W => CallTimeout + TimeSpan.FromSeconds(1.6);

    private string Log => Path.Combine(_folder, "simulator.jsonl");

    /// <param name="speed">Of the simulator's time.</param>
    /// <param name="callTimeout">Of the trigger, in seconds.</param>
    /// <param name="productionTimers">Of the Akka cluster.</param>
    /// <param name="network">Each process in a namespace of its own there; the bed ends it.</param>
    /// <param name="set">Settings of one node, by its name.</param>
    /// <param name="environment">Variables of the nodes beside those of this process.</param>
    public static async Task<ClusterBed> CreateAsync(
        int speed = 5, double callTimeout = 1, bool productionTimers = false, Network? network = null, Func<string, IEnumerable<string>>? set = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var bed = new ClusterBed { CallTimeout = TimeSpan.FromSeconds(callTimeout), _network = network };
        var database = DatabaseServer.CreateAsync(network);
        bed._simulator = await SimulatorProcess.StartAsync(bed.Log, speed, network);
        bed.Database = await database;
        var ports = FreePorts.Some(8);
        // All three: the first one would else form a cluster of its own when it starts again.
        bed.Seeds = [.. ports[..3].Select((p, i) => $"{bed.HostOf("ABC"[i..(i + 1)])}:{p}")];
        var seeds = string.Join(", ", bed.Seeds.Select(s => $"\"{s}\""));
        bed._arguments = bed.Arguments(seeds, productionTimers);
        bed.Nodes = [.. Enumerable.Range(0, 3).Select(i => Node("ABC"[i..(i + 1)], ports[i], ports[i + 3]))];
        bed.Asking = Node("asking", ports[6], ports[7], "Akka:Roles:0=none");
        return bed;

        NodeProcess Node(string name, int port, int httpPort, params string[] more) =>
            new(name, port, httpPort, bed.With([$"Akka:Host={bed.HostOf(name)}", .. more, .. set?.Invoke(name) ?? []]), network, environment);
    }

    /// <summary>One more node, with settings of its own; not started.</summary>
    public NodeProcess Another(params string[] set)
    {
        var ports = FreePorts.Some(2);
        return new("another", ports[0], ports[1], With(set));
    }

    /// <summary>All nodes up, and the simulator as it was: whatever an earlier test did.</summary>
    public async Task ReadyAsync()
    {
        await Simulator.NoFaultsAsync();
        await CompactionsTakeAsync(TimeSpan.FromSeconds(3));
        var down = Nodes.Where(n => !n.IsRunning).ToList();
        foreach (var node in down) node.Start();
        foreach (var node in down) await node.UntilUpAsync();
    }

    /// <summary>In server time.</summary>
    public Task CompactionsTakeAsync(TimeSpan time) => Simulator.TimingsAsync($"{{\"compactionOverheadSeconds\":{time.TotalSeconds}}}");

    /// <summary>The node that took the run's last step.</summary>
    public NodeProcess OwnerOf(string run) => Nodes.Where(n => n.LastStepOf(run) is not null).MaxBy(n => n.LastStepOf(run)) ?? throw new InvalidOperationException($"no node took a step of {run}");

    public async Task<RunDocument> UntilAsync(string run, string state, TimeSpan? limit = null)
    {
        RunDocument? seen = null;
        await Shell.UntilAsync($"{run} is {state}", async () => (seen = await SeeAsync(run)) is { } s && (s.State == state || s.Done), limit);
        Assert.True(seen!.State == state, $"{run} is {seen.State}/{seen.StateReason}: {seen.StateMessage}\n{string.Join("\n\n", Nodes.Where(n => n.LastStepOf(run) is not null).Select(n => n.Name + ": " + n.Process.Tail()))}");
        return seen;
    }

    /// <summary>From the run table, which is there whatever the nodes do.</summary>
    public async Task<RunDocument?> SeeAsync(string run) => await Database.RowsAsync($"select document from optimize_run where run_id = '{run}'") is [[string json]]
        ? System.Text.Json.JsonSerializer.Deserialize<RunDocument>(json, RunDocuments.Json)
        : null;

    public async Task<string> IdOfAsync(string collection) => _ids.TryGetValue(collection, out var id) ? id : _ids[collection] = await Simulator.IdOfAsync(collection);

    public async Task<long> EventsAsync(string collection, string manifest) => await Database.CountAsync(await IdOfAsync(collection), manifest);

    /// <summary>Whether a node of this process has claimed the run after another one.</summary>
    public async Task<bool> IsClaimedByAsync(NodeProcess node, string run) => await ClaimsAsync(run, [node]) > 0;

    /// <summary>Whether another node that is running has claimed the run.</summary>
    public async Task<bool> IsClaimedByAnotherAsync(NodeProcess than, string run) => await ClaimsAsync(run, [.. Nodes.Where(n => n != than && n.IsRunning)]) > 0;

    /// <summary>Waits until another node has claimed the run.</summary>
    public Task UntilClaimedByAnotherAsync(NodeProcess than, string run, TimeSpan? limit = null) =>
        Shell.UntilAsync($"another node than {than.Name} claims {run}", () => IsClaimedByAnotherAsync(than, run), limit);

    /// <summary>State-changing calls that reached the simulator for a collection.</summary>
    public IReadOnlyList<SimulatorLine> Calls(string collectionId) => [.. Readers.Simulator(Log).Where(l => l.Event == "call" && l.CollectionId == collectionId)];

    public async Task<int> TriggersAsync(string collection) => Triggers(await IdOfAsync(collection));

    public int Triggers(string collectionId) => Readers.Simulator(Log).Count(l => l.IsTrigger && l.CollectionId == collectionId);

    /// <summary>How often each collection's merge was triggered, of those that have a run.</summary>
    public IReadOnlyDictionary<string, int> TriggersOfAll() => Readers.Simulator(Log).Where(l => l is { IsTrigger: true, CollectionId: not null }).GroupBy(l => l.CollectionId!).ToDictionary(g => g.Key, g => g.Count());

    /// <summary>What the judge says, who shares no code with the product.</summary>
    public void AssertJudged(params string[] runs)
    {
        var clients = runs.Select(r => new ClientLine("test", r, 1000, "Initializing", false));
        Assert.Empty(Tribunal.Judge(new(Readers.Journal(Database.ConnectionString), Readers.Simulator(Log), [.. clients]) { MustBeOver = true }));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes.Append(Asking).Where(n => n is not null)) await node.DisposeAsync();
        if (_simulator is not null) await _simulator.DisposeAsync();
        if (Database is not null) await Database.DisposeAsync();
        if (_network is not null) await _network.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string HostOf(string node) => _network?.AddressOf(node) ?? "127.0.0.1";

    private string[] With(IEnumerable<string> set) => [.. _arguments, .. set.SelectMany(s => (string[])["--set", s])];

    private async Task<long> ClaimsAsync(string run, IReadOnlyList<NodeProcess> nodes)
    {
        var collection = run[..run.LastIndexOf('.')];
        var names = string.Join(" or ", nodes.Select(n => $"position('{Environment.MachineName}:{n.Process.Id}'::bytea in message) > 0"));
        return (long)(await Database.RowsAsync(
            $"select count(*) from optimize_journal where persistence_id = 'optimize-{collection}' and manifest = 'ow1' and position('{run}'::bytea in message) > 0 and ({names})"))[0][0];
    }

    private string[] Arguments(string seeds, bool productionTimers)
    {
        var (config, fast) = (Path.Combine(_folder, "node.json"), FastTimersFile);
        File.WriteAllText(fast, productionTimers ? "" : FastTimers);
        var call = CallTimeout.ToString("c", CultureInfo.InvariantCulture);
        File.WriteAllText(config, $$"""
            { "Milvus": { "Optimize": {
              "Budgets": { "SendWithin": "00:00:01", "CallTimeout": "{{call}}", "TcpUserTimeout": "00:00:00.2", "ServerDeadline": "00:00:00.2", "Margin": "00:00:00.2" },
              "SettleWindow": "00:00:00.5", "QuietWindow": "00:00:02", "LostMergePause": "00:00:01", "FruitlessPause": "00:00:01",
              "PauseLimit": "{{(productionTimers ? "00:00:05" : "00:00:03")}}",
              "Storage": { "PostgreSql": "{{Database.ConnectionString}}" },
              "Akka": { "SeedNodes": [{{seeds}}], "Files": ["{{fast}}"] },
              "Clusters": { "{{Milvus}}": { "Address": "{{Simulator.Address}}" } } } } }
            """);
        return ["--config", config];
    }

    // Shards stay where they are: a test says what moves.
    private const string FastTimers = """
        akka.cluster {
          failure-detector.heartbeat-interval = 500ms
          failure-detector.acceptable-heartbeat-pause = 2s
          failure-detector.expected-response-after = 500ms
          gossip-interval = 300ms
          leader-actions-interval = 300ms
          unreachable-nodes-reaper-interval = 300ms
          split-brain-resolver.stable-after = 2s
          down-removal-margin = 1s
          seed-node-timeout = 4s
          retry-unsuccessful-join-after = 2s
          sharding.coordinator-failure-backoff = 1s
          sharding.retry-interval = 500ms
          sharding.shard-start-timeout = 5s
          sharding.shard-failure-backoff = 2s
          sharding.rebalance-interval = 1h
        }
        """;
}
