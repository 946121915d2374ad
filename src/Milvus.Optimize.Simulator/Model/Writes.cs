using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Model;

/// <summary>From inserted rows to flushed, and where the generation sorts, sorted segments.</summary>
internal sealed class Writes(World world)
{
    public void Insert(Collection collection, string partition, long rows)
    {
        var partitions = partition.Length > 0 ? [world.Partitions.Require(collection, partition)]
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
        var place = partition.Length > 0 ? world.Partitions.Require(collection, partition) : null;
        if (rows == 0) return;
        if (world.Rules.HasL0) Grow(collection, (place ?? collection.Partitions[0]).Id, collection.Channels[0], rows, SegmentLevel.L0, isOfAllPartitions: place is null);
        else Spread(collection, place?.Id, rows);
    }

    /// <summary>A deleted row and a new one for each. Whether a key is new cannot be known here: as long as there are rows, one of them is replaced.</summary>
    public void Upsert(Collection collection, string partition, long rows)
    {
        Delete(collection, partition, rows);
        Insert(collection, partition, rows);
    }

    /// <summary>Rows that a query finds in loaded partitions: every living one once, whatever segments hold it. Age alone takes none away.</summary>
    public long LivingRows(Collection collection, Func<long, bool> partitions)
    {
        var there = world.SegmentsOf(collection.Id).Where(segment => segment.State != SegmentState.Dropped).ToList();
        var rows = there.Where(segment => segment.Level != SegmentLevel.L0 && partitions(segment.PartitionId)).Sum(segment => segment.Rows - segment.DeletedRows);
        var deleted = there.Where(segment => segment.Level == SegmentLevel.L0 && (segment.IsOfAllPartitions || partitions(segment.PartitionId))).Sum(segment => segment.Rows);
        return Math.Max(0, rows - deleted);
    }

    /// <summary>L0 compaction: the deletes go to the segments that they are about.</summary>
    public void ApplyDeletes(long segmentId)
    {
        if (world.Segment(segmentId) is not { State: SegmentState.Flushed } deletes) return;
        if (world.Catalog.ById(deletes.CollectionId) is { } collection) Spread(collection, deletes.IsOfAllPartitions ? null : deletes.PartitionId, deletes.Rows);
        world.State.Segments.Remove(deletes);
    }

    private void Spread(Collection collection, long? partition, long rows)
    {
        foreach (var segment in world.SegmentsOf(collection.Id).Where(segment =>
            segment.State != SegmentState.Dropped && segment.Level != SegmentLevel.L0 && (partition is null || segment.PartitionId == partition)))
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
        foreach (var segment in growing) Seal(segment);
        return [.. growing.Select(segment => segment.Id)];
    }

    private void Seal(Segment segment)
    {
        segment.State = SegmentState.Flushing;
        // A flush waits until the data node has taken up what was inserted, which a row that is old enough does not need.
        var age = world.Now - (segment.NewestRowAt ?? world.Now);
        var wait = TimeSpan.FromSeconds(world.Timings.InsertToFlushSeconds) - age;
        var least = TimeSpan.FromSeconds(world.Timings.FlushSeconds);
        world.Schedule(wait > least ? wait : least, new SegmentFlushes(segment.Id));
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
        if (world.Rules.SortsAfterFlush) Sort(segment);
        else world.Indexes.AnnounceSegment(segment);
        world.Loads.TargetChanged(segment.CollectionId);
    }

    /// <summary>Begins the sort compaction that every unsorted segment goes through before its indexes.</summary>
    public void Sort(Segment segment)
    {
        segment.IsCompacting = true;
        world.Schedule(TimeSpan.FromSeconds(world.Timings.SortSeconds), new SegmentIsSorted(segment.Id, world.NewTimestamp()));
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

    /// <summary>A growing segment that is full is sealed without being asked for, and the next one begins.</summary>
    private void Grow(Collection collection, long partitionId, string channel, long rows, SegmentLevel level = SegmentLevel.L1, bool isOfAllPartitions = false)
    {
        var width = RowWidth.Of(collection.Schema);
        var full = Math.Max(1, world.Compactions.LargestSegment(collection) / width);
        while (rows > 0)
        {
            var segment = Growing(collection, partitionId, channel, level, isOfAllPartitions);
            var taken = level == SegmentLevel.L0 ? rows : Math.Min(rows, Math.Max(1, full - segment.Rows));
            segment.NewestRowAt = world.Now;
            segment.Rows += taken;
            segment.Bytes += taken * width;
            segment.LastExpireTime = world.NewTimestamp();
            rows -= taken;
            if (level != SegmentLevel.L0 && segment.Rows >= full) Seal(segment);
        }
    }

    private Segment Growing(Collection collection, long partitionId, string channel, SegmentLevel level, bool isOfAllPartitions)
    {
        var segment = world.SegmentsOf(collection.Id).FirstOrDefault(s =>
            s.State == SegmentState.Growing && s.Level == level && s.PartitionId == partitionId && s.Channel == channel && s.IsOfAllPartitions == isOfAllPartitions);
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
                IsOfAllPartitions = isOfAllPartitions,
            };
            world.State.Segments.Add(segment);
        }

        return segment;
    }
}
