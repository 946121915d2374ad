using System.Collections.Immutable;

namespace Milvus.Optimize.Simulator;

/// <summary>What a force merge's target_size means to a server.</summary>
public enum TargetSizeMeaning
{
    /// <summary>An unknown field: plain compaction runs.</summary>
    Ignored,

    /// <summary>Force merge with the largest safe size, whatever was asked.</summary>
    AlwaysAuto,

    Bytes,
    Megabytes,
}

/// <summary>The planner of a force merge.</summary>
public enum PlanMaking
{
    /// <summary>Most full products, by dynamic programming up to a threshold and greedily above it.</summary>
    FullSegments,

    /// <summary>Packs of one, two and three products with 5 % tolerance.</summary>
    Knapsack,
}

/// <summary>The answer to a ManualCompaction that found nothing to do.</summary>
public enum NothingToDo
{
    MinusOne,

    /// <summary>A fresh positive id without any plan.</summary>
    PositiveId,

    Zero,
}

/// <summary>The behaviour of one line of Milvus servers, as switches. The table stands in <see cref="GenerationTable"/>.</summary>
public sealed record GenerationRules
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    public string BuildTags { get; init; } = "";

    public string BuildTime { get; init; } = "";

    public string GitCommit { get; init; } = "";

    public string GoVersion { get; init; } = "";

    /// <summary>What the names of channels begin with; a number follows. The recorded 2.3.5 is a build of its own here.</summary>
    public string ChannelPrefix { get; init; } = "by-dev-rootcoord-dml_";

    /// <summary>Partitions of a collection with a partition key when the client names no number.</summary>
    public int KeyedPartitions { get; init; } = 16;

    public TargetSizeMeaning TargetSize { get; init; } = TargetSizeMeaning.Megabytes;

    public NothingToDo NothingToDo { get; init; } = NothingToDo.MinusOne;

    /// <summary>dataCoord.segment.maxSize.</summary>
    public int SegmentMaxSizeMb { get; init; } = 1024;

    /// <summary>How a force merge groups its segments.</summary>
    public PlanMaking Planning { get; init; } = PlanMaking.FullSegments;

    /// <summary>A node's memory over this is the largest segment of a force merge.</summary>
    public double MemoryFactor { get; init; } = 4;

    /// <summary>Plain compaction gives every segment a plan of its own and merges none.</summary>
    public bool PlainRewritesEach { get; init; }

    /// <summary>dataCoord.compaction.dropTolerance.</summary>
    public double DropToleranceSeconds { get; init; } = 86_400;

    /// <summary>From a flush to the look that auto compaction takes at its collection.</summary>
    public double AutoCompactionSeconds { get; init; } = 60;

    /// <summary>How often the server looks whether plans have ended, from its start on: until then they count as executing. 0 sees it at once.</summary>
    public double PlanLookSeconds { get; init; }

    /// <summary>How often it looks whether an index has been built, and hands out the next build; 0 sees it at once.</summary>
    public double IndexLookSeconds { get; init; }

    /// <summary>Deletes are segments of their own (L0) until somebody applies them.</summary>
    public bool HasL0 { get; init; } = true;

    /// <summary>The lists of port 9091, beside /healthz.</summary>
    public bool HasManagementLists { get; init; } = true;

    public bool SkipsUnsorted { get; init; } = true;

    /// <summary>Segments that a snapshot holds, and invisible ones.</summary>
    public bool SkipsProtected { get; init; } = true;

    public bool SkipsL2 { get; init; } = true;

    /// <summary>Force merge skips none of these: up to G3 it was not yet aligned with plain and auto compaction.</summary>
    public bool ForceMergeTakesWhateverIsFree { get; init; }

    /// <summary>Capacity of a plan beyond the target: 1.05 allows 5 %.</summary>
    public double SizeTolerance { get; init; } = 1;

    /// <summary>Only a collectionID counts; 0 means every collection of the server, and an id of none is a success.</summary>
    public bool CompactsById { get; init; }

    public bool SendsPlanCount { get; init; } = true;

    /// <summary>Finished plans stay counted; otherwise they turn "cleaned" at once and no counter shows them.</summary>
    public bool CountsFinishedPlans { get; init; }

    public bool CompactionIdZeroMeansAll { get; init; }

    public bool RestartKeepsTasks { get; init; } = true;

    public bool DropFailsTasks { get; init; }

    public bool SortsAfterFlush { get; init; } = true;

    public bool SendsLevelAndSorted { get; init; } = true;

    public bool ShowsGrowingInQueryView { get; init; } = true;

    public bool SendsMemSize { get; init; } = true;

    /// <summary>Merge infos with ids, states and reasons, and the list by collection (17.4 of the facts).</summary>
    public bool SendsPlanDetails { get; init; }

    public bool MarksInputErrors { get; init; } = true;

    public bool FiltersIndexesByField { get; init; } = true;

    public bool DescribeKeepsOldErrorText { get; init; }

    /// <summary>A name whose collection was dropped still stands for that id in refusals, until there is a new collection of that name.</summary>
    public bool RemembersDroppedNames { get; init; }

    /// <summary>DescribeCollection gives the name back as it was asked for, an alias too; the schema alone has the real one.</summary>
    public bool DescribeEchoesName { get; init; }

    public bool UnknownDatabaseIsItsOwnError { get; init; } = true;

    /// <summary>Requests that alter properties can name some to remove.</summary>
    public bool HasDeleteKeys { get; init; } = true;

    /// <summary>mmap.enabled of a loaded collection or its index cannot be altered.</summary>
    public bool AltersMmapOnlyReleased { get; init; } = true;

    /// <summary>RenameCollection and AlterCollection of a collection that is not there: see <see cref="Model.Catalog"/>.</summary>
    public bool SaysWhenItLooked { get; init; }

    /// <summary>AlterIndex ends in the server's own mistake, whatever is asked.</summary>
    public bool AlterIndexIsBroken { get; init; }

    /// <summary>GetIndexState answers with no state, and success, where there is no index or more than one.</summary>
    public bool IndexStateHidesRefusals { get; init; }

    /// <summary>An upsert into a collection whose primary keys the server makes is refused.</summary>
    public bool UpsertWantsOwnKeys { get; init; }

    /// <summary>ManualCompaction knows partition_id, channel, segment_ids, majorCompaction and l0Compaction.</summary>
    public bool HasCompactionFilters { get; init; } = true;

    /// <summary>A collection whose rows lie in somebody else's storage is never compacted. A server that knows no such schema sees an ordinary one.</summary>
    public bool RefusesExternal { get; init; }

    /// <summary>Milvus Lite: no segments are shown, nothing is compacted, everything is always finished.</summary>
    public bool IsLite { get; init; }

    /// <summary>HTTP/2 pings that come sooner after each other than this end in GOAWAY too_many_pings, as of a gRPC C-core server: every ten seconds is too often, every sixty with calls
    /// in flight is not, and thirty is between them. 0 bears any.</summary>
    public double LeastPingSeconds { get; init; }

    /// <summary>RPCs that this server does not have.</summary>
    public ImmutableHashSet<string> Unimplemented { get; init; } = [];

    public static IReadOnlyList<string> Names => GenerationTable.Names;

    public static GenerationRules Of(string name) => GenerationTable.Of(name);
}
