using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Model;

/// <summary>What is loaded, and which segments the query nodes really serve: they follow the persisted ones with a lag.</summary>
internal sealed class Loads(World world)
{
    // Of the time of a whole load: until the channels are served, and of a load that has no segment.
    private const double ChannelsShare = 0.4;
    private const double EmptyShare = 0.7;

    public void Load(Collection collection, bool refresh, int replicas = 0)
    {
        if (world.Rules.IsLite)
        {
            collection.Load = LoadStage.Loaded;
            return;
        }

        if (!Indexes.EveryVectorFieldIsIndexed(collection)) throw world.Catalog.Refusals.NoIndexOn(collection.Name);
        if (refresh) Refresh(collection);
        else if (collection.Load == LoadStage.NotLoaded)
        {
            collection.Replicas = Math.Max(1, replicas);
            if (!Fits(collection, Target(collection))) throw Refusals.InsufficientMemory(collection.Id);
            Start(collection);
        }
    }

    /// <summary>Ids of the query nodes that serve a replica: nodes are dealt out in turn.</summary>
    public IReadOnlyList<long> NodesOf(Collection collection, int replica)
    {
        var nodes = Math.Max(1, world.Settings.Topology.QueryNodeMemoryBytes.Count);
        return [.. Enumerable.Range(0, nodes).Where(node => node % collection.Replicas == replica || (replica >= nodes && node == replica % nodes)).Select(node => (long)node + 1)];
    }

    public void Release(Collection collection)
    {
        collection.Load = LoadStage.NotLoaded;
        collection.RefreshOutstanding = false;
        collection.QuerySegments = [];
        world.State.Timeline.RemoveAll(happening => happening switch
        {
            LoadEnds h => h.CollectionId == collection.Id,
            RefreshEnds h => h.CollectionId == collection.Id,
            ViewHandsOver h => h.CollectionId == collection.Id,
            _ => false,
        });
    }

    /// <summary>Percent of the channels and segments that are served: first come the channels, then all segments; stays 100 during a refresh.</summary>
    public long Progress(Collection collection)
    {
        if (collection.Load != LoadStage.Loading) return 100;
        if ((world.Now - collection.LoadStartedAt).TotalSeconds < world.Timings.LoadSeconds * ChannelsShare) return 0;
        var (channels, segments) = (collection.Channels.Count, Target(collection).Count);
        return Math.Min(99, channels * 100 / (channels + segments));
    }

    /// <summary>The persisted segments or their indexes changed; the query nodes pull that by themselves, some time later.</summary>
    public void TargetChanged(long collectionId)
    {
        if (world.Catalog.ById(collectionId) is { Load: LoadStage.Loaded })
            world.Schedule(TimeSpan.FromSeconds(world.Timings.HandOverSeconds), new ViewHandsOver(collectionId));
    }

    public void LoadEnds(long collectionId)
    {
        if (world.Catalog.ById(collectionId) is not { Load: LoadStage.Loading } collection) return;
        collection.Load = LoadStage.Loaded;
        Swap(collection);
    }

    public void RefreshEnds(long collectionId)
    {
        if (world.Catalog.ById(collectionId) is not { RefreshOutstanding: true } collection) return;
        if (!Swap(collection))
        {
            // It stays outstanding and is tried again: whoever waits for 100 without a deadline waits for ever.
            world.Schedule(TimeSpan.FromSeconds(world.Timings.RefreshSeconds), new RefreshEnds(collection.Id));
            return;
        }

        collection.RefreshOutstanding = false;
    }

    public void HandOver(long collectionId)
    {
        if (world.Catalog.ById(collectionId) is { Load: LoadStage.Loaded } collection) Swap(collection);
    }

    /// <summary>A new server finds its collections in the meta store and loads them again; until then queries see nothing.</summary>
    public void Restart()
    {
        foreach (var collection in world.State.Collections.Where(c => c.Load != LoadStage.NotLoaded))
        {
            Release(collection);
            Start(collection);
        }
    }

    /// <summary>For set-up: loaded at once.</summary>
    public void LoadNow(Collection collection)
    {
        collection.Load = LoadStage.Loaded;
        collection.ReplicaId = world.NewId();
        Swap(collection);
    }

    private void Refresh(Collection collection)
    {
        if (collection.Load == LoadStage.NotLoaded) throw Refusals.NotLoaded(collection.Id);
        if (collection.Load == LoadStage.Loading) throw Refusals.NotFullyLoaded(collection.Id);
        collection.RefreshOutstanding = true;
        world.State.Timeline.RemoveAll(happening => happening is RefreshEnds h && h.CollectionId == collection.Id);
        world.Schedule(TimeSpan.FromSeconds(world.Timings.RefreshSeconds), new RefreshEnds(collection.Id));
    }

    private void Start(Collection collection)
    {
        collection.Load = LoadStage.Loading;
        collection.LoadStartedAt = world.Now;
        collection.ReplicaId = world.NewId();
        var share = Target(collection).Count == 0 ? EmptyShare : 1;
        world.Schedule(TimeSpan.FromSeconds(world.Timings.LoadSeconds * share), new LoadEnds(collection.Id));
    }

    /// <summary>
    /// Serves every persisted segment whose indexes are built. One that is not built yet is still served by its sources
    /// if those are resident, so a refresh can be "100" and the view not the final one.
    /// </summary>
    /// <returns>Whether the new view fits beside the old one; otherwise the old one stays.</returns>
    private bool Swap(Collection collection)
    {
        var next = Target(collection);
        if (!Fits(collection, next)) return false;
        collection.QuerySegments = next;
        return true;
    }

    private List<long> Target(Collection collection)
    {
        var resident = collection.QuerySegments.ToHashSet();
        var persisted = world.SegmentsOf(collection.Id).Where(segment => segment.IsFlushed && segment.Level != SegmentLevel.L0).ToList();
        // One product that is not ready keeps the sources in place of all its siblings: otherwise rows would be served twice.
        var stillServing = persisted
            .Where(segment => segment.CompactionFrom.Count > 0 && !Indexes.IsIndexed(collection, segment) && segment.CompactionFrom.All(resident.Contains))
            .SelectMany(segment => segment.CompactionFrom)
            .Distinct()
            .ToList();
        return [.. stillServing, .. persisted.Where(segment => !segment.CompactionFrom.Exists(stillServing.Contains)).Select(segment => segment.Id)];
    }

    private bool Fits(Collection collection, List<long> next)
    {
        if (!world.Settings.ChecksMemory) return true;
        long Bytes(IEnumerable<long> segments) => segments.Select(world.Segment).Sum(segment => segment?.Bytes ?? 0);
        var others = world.State.Collections.Where(other => other != collection).Sum(other => Bytes(other.QuerySegments) * other.Replicas);
        return others + Bytes(collection.QuerySegments.Union(next)) * collection.Replicas <= world.Settings.Topology.QueryNodeMemoryBytes.Sum();
    }
}
