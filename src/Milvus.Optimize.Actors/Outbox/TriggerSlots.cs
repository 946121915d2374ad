namespace Milvus.Optimize.Actors.Outbox;

/// <summary>
/// So many triggers of a node at once; who wants to send waits for its turn. Taken before the right to send is made, because that right is over within
/// seconds: ten thousand runs that come to it together would else write an intent each time and send none.
/// </summary>
internal sealed class TriggerSlots(int most)
{
    private readonly HashSet<object> _holders = [];
    private readonly List<object> _waiting = [];

    /// <summary>True when it has a slot; else it has its place in the row.</summary>
    public bool TryTake(object who)
    {
        if (_holders.Contains(who)) return true;
        if (_holders.Count < most)
        {
            _holders.Add(who);
            return true;
        }

        if (!_waiting.Contains(who)) _waiting.Add(who);
        return false;
    }

    /// <summary>The call is under way, and goes on whatever becomes of the one that wanted it.</summary>
    public void Pass(object from, object to)
    {
        _holders.Remove(from);
        _holders.Add(to);
    }

    /// <returns>Whose turn it is now; null when nobody waits or no slot is free.</returns>
    public object? Release(object who)
    {
        _holders.Remove(who);
        _waiting.Remove(who);
        if (_waiting.Count == 0 || _holders.Count >= most) return null;
        var next = _waiting[0];
        _waiting.RemoveAt(0);
        _holders.Add(next);
        return next;
    }
}
