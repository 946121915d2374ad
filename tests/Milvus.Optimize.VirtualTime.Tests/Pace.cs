namespace Milvus.Optimize.VirtualTime.Tests;

/// <summary>How long messages are under way: mostly milliseconds, sometimes seconds, and while faults last now and then a minute.</summary>
internal sealed class Pace(Random random, Faults faults)
{
    public TimeSpan OneWay() => random.Next(100) switch
    {
        < 75 => TimeSpan.FromMilliseconds(random.Next(1, 20)),
        < 92 => TimeSpan.FromMilliseconds(random.Next(20, 800)),
        < 96 => TimeSpan.FromMilliseconds(random.Next(800, 4000)),
        _ when faults.AreOver => TimeSpan.FromMilliseconds(random.Next(800, 4000)),
        _ => TimeSpan.FromMilliseconds(random.Next(4000, 60_000)),
    };

    /// <summary>A trigger's way to the server: on a bad day as long as it can be.</summary>
    public TimeSpan Trigger(TimeSpan most) => faults.AreOver || random.Next(2) == 0 ? OneWay() : most * random.NextDouble();

    /// <summary>How late what is due next comes: timers are never early.</summary>
    public TimeSpan Late() => random.Next(4) switch
    {
        0 => TimeSpan.Zero,
        1 => TimeSpan.FromMilliseconds(random.Next(100)),
        _ => TimeSpan.FromMilliseconds(random.Next(5000)),
    };
}
