using Akka.Actor;
using Akka.Event;
using Milvus.Optimize.Actors.Collections;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Actors;

/// <summary>The lives of the collections' actors: started when they are needed, stopped when they are not, started again after a failure.</summary>
public sealed partial class OptimizeSupervisor
{
    private const int MostOrphans = 10_000;
    private readonly Dictionary<CollectionKey, IActorRef> _children = [];
    private readonly HashSet<CollectionKey> _leaving = [];
    private readonly HashSet<CollectionKey> _resting = [];
    private readonly Dictionary<CollectionKey, JournalFault> _failedByJournal = [];
    private readonly Dictionary<CollectionKey, long> _persisting = [];
    private readonly List<(CollectionKey Key, object Message, IActorRef Sender)> _orphans = [];

    private sealed record RestartDue(CollectionKey Key) : INoSerializationVerificationNeeded, INotInfluenceReceiveTimeout;

    private bool OnChildMessage(object message)
    {
        switch (message)
        {
            case RequestTaken taken:
                _open.Taken(taken.Key);
                return true;
            case Persisting { Value: true } p:
                _persisting[p.Key] = _services.Time.GetTimestamp();
                return true;
            case Persisting p:
                Stored(p);
                return true;
            case JournalFailed failed:
                _failedByJournal[failed.Key] = failed.Fault;
                if (failed.Fault == JournalFault.Other && _persisting.ContainsKey(failed.Key)) _fences.Unanswered(failed.Key);
                _journal.Failed(failed.Fault, failed.Cause);
                return true;
            case MayStop m when _children.TryGetValue(m.Key, out var child) && !_open.Any(m.Key) && _leaving.Add(m.Key):
                child.Tell(StopIdle.Instance);
                return true;
            case MayStop:
                return true;
            case StaysUp s:
                _leaving.Remove(s.Key);
                if (_leavingSeats.ContainsKey(s.Key)) StopForLeave(s.Key);
                else if (_children.TryGetValue(s.Key, out var stays)) HandOver(s.Key, stays);
                return true;
            case Terminated t:
                Stopped(t.ActorRef);
                return true;
            case RestartDue due:
                _resting.Remove(due.Key);
                if (IsHere(due.Key)) Child(due.Key);
                return true;
            default:
                return false;
        }
    }

    private IActorRef Child(CollectionKey key)
    {
        if (_children.TryGetValue(key, out var child)) return child;
        var actor = Context.ActorOf(CollectionActor.Props(key, _services), key.ToString());
        Context.Watch(actor);
        _children[key] = actor;
        _pauses.Started(key);
        HandOver(key, actor);
        if (_draining) actor.Tell(Drain.Instance);
        return actor;
    }

    private void Stored(Persisting p)
    {
        _persisting.Remove(p.Key);
        _fences.Stored(p.Key);
        if (p.Progress) _pauses.Progressed(p.Key);
        if (!_journal.Succeeded()) return;
        _log.Info("the journal takes writes again");
        foreach (var key in _resting.Where(k => !_fences.IsReadOnly(k)))
            Timers.StartSingleTimer(key, new RestartDue(key), _services.Options.RestartPause * (1 + _services.Random.NextDouble()));
    }

    private void Stopped(IActorRef actor)
    {
        var key = _children.FirstOrDefault(c => c.Value.Equals(actor)).Key;
        if (key is null) return;
        _children.Remove(key);
        _persisting.Remove(key);
        _open.Forget(key);
        var idle = _leaving.Remove(key);
        if (!IsHere(key)) GiveUp(key);
        else if (idle) Left(key);
        else Failed(key);
    }

    /// <summary>It had nothing to do: no failure. Whoever asked for it meanwhile meets its next incarnation.</summary>
    private void Left(CollectionKey key)
    {
        _running.Remove(key);
        _pauses.Forget(key);
        _fences.Forget(key);
        if (_orphans.Any(o => o.Key == key)) Child(key);
        else ReturnSeat(key);
    }

    private void Failed(CollectionKey key)
    {
        var byJournal = _failedByJournal.Remove(key, out var fault);
        var (pause, rests) = _pauses.Stopped(key, byJournal);
        if (byJournal && fault == JournalFault.Fenced)
        {
            if (_fences.MayBeOwn(key)) _log.Info("the write of {Collection} that was refused may have met an earlier one of this node that came late", key);
            else (pause, rests) = (_fences.Fenced(key), true);
        }

        _log.Warning("the actor of {Collection} stopped and starts again in {Pause}", key, pause);
        if (rests) RestFor(key, pause);
        else Timers.StartSingleTimer(key, new RestartDue(key), pause);
        TurnAwayOrphans(key);
    }

    private void RestFor(CollectionKey key, TimeSpan pause)
    {
        _resting.Add(key);
        Timers.StartSingleTimer(key, new RestartDue(key), pause);
    }

    /// <summary>While it persists, an actor's own timers are stashed: only somebody else can see that a write hangs.</summary>
    private void StopHungWrites()
    {
        var limit = _services.Options.PersistLimit;
        foreach (var (key, since) in _persisting.Where(p => _services.Time.GetElapsedTime(p.Value) > limit).ToList())
        {
            _log.Error("a write of {Collection} hangs for more than {Limit}: stopping its actor", key, limit);
            _persisting.Remove(key);
            _fences.Unanswered(key);
            _failedByJournal[key] = JournalFault.Other;
            _journal.Failed(JournalFault.Other, $"a write hung for more than {limit}");
            if (_children.TryGetValue(key, out var child)) Context.Stop(child);
        }

        Timers.StartSingleTimer(nameof(LookAtWrites), LookAtWrites.Instance, limit / 4);
    }
}
