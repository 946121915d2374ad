using Akka.Actor;
using Akka.Event;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Actors;

/// <summary>Giving requests to collections, and answering for those that are away: a request never waits where nobody can take it.</summary>
public sealed partial class OptimizeSupervisor
{
    private static readonly TimeSpan LongestPretence = TimeSpan.FromSeconds(1);

    private sealed record Away(Held State, string WhatToDo);

    /// <summary>Reads are answered by the table's row where the collection is away; all else is told to come again.</summary>
    private void Give(CollectionKey key, object request, IActorRef asker)
    {
        if (!IsHere(key)) Elsewhere(key, request, asker);
        else if (AwayReason(key) is { } away && !MayProbe(key, request)) TurnAway(request, asker, away);
        else if (_open.IsFull(key)) asker.Tell(new Refused(new(OptimizeProblem.Unavailable, $"{_services.Options.MaxOpenRequests} requests wait for collection {key}: it is busy; retry later with the same key", Retryable: true)));
        else if (_leaving.Contains(key)) Keep(key, request, asker);
        else Pass(key, Child(key), request, asker);
    }

    private void Pass(CollectionKey key, IActorRef child, object request, IActorRef asker)
    {
        _open.Given(key);
        child.Tell(request, asker);
    }

    private Away? AwayReason(CollectionKey key)
    {
        if (_fences.IsReadOnly(key))
            return new(new("OwnedElsewhere", "another node owns this collection; this one only shows the last that was stored"), $"another node owns collection {key}: ask there, or retry later with the same key");
        if (_journal.Down is { } cause)
            return new(new("JournalUnavailable", $"{cause}; the run goes on by itself when it can"), $"{cause}; then retry with the same key");
        return _resting.Contains(key)
            ? new(new("Resting", "its actor stopped several times and starts again by itself"), $"the actor of collection {key} stopped several times and rests for a while; retry later with the same key")
            : null;
    }

    /// <summary>Only what writes shows whether the journal is back, and only where the collection itself is not kept away.</summary>
    private bool MayProbe(CollectionKey key, object request) =>
        request is not GetRun && _journal.Down is not null && !_resting.Contains(key) && _journal.TakeProbe();

    private static void TurnAway(object request, IActorRef asker, Away away)
    {
        if (request is not GetRun get)
        {
            asker.Tell(new Refused(new(OptimizeProblem.Unavailable, away.WhatToDo, Retryable: true)));
            return;
        }

        // Whoever waits for a change would else ask again at once, and again.
        var wait = get.Wait < LongestPretence ? get.Wait : LongestPretence;
        if (wait <= TimeSpan.Zero) asker.Tell(new NotAwake(away.State));
        else Context.System.Scheduler.ScheduleTellOnce(wait, asker, new NotAwake(away.State), ActorRefs.NoSender);
    }

    /// <summary>
    /// A request that was waiting in a collection's mailbox or behind its write when that collection stopped: nobody has looked at it, so it is given to
    /// the next incarnation instead of letting its caller run into a time-out.
    /// </summary>
    private void Adopt(DeadLetter letter)
    {
        // Anybody may write to an address that never was a collection's.
        if (CollectionKey.TryParse(letter.Recipient.Path.Name) is not { } key) return;
        if (!IsHere(key) && !_children.ContainsKey(key)) Elsewhere(key, letter.Message, letter.Sender);
        else if (AwayReason(key) is { } away) TurnAway(letter.Message, letter.Sender, away);
        else if (_children.TryGetValue(key, out var child) && !child.Equals(letter.Recipient)) Pass(key, child, letter.Message, letter.Sender);
        else Keep(key, letter.Message, letter.Sender);
    }

    private void Keep(CollectionKey key, object request, IActorRef asker)
    {
        if (_orphans.Count < MostOrphans) _orphans.Add((key, request, asker));
        else asker.Tell(new Refused(new(OptimizeProblem.Unavailable, "too many requests wait for collections that start again; retry later with the same key", Retryable: true)));
    }

    private void HandOver(CollectionKey key, IActorRef child)
    {
        foreach (var (_, request, asker) in _orphans.Where(o => o.Key == key)) Pass(key, child, request, asker);
        _orphans.RemoveAll(o => o.Key == key);
    }

    private void TurnAwayOrphans(CollectionKey key)
    {
        if (AwayReason(key) is not { } away) return;
        foreach (var (_, request, asker) in _orphans.Where(o => o.Key == key)) TurnAway(request, asker, away);
        _orphans.RemoveAll(o => o.Key == key);
    }
}
