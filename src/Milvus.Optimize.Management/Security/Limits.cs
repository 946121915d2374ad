using System.Threading.RateLimiting;

namespace Milvus.Optimize.Management.Security;

/// <summary>How much one caller, and all of them together, may ask.</summary>
internal sealed class Limits(ManagementOptions options) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _calls = PerSecond(options.CallsPerSecond);
    private readonly PartitionedRateLimiter<string> _refusals = PerSecond(options.RefusalsPerSecond);
    private readonly SemaphoreSlim _waiting = new(options.MaxWaiting);

    public bool MayCall(string caller) => Take(_calls, caller);

    /// <summary>Whether another bad key of this address is worth an answer.</summary>
    public bool MayBeRefused(string address) => Take(_refusals, address);

    /// <summary>A place for a call that stays open; null where all are taken.</summary>
    public IDisposable? TryWait() => _waiting.Wait(0) ? new Place(_waiting) : null;

    public void Dispose()
    {
        _calls.Dispose();
        _refusals.Dispose();
        _waiting.Dispose();
    }

    private static bool Take(PartitionedRateLimiter<string> limiter, string who)
    {
        using var lease = limiter.AttemptAcquire(who);
        return lease.IsAcquired;
    }

    private static PartitionedRateLimiter<string> PerSecond(int calls) => PartitionedRateLimiter.Create<string, string>(who => RateLimitPartition.GetTokenBucketLimiter(
        who, _ => new() { TokenLimit = 2 * calls, TokensPerPeriod = calls, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0, AutoReplenishment = true }));

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        public void Dispose() => places.Release();
    }
}
