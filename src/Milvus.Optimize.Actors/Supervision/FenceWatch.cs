using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Actors.Supervision;

/// <summary>
/// Collections whose next event somebody else wrote. Two owners would take a run from each other for ever, and neither would live through the wait W that
/// an unanswered trigger needs: so whoever is fenced stays away for twice W, doubling with each time, until one of them has the time to finish.
/// </summary>
/// <param name="w">W, the sum of a trigger's budgets.</param>
/// <param name="longestWatch">As long as a run may have to watch before it writes the next event: a fence that comes after that is of the same duel still.</param>
internal sealed class FenceWatch(TimeProvider time, Random random, TimeSpan w, TimeSpan longestWatch)
{
    private const int TooMany = 3;
    private static readonly TimeSpan Together = TimeSpan.FromMinutes(1);
    private readonly Dictionary<CollectionKey, Fence> _fences = [];
    private readonly HashSet<CollectionKey> _unanswered = [];
    private bool _unready;

    private sealed record Fence(int Times, long At, TimeSpan Pause);

    /// <summary>Fenced on three collections within a minute: this node is the one that is wrong. Ready again when it is kept from none.</summary>
    public bool Unready => _unready &= _fences.Keys.Any(IsReadOnly);

    /// <summary>Another node owns the collection for now: nothing is claimed or written.</summary>
    public bool IsReadOnly(CollectionKey key) => Left(key) > TimeSpan.Zero;

    /// <summary>For how long still; zero or less when it is over, or never was. Each look is at another moment.</summary>
    public TimeSpan Left(CollectionKey key) => _fences.TryGetValue(key, out var fence) ? fence.Pause - time.GetElapsedTime(fence.At) : TimeSpan.Zero;

    /// <summary>Collections whose duel is remembered.</summary>
    public int Count => _fences.Count;

    /// <returns>How long the collection is left to its other owner.</returns>
    public TimeSpan Fenced(CollectionKey key)
    {
        // A duel goes on: the next fence comes with the first event after the pause. One that comes much later is another story.
        foreach (var (old, _) in _fences.Where(f => time.GetElapsedTime(f.Value.At) >= (f.Value.Pause * 2) + longestWatch + Together).ToList()) _fences.Remove(old);
        var times = _fences.TryGetValue(key, out var before) ? before.Times + 1 : 1;
        var pause = w * 2 * Math.Pow(2, Math.Min(times - 1, 6)) * (1 + (random.NextDouble() * 0.5));
        _fences[key] = new(times, time.GetTimestamp(), pause);
        _unready |= _fences.Values.Count(f => f.Times > 0 && time.GetElapsedTime(f.At) < Together) >= TooMany;
        return pause;
    }

    /// <summary>A write of this node had no answer: it may still be stored, and the next one with its number be refused for that.</summary>
    public void Unanswered(CollectionKey key) => _unanswered.Add(key);

    /// <summary>A write was stored: what stood still before it has lost its number for ever.</summary>
    public void Stored(CollectionKey key) => _unanswered.Remove(key);

    /// <summary>
    /// Whether a refusal may come from this node's own late write. Once, and not while a duel is remembered: where there is a rival all the same, the next
    /// refusal says so, however often a slow database leaves writes without an answer.
    /// </summary>
    public bool MayBeOwn(CollectionKey key)
    {
        if (!_unanswered.Remove(key) || (_fences.TryGetValue(key, out var before) && time.GetElapsedTime(before.At) < (before.Pause * 2) + longestWatch + Together)) return false;
        _fences[key] = new(0, time.GetTimestamp(), TimeSpan.Zero);
        return true;
    }

    /// <summary>Its run is over, or it was stopped for want of work: there is nothing to fight about.</summary>
    public void Forget(CollectionKey key)
    {
        _fences.Remove(key);
        _unanswered.Remove(key);
    }
}
