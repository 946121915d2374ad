using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Model;

/// <summary>What a plan leaves behind: its sources dropped, and their living rows in new segments, all in one step.</summary>
internal sealed class CompactionProducts(World world)
{
    public IEnumerable<Segment> SourcesOf(CompactionTask task) => task.Sources.Select(world.Segment).OfType<Segment>();

    public void Succeed(CompactionTask task, Collection collection)
    {
        if (task.IsL0)
        {
            foreach (var deletes in task.Sources) world.Writes.ApplyDeletes(deletes);
            task.State = CompactionTaskState.Completed;
            return;
        }

        var sources = SourcesOf(task).ToList();
        var living = sources.Select(source => (Segment: source, Rows: LivingRows(collection, source))).ToList();
        var rows = living.Sum(source => source.Rows);
        // In 128 bits: half a billion rows times their bytes is more than a long holds.
        var bytes = living.Sum(source => source.Segment.Rows == 0 ? 0 : (long)((Int128)source.Segment.Bytes * source.Rows / source.Segment.Rows));
        // A plan whose rows are all deleted or expired has no product, and its target stays -1 as if it had failed.
        var count = rows == 0 ? 0 : (int)Math.Clamp(Math.Min(task.Outputs, Planning.Pack.Ceiling(bytes, Math.Max(1, task.MaxBytes))), 1, rows);
        for (var i = 0; i < count; i++)
            Add(task, sources, Share(rows, count, i), Share(bytes, count, i));
        foreach (var source in sources) Drop(collection, source);
        task.State = CompactionTaskState.Completed;
    }

    /// <summary>Dropped segments that no view and no lineage needs any more.</summary>
    public void Prune(long collectionId)
    {
        var sources = world.SegmentsOf(collectionId).Where(segment => segment.State != SegmentState.Dropped).SelectMany(segment => segment.CompactionFrom).ToList();
        var needed = sources.Concat(sources.Select(world.Segment).OfType<Segment>().Where(source => !source.IsSorted).SelectMany(source => source.CompactionFrom))
            .Concat(world.Catalog.ById(collectionId)?.QuerySegments ?? [])
            .ToHashSet();
        world.State.Segments.RemoveOf(collectionId, segment =>
            segment.State == SegmentState.Dropped && !segment.IsCompacting && !needed.Contains(segment.Id));
    }

    private void Add(CompactionTask task, List<Segment> sources, long rows, long bytes)
    {
        var product = new Segment
        {
            Id = world.NewId(),
            CollectionId = task.CollectionId,
            PartitionId = task.PartitionId,
            Channel = task.Channel,
            Rows = rows,
            Bytes = bytes,
            IsSorted = sources.TrueForAll(segment => segment.IsSorted),
            LastExpireTime = task.CreatedAt,
            NewestRowAt = sources.Max(segment => segment.NewestRowAt),
            CompactionFrom = [.. task.Sources],
        };
        world.State.Segments.Add(product);
        task.Targets.Add(product.Id);
        // Its rows go into one more segment first: the plan's target is soon gone.
        if (world.Rules.SortsAfterFlush && !product.IsSorted) world.Writes.Sort(product);
        else world.Indexes.AnnounceSegment(product);
    }

    private void Drop(Collection collection, Segment source)
    {
        source.State = SegmentState.Dropped;
        source.IsCompacting = false;
        collection.LastDroppedSegment = source.Id;
        collection.LosesSegmentsUntil = world.Now + TimeSpan.FromSeconds(world.Settings.SegmentLossSeconds);
    }

    private long LivingRows(Collection collection, Segment segment)
    {
        if (collection.TimeToLive is { } ttl && segment.NewestRowAt is { } newest && world.Now - newest > ttl) return 0;
        return Math.Max(0, segment.Rows - segment.DeletedRows);
    }

    /// <summary>The first ones take the rest of the division, so that nothing is lost.</summary>
    private static long Share(long whole, int parts, int part) => whole / parts + (part < whole % parts ? 1 : 0);
}
