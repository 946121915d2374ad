using System.Globalization;
using Milvus.Optimize.Actors;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.VirtualTime.Tests;

/// <summary>
/// One seed's history: two nodes, a journal, a server and their clients, moved one step at a time by one random source and one clock that is turned by
/// hand. The same seed gives the same steps, on every machine.
/// </summary>
internal sealed partial class Schedule
{
    private const int MostSteps = 20_000;
    private static readonly TimeSpan MostTime = TimeSpan.FromHours(30);
    private readonly List<Step> _steps = [];
    private readonly List<Step> _enabled = [];
    private readonly List<string>? _trace;
    private readonly long[] _counts;
    private int _done;
    private bool _begunAmongOthers;

    public Schedule(int seed, Mutant mutant, long[] counts, bool traces = false)
    {
        (Seed, Mutant, _counts) = (seed, mutant, counts);
        _trace = traces ? [] : null;
        Random = new(seed);
        Faults = new(this);
        Pace = new(Random, Faults);
        Journal = mutant.Journal();
        Server = NewServer();
        Key = new(new ClusterName("virtual"), Server.Simulation.Read(w => w.Catalog.Require("default", Server.Collection).Id));
        Nodes = [new(this, "A", Skew()), new(this, "B", Skew())];
        Clients = new(this);
    }

    public int Seed { get; }

    public Mutant Mutant { get; }

    public Random Random { get; }

    public VirtualClock Clock { get; } = new();

    public Faults Faults { get; }

    public Pace Pace { get; }

    public FakeJournal Journal { get; }

    public VirtualMilvus Server { get; }

    public CollectionKey Key { get; }

    public VirtualNode[] Nodes { get; }

    public Clients Clients { get; }

    public Truths Truths { get; } = new();

    public bool Traces => _trace is not null;

    public IReadOnlyList<string> Trace => _trace ?? [];

    public int Steps => _done;

    /// <summary>The journal may hold something else in a moment.</summary>
    public bool IsWriting => _steps.Exists(s => s.Act == Act.JournalTakes);

    /// <summary>The product's own, but for waits that would only make a schedule longer.</summary>
    public OptimizeOptions Options { get; } = new()
    {
        QuietWindow = TimeSpan.FromMinutes(5),
        NoProgressLimit = TimeSpan.FromHours(1),
        Policy = new() { IngestPatience = TimeSpan.FromMinutes(2), SortPatience = TimeSpan.FromMinutes(2), FruitlessWindow = TimeSpan.FromMinutes(2) },
    };

    /// <summary>From the first step to the last: everything has come to an end, or nothing ever will.</summary>
    public void Run()
    {
        Clients.Begin();
        while (_done < MostSteps && Clock.Ticks < MostTime.Ticks && !IsOver()) Move();
    }

    /// <summary>Something that happens so much later, if not later still.</summary>
    public Step After(TimeSpan pause, Act act, string text, Action run, VirtualNode? node = null, long latest = long.MaxValue)
    {
        var step = new Step(act, text, Clock.Ticks + pause.Ticks, run) { Node = node, Life = node?.Life ?? 0, Latest = Math.Max(latest, Clock.Ticks) };
        _steps.Add(step);
        return step;
    }

    public void Note(Act act, string text)
    {
        _counts[(int)act]++;
        _trace?.Add(string.Create(CultureInfo.InvariantCulture, $"{_done,5} {Clock.Ticks / (double)TimeSpan.TicksPerSecond,10:F3}s {act} {text}"));
    }

    private void Move()
    {
        if (Faults.Next(_done) is { } fault)
        {
            _done++;
            Cause(fault);
            return;
        }

        if (Random.Next(25) == 0) Advance(Clock.Ticks + (long)(TimeSpan.TicksPerSecond * (Random.Next(10) == 0 ? 30 : 3) * Random.NextDouble()));
        var step = Choose();
        if (step is null) return;
        _steps.Remove(step);
        _done++;
        Note(step.Act, step.Text);
        step.Run();
    }

    /// <summary>One of what may happen now; null when the clock had to be turned first.</summary>
    private Step? Choose()
    {
        _steps.RemoveAll(s => s.IsOff || (s.Node is { } n && !n.IsAlive(s.Life)));
        _enabled.Clear();
        var (next, waits) = (long.MaxValue, false);
        foreach (var step in _steps)
        {
            var from = step.Node is { } node ? Math.Max(step.Due, node.PausedUntil) : step.Due;
            if (step.Latest < from) from = step.Latest;
            if (from > Clock.Ticks)
            {
                if (from < next) (next, waits) = (from, step.Act is Act.Timer or Act.ClientActs);
            }
            else if (step.Latest <= Clock.Ticks) return step;
            else _enabled.Add(step);
        }

        if (_enabled.Count > 0) return _enabled[Random.Next(_enabled.Count)];
        if (next == long.MaxValue) throw new InvalidOperationException("nothing can happen any more");

        // What comes to pass by itself, comes in time; a timer of a process that has more to do may be late.
        Advance(waits ? next + Pace.Late().Ticks : next);
        return null;
    }

    /// <summary>No further than what must have happened by then.</summary>
    private void Advance(long to)
    {
        foreach (var step in _steps) to = Math.Min(to, Math.Max(step.Latest, Clock.Ticks));
        if (to <= Clock.Ticks) return;
        Clock.TurnTo(to);
        _counts[(int)Act.ClockAdvances]++;
    }

    private bool IsOver() => Faults.AreOver && Clients.AreDone && !_steps.Exists(s => s.Act is Act.TriggerArrives or Act.JournalTakes or Act.NodeRestarts);

    private TimeSpan Skew() => TimeSpan.FromSeconds(Random.Next(3) == 0 ? Random.Next(-300, 300) : Random.Next(-2, 3));

    private VirtualMilvus NewServer()
    {
        string[] generations = ["2.3", "g0", "g1", "g3", "g4", "g6"];
        var simulation = new Simulation(new()
        {
            Generation = Mutant.AmongOthers ? "g6" : generations[Random.Next(generations.Length)],
            Scenario = "merged",
            TimeProvider = new MachineTime(Clock),
            Timings = new() { CompactionOverheadSeconds = Mutant.AmongOthers ? Random.Next(5, 150) : Random.Next(1, 20), PlansAtOnce = Random.Next(1, 4), HandOverSeconds = Random.Next(2, 30), IndexRowsPerSecond = Random.Next(3) == 0 ? 5_000 : 100_000 },
        });
        var shards = Random.Next(3) == 0 ? 2 : 1;
        simulation.Change(world => WorldSetup.Add(new()
        {
            Name = "it",
            Shards = shards,
            Partitions = Random.Next(3) == 0 ? ["_default", "p"] : ["_default"],
            Loaded = Random.Next(4) > 0,
            GrowingRows = Random.Next(3) == 0 ? 2000 : 0,
            Segments = [new() { Rows = Random.Next(1, 30) * 1000, Count = Mutant.AmongOthers ? 6 : Random.Next(1, 5) }, new() { Rows = 5000, Count = 1, Sorted = Random.Next(6) > 0 }],
        }, world));
        return new(simulation, "it");
    }
}
