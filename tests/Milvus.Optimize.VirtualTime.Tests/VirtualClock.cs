namespace Milvus.Optimize.VirtualTime.Tests;

/// <summary>The one true time of a schedule: it stands still until the scheduler turns it.</summary>
internal sealed class VirtualClock
{
    public static DateTimeOffset Start { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Ticks since the start of the schedule.</summary>
    public long Ticks { get; private set; }

    public DateTimeOffset Now => Start.AddTicks(Ticks);

    public void TurnTo(long ticks) => Ticks = Math.Max(Ticks, ticks);
}

/// <summary>A machine's clocks: the monotonic one is true, the wall clock is off by what nobody on that machine knows. It rings no timer.</summary>
internal sealed class MachineTime(VirtualClock clock) : TimeProvider
{
    /// <summary>How far the wall clock is ahead.</summary>
    public TimeSpan Offset { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => clock.Ticks;

    public override DateTimeOffset GetUtcNow() => clock.Now + Offset;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Silent();

    // The model is brought to the present by whoever asks it; its own timer is for logs that are written in time.
    private sealed class Silent : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() { }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
