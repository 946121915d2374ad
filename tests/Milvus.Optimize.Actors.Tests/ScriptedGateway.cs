using System.Collections.Immutable;
using System.Globalization;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>
/// A Milvus of values, for what no server can be made to answer and for tests that should take no time: it moves by being looked at, never by a clock. A
/// merge is over at its second look, an index built at its second. It keeps the contract that the real gateway keeps (<c>GatewayContract</c>).
/// </summary>
internal sealed class ScriptedGateway : IMilvusGateway
{
    private const int LooksOfAMerge = 2;
    private const string Field = "v";
    private readonly Lock _gate = new();
    private readonly List<ScriptedCollection> _collections = [];
    private long _lastId = 450_000_000_000_000_000;
    private int _triggers;

    /// <summary>Version and generation that it claims.</summary>
    public ServerDescription Server { get; init; } = new("2.6.17", GenerationRange.Exactly(Generation.G4));

    /// <summary>It does not tell its segments, as Milvus Lite.</summary>
    public bool LacksSegments { get; init; }

    /// <summary>It has no call for a compaction's state and plans: what executes is not known.</summary>
    public bool LacksCompactionState { get; init; }

    /// <summary>How many triggers went out.</summary>
    public int Triggers => _triggers;

    /// <summary>Makes a collection of equal flushed segments with a finished index.</summary>
    public CollectionName Make(string name, int segments, bool load = true, int rows = 2000)
    {
        lock (_gate)
        {
            var collection = new CollectionName("default", name, ++_lastId);
            var partition = ++_lastId;
            _collections.Add(new(collection, [.. Enumerable.Range(0, segments).Select(_ => Flushed(partition, rows))], load));
            return collection;
        }
    }

    public void Alias(string collection, string alias)
    {
        lock (_gate) Named(collection).Aliases.Add(alias);
    }

    public Task<ServerDescription> DescribeServerAsync(string database, CancellationToken cancellationToken) => Task.FromResult(Server);

    public Task<CollectionDescription> DescribeCollectionAsync(string database, string nameOrAlias, CancellationToken cancellationToken) => Answer(() => Describe(Named(nameOrAlias)));

    public Task<CollectionDescription?> FindCollectionAsync(string database, long collectionId, CancellationToken cancellationToken) =>
        Answer(() => _collections.Find(c => c.Name.CollectionId == collectionId) is { } found ? Describe(found) : null);

    public Task<ImmutableArray<IndexObservation>> DescribeIndexesAsync(CollectionName name, ulong timestamp, CancellationToken cancellationToken) => Answer(() =>
    {
        var collection = Of(name);
        var pending = collection.PendingRows;
        collection.PendingRows = 0;
        var total = collection.Segments.Sum(s => s.Rows);
        var state = pending > 0 && timestamp >= collection.MergedAt ? IndexState.InProgress : IndexState.Finished;
        return ImmutableArray.Create(new IndexObservation(Field, Field, state, total - pending, total, pending, ""));
    });

    public Task<ulong?> AllocateTimestampAsync(CancellationToken cancellationToken) => Answer(() => (ulong?)++_lastId);

    public Task<ImmutableArray<SegmentObservation>?> ListSegmentsAsync(CollectionName name, CancellationToken cancellationToken) =>
        Answer(() => LacksSegments ? null : (ImmutableArray<SegmentObservation>?)Of(name).Segments);

    public Task<ImmutableArray<QuerySegmentObservation>?> ListQuerySegmentsAsync(CollectionName name, CancellationToken cancellationToken) => Answer(() =>
        (ImmutableArray<QuerySegmentObservation>?)(Of(name) is { Loaded: true } c ? [.. c.Served.Select(s => new QuerySegmentObservation(s.Id, s.PartitionId, s.Rows, s.State, true))] : []));

    public Task<TriggerOutcome> TriggerForceMergeAsync(TriggerRequest request, ISendPermit permit, CancellationToken cancellationToken) => Answer<TriggerOutcome>(() =>
    {
        if (!permit.TryUse()) return new TriggerOutcome.NotSent("the time to send is over");
        _triggers++;
        var collection = Of(request.Name);
        if (collection.Segments.IsEmpty || collection.Merge is { Target: null }) return new TriggerOutcome.Acknowledged(-1, 0);
        collection.Merge = new(++_lastId, collection.Segments, LooksOfAMerge);
        return new TriggerOutcome.Acknowledged(collection.Merge.Id, 1);
    });

    public Task<CompactionObservation> GetCompactionAsync(CollectionName name, long compactionId, CancellationToken cancellationToken) => Answer(() =>
    {
        if (Of(name) is not { Merge: { } merge } collection || merge.Id != compactionId) return new CompactionObservation(false, LacksCompactionState ? null : [], 0, 0, 0);
        if (merge.Looks == 0 && merge.Target is null) merge = End(collection, merge);
        else if (merge.Target is null) collection.Merge = merge with { Looks = merge.Looks - 1 };
        if (LacksCompactionState) return new(false, null, 0, 0, 0);
        ImmutableArray<long> targets = merge.Target is { } target ? [target] : [];
        return new CompactionObservation(merge.Target is null, [new([.. merge.Sources.Select(s => s.Id)], targets, false, "")], merge.Target is null ? 1 : 0, 0, 0);
    });

    public Task<LoadState> GetLoadStateAsync(CollectionName name, CancellationToken cancellationToken) => Answer(() => Of(name).Loaded ? LoadState.Loaded : LoadState.NotLoaded);

    public Task RefreshLoadAsync(CollectionName name, CancellationToken cancellationToken) => Answer(() =>
    {
        var collection = Of(name);
        if (!collection.Loaded) throw Failure(MilvusFailure.CollectionNotLoaded, "collection not loaded");
        return collection.Served = collection.Segments;
    });

    public Task<long?> GetRefreshProgressAsync(CollectionName name, CancellationToken cancellationToken) => Task.FromResult<long?>(100);

    public Task<FlushTicket> FlushAsync(CollectionName name, CancellationToken cancellationToken) => Task.FromResult(new FlushTicket([], 0));

    public Task<bool> IsFlushedAsync(CollectionName name, FlushTicket ticket, CancellationToken cancellationToken) => Task.FromResult(true);

    private ScriptedMerge End(ScriptedCollection collection, ScriptedMerge merge)
    {
        var target = Flushed(merge.Sources[0].PartitionId, merge.Sources.Sum(s => s.Rows));
        collection.Segments = [.. collection.Segments.Except(merge.Sources), target];
        collection.PendingRows = target.Rows;
        collection.MergedAt = (ulong)++_lastId;
        return collection.Merge = merge with { Target = target.Id };
    }

    private SegmentObservation Flushed(long partition, long rows) => new(++_lastId, partition, rows, SegmentState.Flushed, SegmentLevel.L1, Sorted: true, Channel: "");

    private static CollectionDescription Describe(ScriptedCollection c) => new(c.Name, [.. c.Aliases], 1, [Field]);

    private ScriptedCollection Of(CollectionName name) =>
        _collections.Find(c => c.Name.CollectionId == name.CollectionId) ?? throw Failure(MilvusFailure.CollectionNotFound, "collection not found");

    private ScriptedCollection Named(string name) => _collections.Find(c => c.Name.Name == name || c.Aliases.Contains(name))
        ?? throw Failure(MilvusFailure.CollectionNotFound, string.Create(CultureInfo.InvariantCulture, $"collection not found[database=default][collection={name}]"));

    private static MilvusException Failure(int code, string reason) => new(new(MilvusFailureKind.Permanent, code, "OK", reason));

    private Task<T> Answer<T>(Func<T> answer)
    {
        try
        {
            lock (_gate) return Task.FromResult(answer());
        }
        catch (MilvusException e)
        {
            return Task.FromException<T>(e);
        }
    }
}
