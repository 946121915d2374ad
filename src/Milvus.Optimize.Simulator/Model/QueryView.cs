using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Model;

/// <summary>Which segments the query nodes serve of a loaded collection, and whether they fit.</summary>
internal sealed class QueryView(World world)
{
    /// <summary>
    /// Serves every persisted segment whose indexes are built. One that is not built yet is still served by its sources
    /// if those are resident, so a refresh can be "100" and the view not the final one.
    /// </summary>
    /// <returns>Whether the new view fits beside the old one; otherwise the old one stays.</returns>
    public bool Swap(Collection collection)
    {
        var next = Next(collection, partition => collection.StageOf(partition) == LoadStage.Loaded);
        if (!Fits(collection, next)) return false;
        collection.QuerySegments = next;
        return true;
    }

    public bool Fits(Collection collection, Func<long, bool> partitions) => Fits(collection, Next(collection, partitions));

    /// <summary>How many segments it has once the load is over.</summary>
    public int Size(Collection collection) => Next(collection, partition => collection.StageOf(partition) != LoadStage.NotLoaded).Count;

    private List<long> Next(Collection collection, Func<long, bool> partitions)
    {
        var resident = collection.QuerySegments.ToHashSet();
        var persisted = world.SegmentsOf(collection.Id).Where(segment => segment.IsFlushed && segment.Level != SegmentLevel.L0 && partitions(segment.PartitionId)).ToList();
        // One product that is not ready keeps the sources in place of all its siblings: otherwise rows would be served twice.
        var stillServing = persisted
            .Where(segment => segment.CompactionFrom.Count > 0 && !Indexes.IsIndexed(collection, segment) && Sources(segment, resident).All(resident.Contains))
            .SelectMany(segment => Sources(segment, resident))
            .Distinct()
            .ToList();
        return [.. stillServing, .. persisted.Where(segment => !Sources(segment, resident).Any(stillServing.Contains)).Select(segment => segment.Id)];
    }

    /// <summary>Of a source that was never served, as what a merge left unsorted, its own sources.</summary>
    private IEnumerable<long> Sources(Segment segment, HashSet<long> resident) => segment.CompactionFrom.SelectMany(
        id => !resident.Contains(id) && world.Segment(id) is { State: SegmentState.Dropped, CompactionFrom: { Count: > 0 } before } ? before : [id]);

    private bool Fits(Collection collection, List<long> next)
    {
        if (!world.Settings.ChecksMemory) return true;
        long Bytes(IEnumerable<long> segments) => segments.Select(world.Segment).Sum(segment => segment?.Bytes ?? 0);
        var others = world.State.Collections.Where(other => other != collection).Sum(other => Bytes(other.QuerySegments) * other.Replicas);
        return others + Bytes(collection.QuerySegments.Union(next)) * collection.Replicas <= world.Settings.Topology.QueryNodeMemoryBytes.Sum();
    }
}
