namespace Milvus.Optimize.Simulator.Model;

/// <summary>What a ManualCompaction says beside the collection. A force merge listens to the size alone, clustering and L0 to nothing else.</summary>
/// <param name="TargetSize">0 asks for no force merge.</param>
/// <param name="PartitionId">0 for all.</param>
/// <param name="Channel">Empty for all.</param>
/// <param name="SegmentIds">Empty for all.</param>
/// <param name="IsMajor">By clustering key.</param>
/// <param name="IsL0">Deletes go to the segments that they are about.</param>
internal sealed record CompactionAsk(long TargetSize = 0, long PartitionId = 0, string Channel = "", IReadOnlyCollection<long>? SegmentIds = null, bool IsMajor = false, bool IsL0 = false)
{
    public bool Means(Segment segment) =>
        (PartitionId == 0 || segment.PartitionId == PartitionId)
        && (Channel.Length == 0 || segment.Channel == Channel)
        && (SegmentIds is null or { Count: 0 } || SegmentIds.Contains(segment.Id));
}
