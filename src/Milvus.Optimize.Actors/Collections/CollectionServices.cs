using System.Threading.RateLimiting;
using Akka.Actor;
using Milvus.Optimize.Actors.Supervision;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Actors.Collections;

/// <summary>What every collection's actor of a node shares.</summary>
internal sealed record CollectionServices(
    OptimizeOptions Options, MilvusClusters Clusters, IRunTable Table, ReadBudgets Reads, StartPace Pace, IActorRef Outbox, IJournalFaults? Faults, TimeProvider Time, Random Random, string Node, SelfFence Fence);

/// <summary>One budget of reads a Milvus cluster, shared by all runs of this node: where it would be exceeded, everybody waits a little longer.</summary>
internal sealed class ReadBudgets(int readsPerSecond) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _limiter = PartitionedRateLimiter.Create<string, string>(cluster =>
        RateLimitPartition.GetTokenBucketLimiter(cluster, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = readsPerSecond,
            TokensPerPeriod = Math.Max(1, readsPerSecond / 10),
            ReplenishmentPeriod = TimeSpan.FromSeconds((double)Math.Max(1, readsPerSecond / 10) / readsPerSecond),
            QueueLimit = int.MaxValue,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            AutoReplenishment = true,
        }));

    public ValueTask<RateLimitLease> AcquireAsync(string cluster, int reads, CancellationToken cancellationToken) =>
        _limiter.AcquireAsync(cluster, reads, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _limiter.Dispose();
}
