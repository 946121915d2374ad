using System.Threading.RateLimiting;

namespace Milvus.Optimize.Actors.Collections;

/// <summary>Who reads, the most urgent first.</summary>
internal enum ReadTurn
{
    /// <summary>A caller waits for the answer to his start.</summary>
    Start,

    /// <summary>A step of a run looks for the first time.</summary>
    First,

    /// <summary>A step looks again at what was not yet so at its last look.</summary>
    Again,
}

/// <summary>
/// One budget of reads a Milvus cluster, shared by all runs of this node: where it would be exceeded, everybody waits a little longer. Who looks again lets
/// all others go first four times, and gets four fifths at most and one fifth at least; starts have as much for themselves. A thousand runs that wait for
/// their merges, or that all look for the first time after a restart, would otherwise keep the next one from its start.
/// </summary>
internal sealed class ReadBudgets(int readsPerSecond) : IDisposable
{
    private const int MostTimesBehind = 4;
    private readonly PartitionedRateLimiter<string> _starts = Limiter(readsPerSecond);
    private readonly PartitionedRateLimiter<string> _all = Limiter(readsPerSecond);
    private readonly PartitionedRateLimiter<string> _again = Limiter(Math.Max(1, readsPerSecond * 4 / 5));

    /// <summary>Waits for the turn of one read of a Milvus cluster.</summary>
    public async ValueTask AcquireAsync(string cluster, ReadTurn turn, CancellationToken cancellationToken)
    {
        for (var times = turn == ReadTurn.Again ? MostTimesBehind : 0; times > 0; times--)
        {
            using var share = await _again.AcquireAsync(cluster, 1, cancellationToken);
            if (_all.GetStatistics(cluster) is not { CurrentQueuedCount: > 0 }) break;
        }

        using var lease = await (turn == ReadTurn.Start ? _starts : _all).AcquireAsync(cluster, 1, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _starts.Dispose();
        _all.Dispose();
        _again.Dispose();
    }

    private static PartitionedRateLimiter<string> Limiter(int readsPerSecond) => PartitionedRateLimiter.Create<string, string>(cluster =>
        RateLimitPartition.GetTokenBucketLimiter(cluster, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = readsPerSecond,
            TokensPerPeriod = Math.Max(1, readsPerSecond / 10),
            ReplenishmentPeriod = TimeSpan.FromSeconds((double)Math.Max(1, readsPerSecond / 10) / readsPerSecond),
            QueueLimit = int.MaxValue,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            AutoReplenishment = true,
        }));
}
