using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Model;

/// <summary>Index definitions and the builds of their segments, one at a time on the one index node.</summary>
internal sealed class Indexes(World world)
{
    // indexCoord.minSegmentNumRowsToEnableIndex: below it the server calls the index finished and builds nothing.
    private const long MinRowsToBuild = 1024;

    /// <summary>Called when every index of a segment is built.</summary>
    public Action<Segment>? Built { get; set; }

    public IndexDefinition Create(Collection collection, string name, string field, Dictionary<string, string> parameters)
    {
        if (!collection.Schema.Fields.Any(f => f.Name == field))
            throw Refusals.Unexpected($"cannot create index on non-exist field: {field}");
        if (name.Length == 0) name = collection.Indexes.Find(index => index.Field == field)?.Name ?? field;
        foreach (var other in collection.Indexes)
        {
            if (other.Name == name) return IsTheSame(other, field, parameters) ? other : throw Refusals.Unexpected("CreateIndex failed: at most one distinct index is allowed per field");
            if (other.Field == field) throw Refusals.Unexpected("CreateIndex failed: creating multiple indexes on same field is not supported");
        }

        var index = new IndexDefinition(world.NewId(), name, field, world.NewTimestamp(), parameters);
        collection.Indexes.Add(index);
        foreach (var segment in world.SegmentsOf(collection.Id).Where(segment => segment.IsFlushed).ToList()) AnnounceSegment(segment);
        return index;
    }

    /// <summary>By its name; the field counts for Lite alone, and without a name there must be no other. A loaded collection keeps what it has, whatever is named.</summary>
    public void Drop(Collection collection, string name, string field)
    {
        if (collection.Load != LoadStage.NotLoaded) throw Refusals.Unexpected("index cannot be dropped, collection is loaded, please release it first");
        var named = Named(collection, name.Length == 0 && world.Rules.IsLite ? field : name);
        if (named.Count > 1) throw Refusals.Unexpected(Refusals.IndexDuplicates(name).Message);
        if (named is not [var index]) return;
        collection.Indexes.Remove(index);
        foreach (var segment in world.SegmentsOf(collection.Id)) segment.Builds.Remove(index.Id);
    }

    /// <summary>Of an index that stands, only how it is loaded can be altered.</summary>
    public static void Alter(Collection collection, string name, IReadOnlyDictionary<string, string> parameters, IReadOnlyCollection<string> without)
    {
        const string mmap = "mmap.enabled";
        if (parameters.Keys.Concat(without).FirstOrDefault(key => key != mmap) is { } other) throw Refusals.Invalid($"{other} is not a configable index property");
        if (collection.Load != LoadStage.NotLoaded) throw Refusals.Loaded(collection.Name, "can't alter index on loaded collection, please release the collection first");
        var index = collection.Indexes.Find(index => index.Name == name) ?? throw Refusals.IndexNotFound(name);
        foreach (var (key, value) in parameters) index.Params[key] = value;
        foreach (var key in without) index.Params.Remove(key);
    }

    /// <summary>Indexes are told of a segment through a channel, after its own transaction: between the two there is no record at all.</summary>
    public void AnnounceSegment(Segment segment) =>
        world.Schedule(TimeSpan.FromSeconds(world.Timings.IndexRegistrationSeconds), new IndexIsRegistered(segment.Id));

    public void Register(long segmentId)
    {
        if (world.Segment(segmentId) is not { IsData: true } segment || world.Catalog.ById(segment.CollectionId) is not { } collection) return;
        foreach (var index in collection.Indexes.Where(index => !segment.Builds.ContainsKey(index.Id)))
        {
            var isProduct = segment.CompactionFrom.Count > 0;
            var fails = isProduct ? world.Faults.TakeFor<IndexBuildFailed>(collection.Named) : null;
            var isStuck = isProduct && fails is null && world.Faults.TakeFor<IndexBuildStuck>(collection.Named) is not null;
            var isBuilt = segment.Rows >= MinRowsToBuild || fails is not null || isStuck;
            segment.Builds[index.Id] = new IndexBuild(isBuilt ? IndexState.InProgress : IndexState.Finished);
            if (isBuilt && !isStuck) Build(segment, index.Id, fails?.Reason);
        }

        if (IsIndexed(collection, segment)) IsBuilt(collection, segment);
    }

    /// <summary>The index node died with the server: every build begins anew, in the order in which they would have ended, one that was stuck last.</summary>
    public void Restart()
    {
        var queued = world.State.Timeline.OfType<IndexIsBuilt>().ToList();
        world.State.Timeline.RemoveAll(happening => happening is IndexIsBuilt);
        world.State.IndexBuilderFreeAt = world.Now;
        var stuck =
            from segment in world.State.Segments
            from build in segment.Builds
            where build.Value.State == IndexState.InProgress && !queued.Exists(one => one.SegmentId == segment.Id && one.IndexId == build.Key)
            select new IndexIsBuilt(segment.Id, build.Key, null);
        foreach (var build in queued.Concat(stuck.ToList()))
            if (world.Segment(build.SegmentId) is { } segment) Build(segment, build.IndexId, build.FailReason);
    }

    private void Build(Segment segment, long index, string? failReason)
    {
        var start = world.State.IndexBuilderFreeAt > world.Now ? world.State.IndexBuilderFreeAt : world.Now;
        world.State.IndexBuilderFreeAt = world.SeenAt(start + TimeSpan.FromSeconds(world.Timings.IndexSeconds(segment.Rows, world.Rules)), world.Timings.IndexLook(world.Rules));
        world.Schedule(world.State.IndexBuilderFreeAt - world.Now, new IndexIsBuilt(segment.Id, index, failReason));
    }

    public void BuildEnds(IndexIsBuilt built)
    {
        if (world.Segment(built.SegmentId) is not { } segment || !segment.Builds.ContainsKey(built.IndexId)) return;
        segment.Builds[built.IndexId] = built.FailReason is { } reason
            ? new IndexBuild(IndexState.Failed, reason)
            : new IndexBuild(IndexState.Finished);
        if (segment.IsFlushed && world.Catalog.ById(segment.CollectionId) is { } collection && IsIndexed(collection, segment)) IsBuilt(collection, segment);
    }

    public static bool IsIndexed(Collection collection, Segment segment) =>
        collection.Indexes.All(index => segment.IsIndexedFor(index.Id));

    public static bool HasVectorIndex(Collection collection) => VectorFields(collection).Any(field => IndexOn(collection, field) is not null);

    public static bool EveryVectorFieldIsIndexed(Collection collection) => VectorFields(collection).All(field => IndexOn(collection, field) is not null);

    /// <summary>Both places where segment.diskSegmentMaxSize counts ask this: every vector field has a DiskANN index.</summary>
    public static bool IsAllDiskAnn(Collection collection) =>
        VectorFields(collection).Any()
        && VectorFields(collection).All(field => IndexOn(collection, field)?.Params.GetValueOrDefault("index_type") == "DISKANN");

    public IndexReport Report(Collection collection, IndexDefinition index, ulong timestamp)
    {
        if (timestamp == 0) timestamp = index.CreatedAt;
        var segments = world.CountedSegments(collection.Id).ToList();
        var total = segments.Sum(segment => segment.Rows);
        var pending = segments.Where(segment => !segment.IsIndexedFor(index.Id)).Sum(segment => segment.Rows);
        var indexed = segments.Sum(segment => IndexedRows(segment, index.Id));
        if (world.Rules.IsLite || world.Settings.IndexesLookFinished) return new IndexReport(total, total, 0, IndexState.Finished, "");

        // Segments younger than the timestamp are not looked at: with timestamp 0 that is every product of a compaction
        // since the index was made, and the answer is Finished while nothing is built. The rows above are not filtered.
        var seen = segments.Where(segment => segment.LastExpireTime <= timestamp).ToList();
        var builds = seen.Select(segment => (segment.Id, Build: segment.Builds.GetValueOrDefault(index.Id))).ToList();
        var failed = builds.Where(entry => entry.Build is { State: IndexState.Failed }).ToList();
        if (failed.Count > 0)
        {
            var reasons = string.Concat(failed.Select(entry => $"{entry.Id}: {entry.Build!.FailReason};"));
            return new IndexReport(total, indexed, pending, IndexState.Failed, reasons);
        }

        var isBuilding = builds.Exists(entry => entry.Build is null or { State: IndexState.InProgress or IndexState.Unissued });
        return new IndexReport(total, indexed, pending, isBuilding ? IndexState.InProgress : IndexState.Finished, "");
    }

    /// <summary>A product of compaction without an index counts with the indexes of its sources, so the number does not fall after a merge.</summary>
    private long IndexedRows(Segment segment, long indexId) => segment.IsIndexedFor(indexId)
        ? segment.Rows
        : Math.Min(segment.Rows, segment.CompactionFrom.Select(world.Segment).OfType<Segment>().Sum(source => IndexedRows(source, indexId)));

    /// <summary>Those of a name, or all without one.</summary>
    public static List<IndexDefinition> Named(Collection collection, string name) => collection.Indexes.FindAll(index => name.Length == 0 || index.Name == name);

    /// <summary>Lite was never asked about other parameters.</summary>
    private bool IsTheSame(IndexDefinition index, string field, Dictionary<string, string> parameters) =>
        index.Field == field && (world.Rules.IsLite || (index.Params.Count == parameters.Count && parameters.All(index.Params.Contains)));

    private void IsBuilt(Collection collection, Segment segment)
    {
        world.Loads.TargetChanged(collection.Id);
        Built?.Invoke(segment);
    }

    private static IEnumerable<FieldSchema> VectorFields(Collection collection) => collection.Schema.Fields.Where(RowWidth.IsVector);

    private static IndexDefinition? IndexOn(Collection collection, FieldSchema field) =>
        collection.Indexes.Find(index => index.Field == field.Name);
}
