namespace Milvus.Optimize.Actors.Collections;

/// <summary>
/// When to look again: 50 ms first, each pause a quarter longer up to 500 ms, then 1 % of the time waited so far, at most 15 s, jittered by a tenth. So
/// noticing costs a quarter second in the first minute and 0.5 % of the wait after it.
/// </summary>
internal sealed class PollSchedule(TimeProvider time, Random random)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Steady = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);
    private long _since = time.GetTimestamp();
    private TimeSpan _pause;

    /// <summary>The wait had a look already.</summary>
    public bool HasBegun => _pause > TimeSpan.Zero;

    /// <summary>A new wait begins.</summary>
    public void Restart()
    {
        _since = time.GetTimestamp();
        _pause = TimeSpan.Zero;
    }

    public TimeSpan Next()
    {
        _pause = _pause == TimeSpan.Zero ? First : Min(_pause * 1.25, Steady);
        var share = Min(time.GetElapsedTime(_since) / 100, Longest);
        return (share > _pause ? share : _pause) * (0.9 + (random.NextDouble() * 0.2));
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
