namespace Milvus.Optimize.Simulator.Model;

/// <summary>What is loaded, and which segments the query nodes really serve: they follow the persisted ones with a lag.</summary>
internal sealed class Loads(World world)
{
    // Of the time of a whole load: until the channels are served, and of a load that has no segment.
    private const double ChannelsShare = 0.4;
    private const double EmptyShare = 0.7;

    private readonly QueryView _view = new(world);

    /// <summary>The whole collection, partitions that come later too.</summary>
    public void Load(Collection collection, bool refresh, int replicas = 0)
    {
        if (world.Rules.IsLite)
        {
            collection.Load = LoadStage.Loaded;
            return;
        }

        if (!Indexes.EveryVectorFieldIsIndexed(collection)) throw world.Catalog.Refusals.NoIndexOn(collection.Name);
        if (refresh)
        {
            Refresh(collection);
            return;
        }

        var missing = Missing(collection, collection.Partitions.Select(partition => partition.Id), replicas, "collection");
        if (missing.Count == 0) return;
        collection.LeavesNewPartitionsOut = false;
        Start(collection, missing);
    }

    /// <summary>Some partitions, beside those that are loaded; what comes later stays out, unless the whole collection was loaded before.</summary>
    public void LoadPartitions(Collection collection, IReadOnlyList<string> names, bool refresh, int replicas)
    {
        if (collection.HasPartitionKey) throw Refusals.Unexpected("disable load partitions if partition key mode is used");
        if (!Indexes.EveryVectorFieldIsIndexed(collection)) throw world.Catalog.Refusals.NoIndexOn(collection.Name);
        if (names.Count == 0) throw Refusals.Unexpected("failed to load partition, due to no partition specified");
        var asked = names.Select(name => world.Partitions.Require(collection, name).Id).ToList();
        if (refresh)
        {
            Refresh(collection);
            return;
        }

        var isFirst = collection.Load == LoadStage.NotLoaded;
        var missing = Missing(collection, asked, replicas, "partitions");
        if (missing.Count == 0) return;
        if (isFirst) collection.LeavesNewPartitionsOut = true;
        Start(collection, missing);
    }

    /// <summary>Ids of the query nodes that serve a replica: nodes are dealt out in turn.</summary>
    public IReadOnlyList<long> NodesOf(Collection collection, int replica)
    {
        var nodes = Math.Max(1, world.Settings.Topology.QueryNodeMemoryBytes.Count);
        return [.. Enumerable.Range(0, nodes).Where(node => node % collection.Replicas == replica || (replica >= nodes && node == replica % nodes)).Select(node => (long)node + 1)];
    }

    public void Release(Collection collection)
    {
        collection.UnloadedPartitions.Clear();
        collection.LeavesNewPartitionsOut = false;
        Unload(collection);
    }

    /// <summary>The last one that goes takes the collection with it.</summary>
    public void ReleasePartitions(Collection collection, IReadOnlyList<string> names)
    {
        if (collection.HasPartitionKey) throw Refusals.Unexpected("disable release partitions if partition key mode is used");
        var asked = names.Select(name => world.Partitions.Require(collection, name).Id).ToList();
        if (asked.Count == 0) throw new MilvusRefusal(1100, "invalid parameter[expected=any parttiion][actual=empty partition list]");
        if (collection.Load == LoadStage.NotLoaded) return;
        collection.UnloadedPartitions.UnionWith(asked);
        collection.LoadingPartitions.ExceptWith(asked);
        if (collection.Partitions.TrueForAll(partition => collection.UnloadedPartitions.Contains(partition.Id))) Release(collection);
        else collection.QuerySegments.RemoveAll(id => world.Segment(id) is { } segment && asked.Contains(segment.PartitionId));
    }

    /// <summary>Percent of the load, the mean over partitions; stays 100 during a refresh.</summary>
    public long Progress(Collection collection, IReadOnlyCollection<long> partitions) =>
        partitions.Count == 0 ? 100 : partitions.Sum(partition => Progress(collection, partition)) / partitions.Count;

    /// <summary>Percent of the channels and segments that are served: first come the channels, then all segments. Where there are only channels nothing comes between 0 and 100.</summary>
    public long Progress(Collection collection, long partition)
    {
        if (collection.StageOf(partition) != LoadStage.Loading) return 100;
        if ((world.Now - collection.LoadStartedAt).TotalSeconds < world.Timings.LoadSeconds * ChannelsShare) return 0;
        var (channels, segments) = (collection.Channels.Count, _view.Size(collection));
        return segments == 0 ? 0 : channels * 100 / (channels + segments);
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
        collection.LoadingPartitions.Clear();
        _view.Swap(collection);
    }

    public void RefreshEnds(long collectionId)
    {
        if (world.Catalog.ById(collectionId) is not { RefreshOutstanding: true } collection) return;
        if (!_view.Swap(collection))
        {
            // It stays outstanding and is tried again: whoever waits for 100 without a deadline waits for ever.
            world.Schedule(TimeSpan.FromSeconds(world.Timings.RefreshSeconds), new RefreshEnds(collection.Id));
            return;
        }

        collection.RefreshOutstanding = false;
    }

    public void HandOver(long collectionId)
    {
        if (world.Catalog.ById(collectionId) is { Load: LoadStage.Loaded } collection) _view.Swap(collection);
    }

    /// <summary>A new server finds its collections in the meta store and loads them again; until then queries see nothing.</summary>
    public void Restart()
    {
        foreach (var collection in world.State.Collections.Where(c => c.Load != LoadStage.NotLoaded))
        {
            Unload(collection);
            Start(collection, [.. collection.Partitions.Select(partition => partition.Id).Where(id => !collection.UnloadedPartitions.Contains(id))]);
        }
    }

    /// <summary>For set-up: loaded at once.</summary>
    public void LoadNow(Collection collection)
    {
        collection.Load = LoadStage.Loaded;
        collection.ReplicaId = world.NewId();
        _view.Swap(collection);
    }

    private void Unload(Collection collection)
    {
        collection.Load = LoadStage.NotLoaded;
        collection.LoadingPartitions.Clear();
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

    /// <summary>Which of the asked partitions are not loaded yet, after the checks of a load.</summary>
    private List<long> Missing(Collection collection, IEnumerable<long> asked, int replicas, string what)
    {
        if (collection.Load != LoadStage.NotLoaded)
        {
            if (replicas > 0 && replicas != collection.Replicas)
            {
                var reason = $"can't change the replica number for loaded {what}: invalid parameter[expected={collection.Replicas}][actual={replicas}]";
                throw new MilvusRefusal(1100, reason) { Detail = $"failed to load {what}: {reason}" };
            }

            return [.. asked.Where(collection.UnloadedPartitions.Contains)];
        }

        var missing = asked.ToList();
        collection.Replicas = Math.Max(1, replicas);
        if (!_view.Fits(collection, missing.Contains)) throw Refusals.InsufficientMemory(collection.Id);
        collection.UnloadedPartitions.UnionWith(collection.Partitions.Select(partition => partition.Id));
        return missing;
    }

    private void Refresh(Collection collection)
    {
        if (collection.Load == LoadStage.NotLoaded) throw Refusals.NotLoaded(collection.Id);
        if (collection.Load == LoadStage.Loading) throw Refusals.NotFullyLoaded(collection.Id);
        collection.RefreshOutstanding = true;
        world.State.Timeline.RemoveAll(happening => happening is RefreshEnds h && h.CollectionId == collection.Id);
        world.Schedule(TimeSpan.FromSeconds(world.Timings.RefreshSeconds), new RefreshEnds(collection.Id));
    }

    private void Start(Collection collection, IReadOnlyCollection<long> partitions)
    {
        if (collection.Load == LoadStage.NotLoaded) collection.ReplicaId = world.NewId();
        collection.Load = LoadStage.Loading;
        collection.LoadStartedAt = world.Now;
        collection.UnloadedPartitions.ExceptWith(partitions);
        collection.LoadingPartitions.UnionWith(partitions);
        world.State.Timeline.RemoveAll(happening => happening is LoadEnds h && h.CollectionId == collection.Id);
        var share = _view.Size(collection) == 0 ? EmptyShare : 1;
        world.Schedule(TimeSpan.FromSeconds(world.Timings.LoadSeconds * share), new LoadEnds(collection.Id));
    }
}
