namespace Milvus.Optimize.Simulator;

/// <summary>The server's configuration, as far as compaction, indexes and loading ask for it; null takes what the generation ships with.</summary>
public sealed record ServerSettings
{
    /// <summary>dataCoord.enableCompaction: without it every compaction call is refused, as if a retry would help.</summary>
    public bool EnableCompaction { get; init; } = true;

    /// <summary>dataCoord.compaction.enableAutoCompaction; it does not block what a client asks for.</summary>
    public bool AutoCompaction { get; init; } = true;

    /// <summary>dataCoord.segment.maxSize.</summary>
    public int? SegmentMaxSizeMb { get; init; }

    /// <summary>dataCoord.segment.diskSegmentMaxSize: the same where every vector field has a DiskANN index.</summary>
    public int DiskSegmentMaxSizeMb { get; init; } = 2048;

    /// <summary>dataCoord.compaction.maxFullSegmentThreshold: groups up to this size are planned exactly, larger ones greedily.</summary>
    public int MaxFullSegmentThreshold { get; init; } = 100;

    /// <summary>dataCoord.compaction.forceMerge.queryNodeMemoryFactor and its twin for data nodes.</summary>
    public double? MemoryFactor { get; init; }

    /// <summary>dataCoord.compaction.dropTolerance: how long the record of a task is kept, from its start.</summary>
    public double? DropToleranceSeconds { get; init; }

    /// <summary>dataCoord.compaction.gcInterval: how often that is looked at.</summary>
    public double GcIntervalSeconds { get; init; } = 1800;

    /// <summary>Collections that do not fit into the query nodes are refused, and a view that does not fit beside the old one is never handed over.</summary>
    public bool ChecksMemory { get; init; }

    /// <summary>So long after sources were dropped, every other GetPersistentSegmentInfo answers 600; 0 never.</summary>
    public double SegmentLossSeconds { get; init; }

    /// <summary>DescribeIndex calls everything finished (#40580).</summary>
    public bool IndexesLookFinished { get; init; }

    /// <summary>Asked for a compaction that it does not know, or no longer, the server says Executing for ever, as up to 2.2 (#18822), and not Completed.</summary>
    public bool UnknownCompactionsExecute { get; init; }

    /// <summary>What GetLoadingProgress says of a refresh. Lite says nothing of it, whatever stands here.</summary>
    public RefreshReport RefreshProgress { get; init; }

    /// <summary>ManualCompaction and the list of its plans by collection look for a database in their own field alone, as up to 2.4, and not in the dbname header.</summary>
    public bool IgnoresDatabaseHeader { get; init; }

    /// <summary>What was read from storage of snapshots is not there yet: from g4 on no collection is force merged until it is.</summary>
    public bool SnapshotsUnread { get; init; }

    /// <summary>What GetVersion answers; null takes the generation's own.</summary>
    public string? Version { get; init; }

    /// <summary>What Connect answers in its build_tags; null takes the generation's own, which is its version where it has no other.</summary>
    public string? BuildTags { get; init; }

    /// <summary>A client whose HTTP/2 pings come sooner after each other than this, while a call is in flight and nothing is answered, is told too_many_pings; 0 bears any, null takes the generation's.</summary>
    public double? LeastPingSeconds { get; init; }

    public Topology Topology { get; init; } = new();

    /// <exception cref="ArgumentException">A duration is below 0 or no number, or the interval of the garbage collector is 0.</exception>
    internal ServerSettings Checked()
    {
        CheckSeconds("segmentLossSeconds", SegmentLossSeconds);
        CheckSeconds("dropToleranceSeconds", DropToleranceSeconds ?? 0);
        CheckSeconds("gcIntervalSeconds", GcIntervalSeconds);
        CheckSeconds("leastPingSeconds", LeastPingSeconds ?? 0);
        return GcIntervalSeconds > 0 ? this : throw new ArgumentException("gcIntervalSeconds is above 0");
    }

    internal static void CheckSeconds(string name, double seconds)
    {
        // A hundred years: a moment that far off still is a date.
        const double most = 100 * 365.25 * 86_400;
        if (seconds is not (>= 0 and <= most)) throw new ArgumentException($"{name} is 0 to {most:0}, not {seconds}");
    }
}
