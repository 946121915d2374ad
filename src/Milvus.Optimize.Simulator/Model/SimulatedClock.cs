namespace Milvus.Optimize.Simulator.Model;

/// <summary>Server time: starts where the last life of the server ended and runs at a multiple of the given clock.</summary>
internal sealed class SimulatedClock
{
    private readonly TimeProvider _time;
    private readonly double _speed;
    private readonly DateTimeOffset _start;
    private readonly long _startTimestamp;

    public SimulatedClock(TimeProvider time, double speed, DateTimeOffset? notBefore)
    {
        if (!(speed > 0) || double.IsInfinity(speed)) throw new ArgumentException($"the speed must be more than 0, not {speed}");
        _time = time;
        _speed = speed;
        // A fast clock has run ahead of the wall; timestamps of a server never go back.
        _start = notBefore is { } last && last > time.GetUtcNow() ? last : time.GetUtcNow();
        _startTimestamp = time.GetTimestamp();
    }

    public DateTimeOffset Now => _start + _time.GetElapsedTime(_startTimestamp) * _speed;

    /// <summary>How long to wait by the given clock until server time is there.</summary>
    public TimeSpan Until(DateTimeOffset due)
    {
        var wait = (due - Now) / _speed;
        // One millisecond more than nothing: a timer of 0 would fire before the moment, by rounding, and spin.
        return wait < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : wait;
    }
}
