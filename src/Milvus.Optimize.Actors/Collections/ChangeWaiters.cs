using Akka.Actor;

namespace Milvus.Optimize.Actors.Collections;

/// <summary>Those who wait for the next change of a run. In memory and bounded: whoever is lost or turned away simply asks again.</summary>
internal sealed class ChangeWaiters(TimeProvider time)
{
    public const int Most = 1000;
    private readonly List<(IActorRef Asker, long Until)> _waiting = [];

    /// <summary>False when there are too many: then the asker is answered at once.</summary>
    public bool TryAdd(IActorRef asker, TimeSpan wait)
    {
        if (_waiting.Count >= Most) return false;
        _waiting.Add((asker, time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency)));
        return true;
    }

    /// <summary>When the first wait is over; null when nobody waits.</summary>
    public TimeSpan? NextDue => _waiting.Count == 0 ? null : time.GetElapsedTime(time.GetTimestamp(), _waiting.Min(w => w.Until));

    public void AnswerAll(object reply)
    {
        foreach (var (asker, _) in _waiting) asker.Tell(reply);
        _waiting.Clear();
    }

    public void AnswerDue(object reply)
    {
        var now = time.GetTimestamp();
        foreach (var (asker, _) in _waiting.Where(w => w.Until <= now)) asker.Tell(reply);
        _waiting.RemoveAll(w => w.Until <= now);
    }
}
