namespace Milvus.Optimize.Simulator.Model;

/// <summary>Everything that is true of the server at one moment, in a form that goes into the data file as it is.</summary>
internal sealed class WorldState
{
    public int Format { get; set; } = 1;

    public string Generation { get; set; } = "";

    public DateTimeOffset Now { get; set; }

    /// <summary>When this life of the server began.</summary>
    public DateTimeOffset StartedAt { get; set; }

    public long LastId { get; set; }

    public ulong LastTimestamp { get; set; }

    public long LastHappening { get; set; }

    public DateTimeOffset IndexBuilderFreeAt { get; set; }

    public ServerTimings Timings { get; set; } = new();

    public ServerSettings Settings { get; set; } = new();

    /// <summary>Collections whose auto compaction is due.</summary>
    public HashSet<long> LookedAfter { get; set; } = [];

    public List<Database> Databases { get; set; } = [];

    /// <summary>"database/name" of collections that are gone, and of their aliases; see <see cref="GenerationRules.RemembersDroppedNames"/>.</summary>
    public Dictionary<string, DroppedCollection> DroppedNames { get; set; } = [];

    public CollectionTable Collections { get; set; } = [];

    public SegmentTable Segments { get; set; } = [];

    public List<CompactionTask> Tasks { get; set; } = [];

    /// <summary>Ended plans that the server has no record of any more while others of their compaction run: the log is still to tell what they did.</summary>
    public List<CompactionTask> Unrecorded { get; set; } = [];

    public Timeline Timeline { get; set; } = [];

    /// <summary>Passwords as hashes.</summary>
    public List<User> Users { get; set; } = [];

    public List<Fault> Faults { get; set; } = [];
}

/// <summary>What a name or an alias stood for.</summary>
internal sealed record DroppedCollection(long Id, string Name);
