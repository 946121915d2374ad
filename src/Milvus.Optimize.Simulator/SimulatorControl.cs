using Milvus.Optimize.Simulator.Http;
using Milvus.Optimize.Simulator.Model;

namespace Milvus.Optimize.Simulator;

/// <summary>The back door of a simulator in the same process: make its world, arm faults, read what it wrote down. Thread-safe.</summary>
public sealed class SimulatorControl
{
    private readonly Simulation _simulation;
    private readonly ConnectionGate _gate;

    internal SimulatorControl(Simulation simulation, ConnectionGate gate)
    {
        _simulation = simulation;
        _gate = gate;
    }

    /// <summary>Every line of the log so far, in the order of the effects.</summary>
    public IReadOnlyList<LogEntry> Log => _simulation.Log.Entries;

    /// <summary>Server time now.</summary>
    public DateTimeOffset ServerTime => _simulation.Read(world => world.Now);

    public GenerationRules Rules => _simulation.Rules;

    /// <returns>The collection's id.</returns>
    public long AddCollection(CollectionSpec spec) => _simulation.Change(world => WorldSetup.Add(spec, world));

    public void ArmFault(Fault fault) => _simulation.Change(world => world.Faults.Arm(fault));

    /// <summary>Whether any fault still waits.</summary>
    public bool HasFaults => _simulation.Read(world => world.State.Faults.Count > 0);

    public void DisarmFaults() => _simulation.Change(world => world.Faults.Clear());

    /// <summary>Somebody else's compaction starts now and holds the first so many segments (null: all) for that long by server time.</summary>
    public void StartForeignCompaction(string collection, TimeSpan duration, int? segments = null, string database = Catalog.DefaultDatabase) =>
        _simulation.Change(world => world.Compactions.StartForeign(world.Catalog.Require(database, collection), duration, segments));

    /// <summary>Running plans vanish and their sources stay, as if they had never been asked for; null means of every collection.</summary>
    public void ForgetPlans(string? collection = null) => _simulation.Change(world => world.Compactions.ForgetAll(collection));

    /// <summary>What a kill and a new start of the server do to its memory. Connections and armed faults stay.</summary>
    public void Restart() => _simulation.Restart();

    /// <summary>Drops a collection as somebody else would.</summary>
    public void DropCollection(string collection, string database = Catalog.DefaultDatabase) =>
        _simulation.Change(world => world.Catalog.DropCollection(world.Catalog.Require(database, collection)));

    /// <summary>Inserts rows and leaves them growing.</summary>
    public void Insert(string collection, long rows, string database = Catalog.DefaultDatabase) =>
        _simulation.Change(world => world.Writes.Insert(world.Catalog.Require(database, collection), "", rows));

    /// <summary>Deletes that many rows, the oldest ones.</summary>
    public void Delete(string collection, long rows, string database = Catalog.DefaultDatabase) =>
        _simulation.Change(world => world.Writes.Delete(world.Catalog.Require(database, collection), "", rows));

    /// <summary>A snapshot holds every segment that stands there now: from g4 on none is taken, and plans that have one already fail at their end.</summary>
    public void TakeSnapshot(string collection, string database = Catalog.DefaultDatabase) => _simulation.Change(world =>
    {
        foreach (var segment in world.SegmentsOf(world.Catalog.Require(database, collection).Id).Where(segment => segment.IsFlushed)) segment.IsProtected = true;
    });

    /// <summary>Seals what grows.</summary>
    public void Flush(string collection, string database = Catalog.DefaultDatabase) =>
        _simulation.Change(world => world.Writes.Flush(world.Catalog.Require(database, collection)));

    /// <summary>The server's configuration as it counts now, overrides of this life in it.</summary>
    public ServerSettings Settings => _simulation.Read(world => world.Settings);

    /// <exception cref="ArgumentException">A duration is none.</exception>
    public void Configure(ServerSettings settings) => _simulation.Configure(settings);

    /// <summary>What begins from now on takes these times.</summary>
    public void Configure(ServerTimings timings) => _simulation.Configure(timings);

    /// <summary>Every connection to the gRPC port is cut, with the calls on it.</summary>
    public void CutConnections() => _gate.CutAll();

    /// <summary>The truth about a collection, by name or alias; null when there is none.</summary>
    public CollectionView? Find(string collection, string database = Catalog.DefaultDatabase) =>
        _simulation.Read(world => world.Catalog.Find(database, collection) is { } found ? WorldSetup.View(found, world) : null);
}
