using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Model;

/// <summary>From inserted rows to flushed, and where the generation sorts, sorted segments.</summary>
internal sealed class Writes(World world)
{
    public void Insert(Collection collection, string partition, long rows)
    {
        var partitions = partition.Length > 0 ? [RequirePartition(collection, partition)]
            : collection.HasPartitionKey ? collection.Partitions
            : collection.Partitions.Take(1).ToList();
        var places = (from p in partitions from channel in collection.Channels select (p.Id, channel)).ToList();
        for (var i = 0; i < places.Count; i++)
        {
            // The first places take the rest of the division, so that no row is lost.
            var share = rows / places.Count + (i < rows % places.Count ? 1 : 0);
            if (share > 0) Grow(collection, places[i].Id, places[i].channel, share);
        }
    }

    /// <summary>Deletes rows by their number: the oldest segments lose theirs first. The rows stay until a compaction rewrites their segment.</summary>
    public void Delete(Collection collection, string partition, long rows)
    {
        var place = partition.Length > 0 ? RequirePartition(collection, partition) : collection.Partitions[0];
        if (world.Rules.HasL0) Grow(collection, place.Id, collection.Channels[0], rows, SegmentLevel.L0);
        else Spread(collection, rows);
    }

    /// <summary>L0 compaction: the deletes go to the segments that they are about.</summary>
    public void ApplyDeletes(long segmentId)
    {
        if (world.Segment(segmentId) is not { State: SegmentState.Flushed } deletes) return;
        if (world.Catalog.ById(deletes.CollectionId) is { } collection) Spread(collection, deletes.Rows);
        world.State.Segments.Remove(deletes);
    }

    private void Spread(Collection collection, long rows)
    {
        foreach (var segment in world.SegmentsOf(collection.Id).Where(segment => segment.State != SegmentState.Dropped && segment.Level != SegmentLevel.L0))
        {
            var here = Math.Min(rows, segment.Rows - segment.DeletedRows);
            segment.DeletedRows += here;
            rows -= here;
        }
    }

    /// <summary>Seals growing rows. The segments count as flushed a little later.</summary>
    public IReadOnlyList<long> Flush(Collection collection)
    {
        var growing = world.SegmentsOf(collection.Id).Where(segment => segment.State == SegmentState.Growing).ToList();
        foreach (var segment in growing)
        {
            segment.State = SegmentState.Flushing;
            // A flush waits until the data node has taken up what was inserted, which a row that is old enough does not need.
            var age = world.Now - (segment.NewestRowAt ?? world.Now);
            var wait = TimeSpan.FromSeconds(world.Timings.InsertToFlushSeconds) - age;
            var least = TimeSpan.FromSeconds(world.Timings.FlushSeconds);
            world.Schedule(wait > least ? wait : least, new SegmentFlushes(segment.Id));
        }

        return [.. growing.Select(segment => segment.Id)];
    }

    public void FlushEnds(long segmentId)
    {
        if (world.Segment(segmentId) is not { State: SegmentState.Flushing } segment) return;
        segment.State = SegmentState.Flushed;
        if (segment.Level == SegmentLevel.L0)
        {
            world.Schedule(TimeSpan.FromSeconds(world.Timings.ApplyDeletesSeconds), new DeletesApply(segment.Id));
            return;
        }

        world.Compactions.SegmentsCame(segment.CollectionId);
        if (world.Rules.SortsAfterFlush)
        {
            segment.IsCompacting = true;
            world.Schedule(TimeSpan.FromSeconds(world.Timings.SortSeconds), new SegmentIsSorted(segment.Id, world.NewTimestamp()));
        }
        else
        {
            world.Indexes.AnnounceSegment(segment);
        }

        world.Loads.TargetChanged(segment.CollectionId);
    }

    /// <summary>Sort compaction gives the rows a new segment with a new id: whoever remembered the old one finds it gone.</summary>
    public void SortEnds(long segmentId, ulong startedAt)
    {
        if (world.Segment(segmentId) is not { State: SegmentState.Flushed } source) return;
        source.State = SegmentState.Dropped;
        source.IsCompacting = false;
        var sorted = new Segment
        {
            Id = world.NewId(),
            CollectionId = source.CollectionId,
            PartitionId = source.PartitionId,
            Channel = source.Channel,
            Rows = source.Rows,
            Bytes = source.Bytes,
            IsSorted = true,
            LastExpireTime = startedAt,
            DeletedRows = source.DeletedRows,
            NewestRowAt = source.NewestRowAt,
            CompactionFrom = [source.Id],
        };
        world.State.Segments.Add(sorted);
        world.Indexes.AnnounceSegment(sorted);
    }

    private static Partition RequirePartition(Collection collection, string name) =>
        collection.Partitions.Find(partition => partition.Name == name)
        ?? throw new MilvusRefusal(200, $"partition not found[partition={name}]");

    private void Grow(Collection collection, long partitionId, string channel, long rows, SegmentLevel level = SegmentLevel.L1)
    {
        var segment = world.SegmentsOf(collection.Id).FirstOrDefault(s =>
            s.State == SegmentState.Growing && s.Level == level && s.PartitionId == partitionId && s.Channel == channel);
        if (segment is null)
        {
            segment = new Segment
            {
                Id = world.NewId(),
                CollectionId = collection.Id,
                PartitionId = partitionId,
                Channel = channel,
                Rows = 0,
                Bytes = 0,
                State = SegmentState.Growing,
                Level = level,
            };
            world.State.Segments.Add(segment);
        }

        segment.NewestRowAt = world.Now;
        segment.Rows += rows;
        segment.Bytes += rows * RowWidth.Of(collection.Schema);
        segment.LastExpireTime = world.NewTimestamp();
    }
}
