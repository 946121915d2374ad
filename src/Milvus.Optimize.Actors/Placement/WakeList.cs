using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Actors.Placement;

/// <summary>
/// Collections that some node must run and none has confirmed. They are asked for some at a time, those first that were not asked yet, and again after a
/// pause until they are confirmed: a message to a node that has just died, or to a shard that moves, is lost.
/// </summary>
/// <param name="time">Whose monotonic clock counts the pause.</param>
/// <param name="pause">Before a collection is asked for again.</param>
/// <param name="manyTimes">So often asked for in vain, a collection needs a person.</param>
internal sealed class WakeList(TimeProvider time, TimeSpan pause, int manyTimes)
{
    private readonly Queue<CollectionKey> _fresh = new();
    private readonly Queue<(CollectionKey Key, long At)> _asked = new();

    // How often each was asked for.
    private readonly Dictionary<CollectionKey, int> _open = [];
    private readonly List<CollectionKey> _inVain = [];

    public bool IsEmpty => _open.Count == 0;

    public void Add(CollectionKey key)
    {
        if (_open.TryAdd(key, 0)) _fresh.Enqueue(key);
    }

    /// <summary>It has its place, wherever that is.</summary>
    public void Confirmed(CollectionKey key) => _open.Remove(key);

    /// <summary>Those whose turn it is, at most so many.</summary>
    public IReadOnlyList<CollectionKey> Next(int most)
    {
        var due = new List<CollectionKey>();
        while (due.Count < most && TryTake(out var key))
        {
            if (!_open.TryGetValue(key, out var times)) continue;
            if (times == manyTimes) _inVain.Add(key);
            _open[key] = times + 1;
            due.Add(key);
            _asked.Enqueue((key, time.GetTimestamp()));
        }

        return due;
    }

    /// <summary>Those that were asked for many times and that no node has confirmed; each is told once.</summary>
    public IReadOnlyList<CollectionKey> TakeInVain()
    {
        CollectionKey[] told = [.. _inVain.Where(_open.ContainsKey)];
        _inVain.Clear();
        return told;
    }

    private bool TryTake(out CollectionKey key)
    {
        if (_fresh.TryDequeue(out key!)) return true;
        if (!_asked.TryPeek(out var asked) || time.GetElapsedTime(asked.At) < pause) return false;
        _asked.Dequeue();
        key = asked.Key;
        return true;
    }
}
