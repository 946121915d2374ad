namespace Milvus.Optimize.Simulator;

/// <summary>What a collection looks like inside the simulator at one moment, for tests that want the truth and not what an RPC shows.</summary>
public sealed record CollectionView(
    long Id,
    string Database,
    string Name,
    bool IsLoaded,
    IReadOnlyList<SegmentView> Segments,
    IReadOnlyList<long> QuerySegmentIds);

/// <summary>A segment that is not dropped.</summary>
public sealed record SegmentView(
    long Id,
    long PartitionId,
    string Channel,
    long Rows,
    long Bytes,
    string State,
    string Level,
    bool IsSorted,
    bool IsCompacting,
    bool IsIndexed,
    IReadOnlyList<long> CompactionFrom);
