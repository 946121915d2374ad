using System.Threading.RateLimiting;

namespace Milvus.Optimize.Management.Security;

/// <summary>How much one caller, and all of them together, may ask.</summary>
internal sealed class Limits(ManagementOptions options) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _calls = PerSecond(options.CallsPerSecond);
    private readonly PartitionedRateLimiter<string> _open = PerSecond(options.OpenCallsPerSecond);
    private readonly PartitionedRateLimiter<string> _refusals = PerSecond(options.RefusalsPerSecond);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _waiting = [];
    private int _allWaiting;

    /// <exception cref="RefusedException">The caller has made too many.</exception>
    public void Call(string caller)
    {
        if (!Take(_calls, caller)) throw RefusedException.TooMuch("this key is used too often: slow down", nameof(ManagementOptions.CallsPerSecond), options.CallsPerSecond);
    }

    /// <summary>A call of a route that asks nobody for a key.</summary>
    /// <exception cref="RefusedException">The address has made too many.</exception>
    public void CallOpen(string address)
    {
        if (!Take(_open, address)) throw RefusedException.TooMuch("too many calls from this address: slow down", nameof(ManagementOptions.OpenCallsPerSecond), options.OpenCallsPerSecond);
    }

    /// <summary>Another refusal of this address.</summary>
    /// <exception cref="RefusedException">It has had too many.</exception>
    public void Refuse(string address)
    {
        if (!Take(_refusals, address)) throw TooManyRefusals();
    }

    /// <summary>Counts nothing: whether <see cref="Refuse"/> would throw.</summary>
    public bool IsRefusedTooOften(string address) => _refusals.GetStatistics(address) is { CurrentAvailablePermits: <= 0 };

    public RefusedException TooManyRefusals() =>
        RefusedException.TooMuch("too many calls without a valid key from this address: correct it", nameof(ManagementOptions.RefusalsPerSecond), options.RefusalsPerSecond);

    /// <summary>A place for a call that stays open.</summary>
    /// <param name="caller">Who takes it.</param>
    /// <param name="isLocal">Over the Unix socket come all the commands of a machine as one caller: it may have all places.</param>
    /// <exception cref="RefusedException">All are taken, or all that one caller may have.</exception>
    public IDisposable Wait(string caller, bool isLocal)
    {
        lock (_gate)
        {
            var own = _waiting.GetValueOrDefault(caller);
            if (_allWaiting >= options.MaxWaiting)
                throw RefusedException.TooMuch("too many calls wait on this node: ask again without waiting, or later", nameof(ManagementOptions.MaxWaiting), options.MaxWaiting);
            if (!isLocal && own >= options.MaxWaitingPerCaller)
                throw RefusedException.TooMuch("too many calls of this caller wait: end one, or ask without waiting", nameof(ManagementOptions.MaxWaitingPerCaller), options.MaxWaitingPerCaller);
            _waiting[caller] = own + 1;
            _allWaiting++;
            return new Place(this, caller);
        }
    }

    public void Dispose()
    {
        _calls.Dispose();
        _open.Dispose();
        _refusals.Dispose();
    }

    private void Leave(string caller)
    {
        lock (_gate)
        {
            _allWaiting--;
            if (--_waiting[caller] == 0) _waiting.Remove(caller);
        }
    }

    private static bool Take(PartitionedRateLimiter<string> limiter, string who)
    {
        using var lease = limiter.AttemptAcquire(who);
        return lease.IsAcquired;
    }

    private static PartitionedRateLimiter<string> PerSecond(int calls) => PartitionedRateLimiter.Create<string, string>(who => RateLimitPartition.GetTokenBucketLimiter(
        who, _ => new() { TokenLimit = 2 * calls, TokensPerPeriod = calls, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0, AutoReplenishment = true }));

    private sealed class Place(Limits limits, string caller) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0) limits.Leave(caller);
        }
    }
}
