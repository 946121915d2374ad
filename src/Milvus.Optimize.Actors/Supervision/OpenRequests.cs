using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Actors.Supervision;

/// <summary>
/// Counts the requests that were given to a collection and that it has not taken yet: they lie in its mailbox or behind its write, where nothing else
/// bounds them. What is not a request (answers of effects, outcomes, timers) is not counted and never turned away.
/// </summary>
internal sealed class OpenRequests(int most)
{
    private readonly Dictionary<CollectionKey, int> _open = [];

    public bool Any(CollectionKey key) => _open.ContainsKey(key);

    public bool IsFull(CollectionKey key) => _open.GetValueOrDefault(key) >= most;

    public void Given(CollectionKey key) => _open[key] = _open.GetValueOrDefault(key) + 1;

    public void Taken(CollectionKey key)
    {
        if (_open.GetValueOrDefault(key) <= 1) _open.Remove(key);
        else _open[key]--;
    }

    /// <summary>The collection stopped: what it had not taken is counted again where it is given again.</summary>
    public void Forget(CollectionKey key) => _open.Remove(key);
}
