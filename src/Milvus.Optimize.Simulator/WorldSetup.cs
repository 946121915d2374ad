using Milvus.Optimize.Simulator.Model;
using Milvus.Optimize.Wire;
using KeyValuePair = Milvus.Optimize.Wire.KeyValuePair;

namespace Milvus.Optimize.Simulator;

/// <summary>Makes what a scenario or a test asks for, as if it had stood there for long: flushed, sorted, indexed, loaded.</summary>
internal static class WorldSetup
{
    public static void Apply(Scenario scenario, World world)
    {
        foreach (var collection in scenario.Collections) Add(collection, world);
        foreach (var fault in scenario.Faults) world.Faults.Arm(fault);
        foreach (var foreign in scenario.ForeignCompactions)
        {
            var collection = world.Catalog.Require(Catalog.DefaultDatabase, foreign.Collection);
            world.Compactions.StartForeign(collection, TimeSpan.FromSeconds(foreign.Seconds), foreign.Segments);
        }
    }

    public static long Add(CollectionSpec spec, World world)
    {
        if (!world.Catalog.HasDatabase(spec.Database)) world.Catalog.CreateDatabase(spec.Database);
        var partitions = spec.PartitionKey && spec.Partitions.Count == 1 ? Partitions.Initial(world.Rules, hasKey: true, spec.NumPartitions) : spec.Partitions;
        var collection = world.Catalog.CreateCollection(spec.Database, SchemaOf(spec), spec.Shards, partitions);
        foreach (var alias in spec.Aliases) world.Catalog.CreateAlias(spec.Database, alias, spec.Name);
        if (spec.Index is { } type)
            world.Indexes.Create(collection, "v", "v", new(spec.IndexParameters) { ["index_type"] = type, ["metric_type"] = "L2" });
        foreach (var field in spec.ScalarIndexes) world.Indexes.Create(collection, field, field, new() { ["index_type"] = "INVERTED" });
        foreach (var (key, value) in spec.Properties) collection.Properties[key] = value;
        collection.Replicas = Math.Max(1, spec.Replicas);
        foreach (var segments in spec.Segments) AddSegments(collection, segments, world);
        if (spec.Loading) world.Loads.Load(collection, refresh: false, spec.Replicas);
        else if (spec.Loaded && spec.Index is not null) world.Loads.LoadNow(collection);
        if (spec.GrowingRows > 0) world.Writes.Insert(collection, "", spec.GrowingRows);
        return collection.Id;
    }

    public static CollectionView View(Collection collection, World world) => new(
        collection.Id,
        collection.Database,
        collection.Name,
        collection.Load == LoadStage.Loaded,
        [.. world.SegmentsOf(collection.Id).Where(segment => segment.State != SegmentState.Dropped).Select(segment => View(collection, segment))],
        [.. collection.QuerySegments]);

    private static SegmentView View(Collection collection, Segment segment) => new(
        segment.Id,
        segment.PartitionId,
        segment.Channel,
        segment.Rows,
        segment.Bytes,
        segment.State.ToString(),
        segment.Level.ToString(),
        segment.IsSorted,
        segment.IsCompacting,
        Indexes.IsIndexed(collection, segment),
        [.. segment.CompactionFrom]);

    private static CollectionSchema SchemaOf(CollectionSpec spec)
    {
        var vector = new FieldSchema { Name = "v", DataType = DataType.FloatVector };
        vector.TypeParams.Add(new KeyValuePair { Key = "dim", Value = spec.Dimension.ToString(System.Globalization.CultureInfo.InvariantCulture) });
        var schema = new CollectionSchema { Name = spec.Name, ExternalSource = spec.ExternalSource ?? "" };
        schema.Fields.Add(new FieldSchema { Name = "id", IsPrimaryKey = true, DataType = DataType.Int64 });
        schema.Fields.Add(vector);
        foreach (var scalar in spec.Scalars) schema.Fields.Add(new FieldSchema { Name = scalar, DataType = DataType.Int64 });
        if (spec.PartitionKey) schema.Fields.Add(new FieldSchema { Name = "tenant", DataType = DataType.Int64, IsPartitionKey = true });
        return schema;
    }

    private static void AddSegments(Collection collection, SegmentSpec spec, World world)
    {
        if (!Enum.TryParse<SegmentLevel>(spec.Level, out var level)) throw new ArgumentException($"'{spec.Level}' is no segment level");
        var places =
            from partition in collection.Partitions
            where spec.Partition is null || partition.Name == spec.Partition
            from shard in Enumerable.Range(0, collection.Channels.Count)
            where spec.Shard is null || shard == spec.Shard
            from number in Enumerable.Range(0, spec.Count)
            select (partition.Id, Channel: collection.Channels[shard]);
        foreach (var (partitionId, channel) in places.ToList())
        {
            var segment = new Segment
            {
                Id = world.NewId(),
                CollectionId = collection.Id,
                PartitionId = partitionId,
                Channel = channel,
                Rows = spec.Rows,
                Bytes = spec.Bytes ?? spec.Rows * RowWidth.Of(collection.Schema),
                Level = level,
                IsProtected = spec.Protected,
                IsInvisible = spec.Invisible,
                DeletedRows = Math.Clamp(spec.DeletedRows, 0, spec.Rows),
                NewestRowAt = spec.AgeSeconds is { } age ? world.Now - TimeSpan.FromSeconds(age) : null,
                IsSorted = spec.Sorted,
                // Older than the index: a segment that stood there before anybody asked.
                LastExpireTime = collection.CreatedAt,
            };
            if (spec.Indexed)
                foreach (var index in collection.Indexes) segment.Builds[index.Id] = spec.IndexFailure is { } reason ? new IndexBuild(IndexState.Failed, reason) : new IndexBuild(IndexState.Finished);
            world.State.Segments.Add(segment);
        }
    }
}
