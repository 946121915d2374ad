using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Actors.Collections;

/// <summary>Whether the segments have stopped changing. In memory: a new incarnation watches anew.</summary>
internal sealed class SettleWatch(TimeProvider time, TimeSpan window)
{
    private ImmutableHashSet<long>? _last;
    private ImmutableHashSet<long> _first = [];
    private long _since;

    /// <summary>Some segment is flushed that was not when the watch began.</summary>
    public bool SawNew { get; private set; }

    public void Restart()
    {
        _last = null;
        SawNew = false;
    }

    /// <summary>Takes one look; true when nothing changed for the window.</summary>
    public bool Observe(ImmutableArray<SegmentObservation>? segments)
    {
        if (segments is not { } seen)
        {
            Restart();
            return false;
        }

        var now = seen.Where(s => s.State == SegmentState.Flushed).Select(s => s.Id).ToImmutableHashSet();
        if (_last is null) _first = now;
        SawNew |= !now.IsSubsetOf(_first);
        if (_last is not null && _last.SetEquals(now)) return time.GetElapsedTime(_since) >= window;
        _last = now;
        _since = time.GetTimestamp();
        return false;
    }
}
