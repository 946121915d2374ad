using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Actors.Supervision;

/// <summary>
/// How long a collection that stopped by a failure is left alone: doubling up to 30 s, and from the sixth start on that brought no event but its claim of
/// ownership for minutes, because such a collection costs a recovery and a write each time and gains nothing.
/// </summary>
internal sealed class RestartPauses(TimeProvider time, Random random, TimeSpan first)
{
    private const int FruitlessStarts = 5;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestFruitless = TimeSpan.FromMinutes(10);
    private readonly Dictionary<CollectionKey, History> _histories = [];

    private sealed record History(long StartedAt, int InARow, int Fruitless);

    public void Started(CollectionKey key) => _histories[key] = Of(key) with { StartedAt = time.GetTimestamp() };

    /// <summary>An event was stored that is more than a claim of ownership.</summary>
    public void Progressed(CollectionKey key) => _histories[key] = Of(key) with { Fruitless = 0 };

    /// <summary>It stopped because it had nothing to do.</summary>
    public void Forget(CollectionKey key) => _histories.Remove(key);

    /// <param name="key">Who stopped.</param>
    /// <param name="byJournal">The journal failed, not the collection: that does not make its starts fruitless.</param>
    /// <returns>The pause, and whether requests are turned away meanwhile: whoever asks again at once would else undo it.</returns>
    public (TimeSpan Pause, bool Rests) Stopped(CollectionKey key, bool byJournal)
    {
        var before = Of(key);

        // Only one that stayed up for a while has recovered: two owners that fence each other take the collection over again and again.
        var inARow = time.GetElapsedTime(before.StartedAt) > Longest ? 1 : before.InARow + 1;
        var fruitless = byJournal ? before.Fruitless : before.Fruitless + 1;
        _histories[key] = before with { InARow = inARow, Fruitless = fruitless };
        var pause = fruitless > FruitlessStarts
            ? Doubled(TimeSpan.FromMinutes(1), fruitless - FruitlessStarts - 1, LongestFruitless)
            : Doubled(first, inARow - 1, Longest);
        return (pause * (1 + (random.NextDouble() * 0.5)), inARow > 1 || fruitless > FruitlessStarts);
    }

    private History Of(CollectionKey key) => _histories.GetValueOrDefault(key) ?? new(time.GetTimestamp(), 0, 0);

    private static TimeSpan Doubled(TimeSpan first, int times, TimeSpan most)
    {
        var pause = first * Math.Pow(2, Math.Min(times, 20));
        return pause < most ? pause : most;
    }
}
