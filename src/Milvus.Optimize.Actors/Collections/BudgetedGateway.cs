using System.Collections.Immutable;
using Milvus.Optimize.Actors.Supervision;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Actors.Collections;

/// <summary>
/// Takes each call that it makes from the node's budget first. Whoever asks more than there is waits its turn, so that everybody's looks come a little
/// later and nothing else changes. The trigger is not counted: its right to send is over within seconds, and the outbox bounds it.
/// </summary>
internal sealed class BudgetedGateway(IMilvusGateway inner, ReadBudgets reads, SelfFence fence, ClusterName cluster, ReadTurn turn) : IMilvusGateway
{
    private int _waiting;

    /// <summary>It waits for its turn, not for Milvus.</summary>
    public bool IsWaiting => Volatile.Read(ref _waiting) > 0;

    public Task<ServerDescription> DescribeServerAsync(string database, CancellationToken cancellationToken) =>
        Counted(1, () => inner.DescribeServerAsync(database, cancellationToken), cancellationToken);

    public Task<CollectionDescription> DescribeCollectionAsync(string database, string nameOrAlias, CancellationToken cancellationToken) =>
        Counted(1, () => inner.DescribeCollectionAsync(database, nameOrAlias, cancellationToken), cancellationToken);

    public Task<CollectionDescription?> FindCollectionAsync(string database, long collectionId, CancellationToken cancellationToken) =>
        Counted(1, () => inner.FindCollectionAsync(database, collectionId, cancellationToken), cancellationToken);

    /// <summary>The metrics and the replicas are two calls.</summary>
    public Task<ServerLimits?> DescribeLimitsAsync(CollectionName name, CancellationToken cancellationToken) =>
        Counted(2, () => inner.DescribeLimitsAsync(name, cancellationToken), cancellationToken);

    public Task<ImmutableArray<IndexObservation>> DescribeIndexesAsync(CollectionName name, ulong timestamp, CancellationToken cancellationToken) =>
        Counted(1, () => inner.DescribeIndexesAsync(name, timestamp, cancellationToken), cancellationToken);

    public Task<ulong?> AllocateTimestampAsync(CancellationToken cancellationToken) =>
        Counted(1, () => inner.AllocateTimestampAsync(cancellationToken), cancellationToken);

    public Task<ImmutableArray<SegmentObservation>?> ListSegmentsAsync(CollectionName name, CancellationToken cancellationToken) =>
        Counted(1, () => inner.ListSegmentsAsync(name, cancellationToken), cancellationToken);

    public Task<ImmutableArray<QuerySegmentObservation>?> ListQuerySegmentsAsync(CollectionName name, CancellationToken cancellationToken) =>
        Counted(1, () => inner.ListQuerySegmentsAsync(name, cancellationToken), cancellationToken);

    public Task<int> CountReplicasAsync(CollectionName name, CancellationToken cancellationToken) =>
        Counted(1, () => inner.CountReplicasAsync(name, cancellationToken), cancellationToken);

    public Task<TriggerOutcome> TriggerForceMergeAsync(TriggerRequest request, ISendPermit permit, CancellationToken cancellationToken) =>
        inner.TriggerForceMergeAsync(request, permit, cancellationToken);

    /// <summary>The state and the plans are two calls.</summary>
    public Task<CompactionObservation> GetCompactionAsync(CollectionName name, long compactionId, CancellationToken cancellationToken) =>
        Counted(2, () => inner.GetCompactionAsync(name, compactionId, cancellationToken), cancellationToken);

    public Task<ImmutableArray<ListedCompaction>?> ListCompactionsAsync(CollectionName name, CancellationToken cancellationToken) =>
        Counted(1, () => inner.ListCompactionsAsync(name, cancellationToken), cancellationToken);

    public Task<ImmutableArray<ListedTask>> ListTasksAsync(CollectionName name, CancellationToken cancellationToken) =>
        Counted(1, () => inner.ListTasksAsync(name, cancellationToken), cancellationToken);

    public Task<LoadState> GetLoadStateAsync(CollectionName name, CancellationToken cancellationToken) =>
        Counted(1, () => inner.GetLoadStateAsync(name, cancellationToken), cancellationToken);

    public Task RefreshLoadAsync(CollectionName name, CancellationToken cancellationToken) => Counted(1, async () =>
    {
        CheckFence();
        await inner.RefreshLoadAsync(name, cancellationToken);
        return true;
    }, cancellationToken);

    public Task<long?> GetRefreshProgressAsync(CollectionName name, CancellationToken cancellationToken) =>
        Counted(1, () => inner.GetRefreshProgressAsync(name, cancellationToken), cancellationToken);

    public Task<FlushTicket> FlushAsync(CollectionName name, CancellationToken cancellationToken) =>
        Counted(1, () =>
        {
            CheckFence();
            return inner.FlushAsync(name, cancellationToken);
        }, cancellationToken);

    public Task<bool> IsFlushedAsync(CollectionName name, FlushTicket ticket, CancellationToken cancellationToken) =>
        Counted(1, () => inner.IsFlushedAsync(name, ticket, cancellationToken), cancellationToken);

    // Both may be repeated, but not by somebody who was left behind: the gateway sends each once, so no later try passes this look. The trigger has its permit.
    private void CheckFence()
    {
        if (fence.Closed is { } reason) throw new MilvusException(new(MilvusFailureKind.Transient, 0, "Cancelled", $"{reason}: nothing is sent any more"));
    }

    private async Task<T> Counted<T>(int calls, Func<Task<T>> call, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            // One by one: a budget of one a second still lets two through, one after the other.
            for (var i = 0; i < calls; i++) await reads.AcquireAsync(cluster.Value, turn, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        return await call();
    }
}
