using Milvus.Optimize.Actors.Supervision;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Actors.Outbox;

/// <summary>
/// The right to send one trigger once, made right before its intent is persisted. It lives in memory alone: an intent that is recovered without it was
/// perhaps sent.
/// </summary>
internal sealed class SendPermit(TimeProvider time, TimeSpan sendWithin, SelfFence fence) : ISendPermit
{
    private readonly long _madeAt = time.GetTimestamp();
    private readonly DateTimeOffset _madeAtWall = time.GetUtcNow();
    private int _used;

    /// <inheritdoc/>
    public bool TryUse()
    {
        if (Interlocked.Exchange(ref _used, 1) != 0) return false;
        var elapsed = time.GetElapsedTime(_madeAt);

        // A wall clock that ran away from the monotonic one means that this machine stood still: nobody knows for how long.
        var drift = time.GetUtcNow() - _madeAtWall - elapsed;
        return elapsed <= sendWithin && fence.Closed is null && drift.Duration() <= TimeSpan.FromSeconds(1);
    }
}
