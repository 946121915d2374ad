using Google.Protobuf;
using Milvus.Optimize.Simulator.Access;
using Milvus.Optimize.Simulator.Log;
using Milvus.Optimize.Simulator.Model;
using Milvus.Optimize.Simulator.Service;

namespace Milvus.Optimize.Simulator;

/// <summary>
/// The world with a lock, a clock, a log and a data file around it. Every access first brings the world to the present;
/// a single-shot timer does the same when the next thing is due, so that the log and the data file do not wait for a call.
/// </summary>
internal sealed class Simulation : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly DataFile? _dataFile;
    private readonly ITimer _timer;
    private readonly SimulatedClock _clock;
    private readonly World _world;
    private DateTimeOffset? _armedFor;
    private bool _isDisposed;
    private bool _isUnsaved;

    public Simulation(SimulatorOptions options)
    {
        Options = options;
        Rules = GenerationRules.Of(options.Generation);
        _time = options.TimeProvider;
        _dataFile = options.DataFile is { } path ? new DataFile(path) : null;
        var kept = _dataFile?.Load();
        if (kept is not null && kept.Generation != Rules.Name)
            throw new ArgumentException($"the data file is of generation {kept.Generation}, not {Rules.Name}");

        var scenario = Scenarios.Of(options.Scenario);
        _clock = new SimulatedClock(_time, options.Speed, kept?.Now);
        Log = new SimulatorLog(options.LogFile);
        var state = kept ?? NewState();
        state.Timings = options.Timings?.Checked() ?? (kept is null ? scenario.Timings ?? new ServerTimings() : kept.Timings);
        state.Settings = options.Settings?.Checked() ?? (kept is null ? scenario.Settings ?? new ServerSettings() : kept.Settings);
        _world = new World(state, Rules) { Overrides = options.Overrides.Checked() };
        _timer = _time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _world.Compactions.Ended = LogEnd;
        _world.Compactions.StartedByItself = LogAutomaticStart;
        _world.Indexes.Built = LogIndexed;
        Access = new AccessControl(options.Token, [.. options.Users, .. scenario.Users], Rules);
        foreach (var user in Access.Known) _world.Users.Seed(user, isAsked: Access.IsOn);
        foreach (var fault in kept is null ? options.Faults : []) _world.Faults.Arm(fault);
        if (kept is null) Change(world => WorldSetup.Apply(scenario, world));
        else Resume();
    }

    public SimulatorOptions Options { get; }

    public GenerationRules Rules { get; }

    public SimulatorLog Log { get; }

    public AccessControl Access { get; }

    public T Read<T>(Func<World, T> read)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            try
            {
                if (_world.AdvanceTo(_clock.Now) || _isUnsaved) Keep();
                return read(_world);
            }
            finally
            {
                ArmTimer();
            }
        }
    }

    /// <summary>The data file is written before anybody is told that the change was made.</summary>
    public T Change<T>(Func<World, T> change) => Read(world =>
    {
        try
        {
            return change(world);
        }
        finally
        {
            Keep();
        }
    });

    public void Change(Action<World> change) => Change(world =>
    {
        change(world);
        return true;
    });

    /// <summary>A fault that struck is used up, also over a kill.</summary>
    public RpcFault? TakeFault(string rpc, string database, IMessage request) => Read(world =>
    {
        var fault = world.Faults.TakeForCall(rpc, () => CallSubject.Of(world, database, request));
        if (fault is not null) Keep();
        return fault;
    });

    public Fault? TakeFaultForConnection() => Read(world =>
    {
        var fault = world.Faults.TakeForConnection();
        if (fault is not null) Keep();
        return fault;
    });

    /// <summary>Between two pings of a client, while a call is in flight; null where the server bears any.</summary>
    public TimeSpan? LeastPingInterval => Read(world => world.Settings.LeastPingSeconds ?? Rules.LeastPingSeconds) is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null;

    public ServerSettings Configure(ServerSettings settings) => Change(world => world.Configure(settings.Checked()));

    public ServerTimings Configure(ServerTimings timings) => Change(world => world.State.Timings = timings.Checked());

    public void Restart() => Change(world =>
    {
        world.Restart();
        Log.Append(NewEntry("restarted"));
    });

    public LogEntry NewEntry(string what) => new()
    {
        Event = what,
        At = _time.GetUtcNow(),
        MonotonicMs = (long)(_time.GetTimestamp() * 1000.0 / _time.TimestampFrequency),
    };

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _timer.Dispose();
            Log.Dispose();
        }
    }

    public static IReadOnlyList<string> Ids(IEnumerable<long> ids) =>
        [.. ids.Select(id => id.ToString(System.Globalization.CultureInfo.InvariantCulture))];

    /// <summary>While the process was down nothing went on: the world is brought to the present before its timeline is looked at.</summary>
    private void Resume()
    {
        lock (_gate)
        {
            _world.Resume(_clock.Now);
            Log.Append(NewEntry("restarted"));
            Keep();
            ArmTimer();
        }
    }

    private WorldState NewState()
    {
        var now = _clock.Now;
        var state = new WorldState { Generation = Rules.Name, Now = now, StartedAt = now, IndexBuilderFreeAt = now };
        // Milvus's allocator hands out blocks a little behind its timestamps, and both are near 4.7e17 in these years.
        state.LastId = (long)Tso.At(now) - 2_000_000;
        state.Databases.Add(new Database(1, Catalog.DefaultDatabase, Tso.At(now)));
        return state;
    }

    private void Wake()
    {
        lock (_gate)
        {
            // A timer can fire once more while it is being disposed of.
            if (_isDisposed) return;
            _armedFor = null;
            try
            {
                Read(_ => true);
            }
            catch (IOException)
            {
                // The disk is full, say: nobody is to be told of what happened before it is kept, and nobody asked. Whoever asks next tries again.
            }
        }
    }

    private void Keep()
    {
        _isUnsaved = true;
        _dataFile?.Save(_world.State);
        _isUnsaved = false;
    }

    private void ArmTimer()
    {
        // Most calls leave the next thing where it was, and setting a timer is what would cost most in them.
        if (_world.NextDue is not { } due || due == _armedFor) return;
        _armedFor = due;
        _timer.Change(_clock.Until(due), Timeout.InfiniteTimeSpan);
    }

    private void LogAutomaticStart(IReadOnlyList<CompactionTask> plans) => Log.Append(NewEntry("compactionStarted") with
    {
        Database = plans[0].Database,
        Collection = plans[0].CollectionName,
        CollectionId = Ids([plans[0].CollectionId])[0],
        CompactionId = Ids([plans[0].TriggerId])[0],
        PlanIds = Ids(plans.Select(plan => plan.PlanId)),
        SegmentsBefore = Ids(plans.SelectMany(plan => plan.Sources)),
        Overlaps = _world.Compactions.RunningManual(plans[0].CollectionId),
        Foreign = true,
    });

    private void LogIndexed(Segment segment) => Log.Append(NewEntry("segmentIndexed") with
    {
        CollectionId = Ids([segment.CollectionId])[0],
        SegmentId = Ids([segment.Id])[0],
    });

    private void LogEnd(IReadOnlyList<CompactionTask> plans)
    {
        var first = plans[0];
        var data = _world.SegmentsOf(first.CollectionId).Where(segment => segment.IsData).ToList();
        Log.Append(NewEntry("compactionEnded") with
        {
            Database = first.Database,
            Collection = first.CollectionName,
            CollectionId = Ids([first.CollectionId])[0],
            CompactionId = Ids([first.TriggerId])[0],
            PlanIds = Ids(plans.Select(plan => plan.PlanId)),
            FailedPlanIds = plans.Any(plan => plan.HasFailed) ? Ids(plans.Where(plan => plan.HasFailed).Select(plan => plan.PlanId)) : null,
            SegmentsAfter = Ids(data.Select(segment => segment.Id)),
            SegmentsMade = Ids(plans.SelectMany(plan => plan.Targets)),
            SegmentsTogether = [.. data.GroupBy(segment => (segment.PartitionId, segment.Channel)).Select(group => Ids(group.Select(segment => segment.Id)))],
            Foreign = first.IsForeign ? true : null,
        });
    }
}
