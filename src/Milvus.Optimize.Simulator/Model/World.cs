using Milvus.Optimize.Simulator.Faults;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Model;

/// <summary>
/// The server without its wire. It has no clock and no timer of its own: whoever asks brings it to the present first
/// (<see cref="AdvanceTo"/>), and it lets everything that was due happen in order, each at its own moment. So the same
/// calls at the same moments give the same answers, and a slow caller sees nothing out of order.
/// Not thread-safe; <see cref="Simulation"/> holds the lock.
/// </summary>
internal sealed class World
{
    public World(WorldState state, GenerationRules rules)
    {
        State = state;
        Rules = rules;
        Faults = new FaultBook(state.Faults);
        Catalog = new Catalog(this);
        Partitions = new Partitions(this);
        Users = new Users(this);
        Writes = new Writes(this);
        Indexes = new Indexes(this);
        Loads = new Loads(this);
        Compactions = new Compactions(this);
    }

    public WorldState State { get; }

    public GenerationRules Rules { get; }

    public FaultBook Faults { get; }

    public Catalog Catalog { get; }

    public Partitions Partitions { get; }

    public Users Users { get; }

    public Writes Writes { get; }

    public Indexes Indexes { get; }

    public Loads Loads { get; }

    public Compactions Compactions { get; }

    public ServerTimings Timings => State.Timings;

    /// <summary>What counts now: the kept settings with those of this life on top.</summary>
    public ServerSettings Settings => Overrides.Over(State.Settings);

    public SettingsOverrides Overrides { get; set; } = new();

    public DateTimeOffset Now => State.Now;

    public DateTimeOffset? NextDue => State.Timeline.Next?.DueAt;

    public long NewId() => ++State.LastId;

    /// <summary>A timestamp that no earlier call got, as AllocTimestamp promises.</summary>
    public ulong NewTimestamp() => State.LastTimestamp = Math.Max(State.LastTimestamp + 1, Tso.At(Now));

    public void Schedule(TimeSpan after, Happening happening) =>
        State.Timeline.Add(happening with { DueAt = Now + after, Number = ++State.LastHappening });

    /// <summary>The moment at which a server that looks every so often, from its start on, sees what is true from <paramref name="at"/> on.</summary>
    public DateTimeOffset SeenAt(DateTimeOffset at, double everySeconds)
    {
        var every = TimeSpan.FromSeconds(everySeconds).Ticks;
        if (every == 0) return at;
        var since = (at - State.StartedAt).Ticks;
        return State.StartedAt.AddTicks((since + every - 1) / every * every);
    }

    /// <summary>What differs from what counts now is kept, and ends the override of it; the rest of the overrides stays unkept.</summary>
    public ServerSettings Configure(ServerSettings settings)
    {
        (State.Settings, Overrides) = Overrides.Configured(State.Settings, settings);
        return Settings;
    }

    public Segment? Segment(long id) => State.Segments.Find(id);

    public IReadOnlyList<Segment> SegmentsOf(long collectionId) => State.Segments.Of(collectionId);

    /// <summary>Segments whose rows a server counts: in Lite those that still grow too.</summary>
    public IEnumerable<Segment> CountedSegments(long collectionId) =>
        SegmentsOf(collectionId).Where(segment => segment.IsData || (Rules.IsLite && segment.State == SegmentState.Growing));

    /// <returns>Whether anything happened on the way.</returns>
    public bool AdvanceTo(DateTimeOffset now)
    {
        var happened = false;
        while (State.Timeline.Next is { } due && due.DueAt <= now)
        {
            State.Timeline.Remove(due);
            if (due.DueAt > State.Now) State.Now = due.DueAt;
            Happen(due);
            happened = true;
        }

        if (now > State.Now) State.Now = now;
        return happened;
    }

    /// <summary>What a kill and a new start of the server do to its memory.</summary>
    public void Restart()
    {
        // A new life allocates from a new block, far from the ids of the last one.
        State.LastId = Math.Max(State.LastId + 100_000, (long)Tso.At(Now) - 1_000_000);
        State.StartedAt = Now;
        Compactions.Restart();
        Indexes.Restart();
        Loads.Restart();
    }

    /// <summary>The first moment of a new life: what was under way when the last one was killed, and does not begin anew, still takes as long as it had left.</summary>
    public void Resume(DateTimeOffset now)
    {
        var downtime = now - State.Now;
        State.Timeline.Shift(downtime);
        State.Now = now;
        Restart();
    }

    private void Happen(Happening due)
    {
        switch (due)
        {
            case PlanEnds h: Compactions.End(h.PlanId); break;
            case PlanVanishes h: Compactions.Vanish(h.PlanId); break;
            case PlanIsCleaned h: Compactions.Clean(h.PlanId); break;
            case OldRecordsGo: Compactions.CollectOldRecords(); break;
            case AutoCompactionLooks h: Compactions.LookForSmallSegments(h.CollectionId); break;
            case DeletesApply h: Writes.ApplyDeletes(h.SegmentId); break;
            case SegmentFlushes h: Writes.FlushEnds(h.SegmentId); break;
            case SegmentIsSorted h: Writes.SortEnds(h.SegmentId, h.StartedAt); break;
            case IndexIsRegistered h: Indexes.Register(h.SegmentId); break;
            case IndexIsBuilt h: Indexes.BuildEnds(h); break;
            case LoadEnds h: Loads.LoadEnds(h.CollectionId); break;
            case RefreshEnds h: Loads.RefreshEnds(h.CollectionId); break;
            case ViewHandsOver h: Loads.HandOver(h.CollectionId); break;
            default: throw new InvalidOperationException($"the simulator cannot let {due.GetType().Name} happen");
        }
    }
}
