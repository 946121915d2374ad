using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>Forwards everything; a test overrides what it wants to disturb.</summary>
internal abstract class ForwardingGateway(IMilvusGateway inner) : IMilvusGateway, IAsyncDisposable
{
    public virtual Task<ServerDescription> DescribeServerAsync(string database, CancellationToken cancellationToken) => inner.DescribeServerAsync(database, cancellationToken);

    public virtual Task<CollectionDescription> DescribeCollectionAsync(string database, string nameOrAlias, CancellationToken cancellationToken) =>
        inner.DescribeCollectionAsync(database, nameOrAlias, cancellationToken);

    public virtual Task<CollectionDescription?> FindCollectionAsync(string database, long collectionId, CancellationToken cancellationToken) =>
        inner.FindCollectionAsync(database, collectionId, cancellationToken);

    public virtual Task<ImmutableArray<IndexObservation>> DescribeIndexesAsync(CollectionName name, ulong timestamp, CancellationToken cancellationToken) =>
        inner.DescribeIndexesAsync(name, timestamp, cancellationToken);

    public virtual Task<ulong?> AllocateTimestampAsync(CancellationToken cancellationToken) => inner.AllocateTimestampAsync(cancellationToken);

    public virtual Task<ImmutableArray<SegmentObservation>?> ListSegmentsAsync(CollectionName name, CancellationToken cancellationToken) =>
        inner.ListSegmentsAsync(name, cancellationToken);

    public virtual Task<ImmutableArray<QuerySegmentObservation>?> ListQuerySegmentsAsync(CollectionName name, CancellationToken cancellationToken) =>
        inner.ListQuerySegmentsAsync(name, cancellationToken);

    public Task<int> CountReplicasAsync(CollectionName name, CancellationToken cancellationToken) => inner.CountReplicasAsync(name, cancellationToken);

    public virtual Task<TriggerOutcome> TriggerForceMergeAsync(TriggerRequest request, ISendPermit permit, CancellationToken cancellationToken) =>
        inner.TriggerForceMergeAsync(request, permit, cancellationToken);

    public virtual Task<CompactionObservation> GetCompactionAsync(CollectionName name, long compactionId, CancellationToken cancellationToken) =>
        inner.GetCompactionAsync(name, compactionId, cancellationToken);

    public virtual Task<ImmutableArray<ListedCompaction>?> ListCompactionsAsync(CollectionName name, CancellationToken cancellationToken) =>
        inner.ListCompactionsAsync(name, cancellationToken);

    public Task<ImmutableArray<ListedTask>> ListTasksAsync(CollectionName name, CancellationToken cancellationToken) => inner.ListTasksAsync(name, cancellationToken);

    public Task<LoadState> GetLoadStateAsync(CollectionName name, CancellationToken cancellationToken) => inner.GetLoadStateAsync(name, cancellationToken);

    public virtual Task RefreshLoadAsync(CollectionName name, CancellationToken cancellationToken) => inner.RefreshLoadAsync(name, cancellationToken);

    public Task<long?> GetRefreshProgressAsync(CollectionName name, CancellationToken cancellationToken) => inner.GetRefreshProgressAsync(name, cancellationToken);

    public virtual Task<FlushTicket> FlushAsync(CollectionName name, CancellationToken cancellationToken) => inner.FlushAsync(name, cancellationToken);

    public Task<bool> IsFlushedAsync(CollectionName name, FlushTicket ticket, CancellationToken cancellationToken) => inner.IsFlushedAsync(name, ticket, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (inner is IAsyncDisposable disposable) await disposable.DisposeAsync();
    }
}
