using Akka.Actor;
using Akka.Event;
using Milvus.Optimize.Actors.Placement;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Actors;

/// <summary>
/// In a cluster: only a collection with a seat here is run here, everything else goes to where its seat is. A seat outlives its actor's failures, so the
/// pauses after them hold; it is given up when another node takes over, or when the collection has nothing to do.
/// </summary>
public sealed partial class OptimizeSupervisor
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(15);
    private readonly ICollectionPlaces? _places;
    private readonly Dictionary<CollectionKey, IActorRef> _seats = [];
    private readonly Dictionary<CollectionKey, IActorRef> _leavingSeats = [];

    // Left with something to do: not returned by the collection itself.
    private readonly HashSet<CollectionKey> _goingOn = [];

    /// <summary>Whether this node may run the collection's actor.</summary>
    private bool IsHere(CollectionKey key) => _places is null || _seats.ContainsKey(key);

    private bool OnSeatMessage(object message)
    {
        switch (message)
        {
            case Seated seated:
                _seats[seated.Key] = Sender;
                Context.WatchWith(Sender, new SeatGone(seated.Key, Sender));
                _toWake.Confirmed(seated.Key);
                if (_fences.Left(seated.Key) is var left && left > TimeSpan.Zero) RestFor(seated.Key, left);
                else WakeHere(seated.Key);
                return true;
            case AtSeat at when IsHere(at.Key):
                AtSeat(at.Key, at.Message);
                return true;
            case AtSeat at:
                Elsewhere(at.Key, at.Message, Sender);
                return true;
            case OnCollection on when IsHere(on.Key):
                AtSeat(on.Key, on.Message);
                return true;
            case OnCollection on:
                // From a node that leaves. Not handed on to a third: two that leave would play ball with it.
                _places?.Send(on.Key, on.Message, Sender);
                return true;
            case LeaveSeat leave:
                _leavingSeats[leave.Key] = Sender;
                if (_seats.Remove(leave.Key)) _goingOn.Add(leave.Key);
                StopForLeave(leave.Key);
                return true;
            case SeatGone gone:
                // Its shard stopped without asking: then the actor goes at once, and its next write would be refused at worst.
                if (_seats.GetValueOrDefault(gone.Key) is { } seat && seat.Equals(gone.Seat))
                {
                    _seats.Remove(gone.Key);
                    _goingOn.Add(gone.Key);
                    if (_children.TryGetValue(gone.Key, out var child)) Context.Stop(child);
                    else GiveUp(gone.Key);
                }

                if (_leavingSeats.GetValueOrDefault(gone.Key) is { } leaving && leaving.Equals(gone.Seat)) _leavingSeats.Remove(gone.Key);
                return true;
            case FindRun find:
                TableAsync(t => t.FindAsync(find.Run, CancellationToken.None), run => run is null
                    ? new Refused(new(OptimizeProblem.NotFound, $"there is no run {find.Run}"))
                    : new RunReply(run)).PipeTo(Sender);
                return true;
            case ListRuns list:
                TableAsync(t => t.ListAsync(list.Query, CancellationToken.None), runs => new RunIds([.. runs.Select(r => RunId.Parse(r.Id))])).PipeTo(Sender);
                return true;
            default:
                return OnWaking(message);
        }
    }

    private async Task<object> TableAsync<T>(Func<IRunTable, Task<T>> read, Func<T, object> answer)
    {
        try
        {
            return answer(await read(_services.Table));
        }
        catch (Exception e)
        {
            _log.Warning(e, "the run table cannot be read");
            return new Refused(new(OptimizeProblem.Unavailable, $"the run table cannot be read: {SafeReason.Of(e)}; check the database and ask again", Retryable: true));
        }
    }

    private sealed record SeatGone(CollectionKey Key, IActorRef Seat) : INoSerializationVerificationNeeded;

    private void AtSeat(CollectionKey key, object message)
    {
        switch (message)
        {
            case Wake:
                // Whoever asks believes that nobody carries it: a seat alone carries nothing.
                WakeHere(key);
                Sender.Tell(new Awake(key));
                break;
            case DeliverOutcome outcome:
                TakeOutcome(outcome);
                break;
            default:
                Give(key, message, Sender);
                break;
        }
    }

    /// <summary>While this node leaves, sharding carries nothing from here any more: another node is asked to.</summary>
    private void Elsewhere(CollectionKey key, object message, IActorRef sender)
    {
        if (_draining && _places!.SendByAnother(key, message, sender)) return;
        if (message is StartOn) AskElsewhereAsync(key, message).PipeTo(sender);
        else _places!.Send(key, message, sender);
    }

    /// <summary>A start has its name resolved already: what is left is a write, and nobody waits for one as long as for Milvus.</summary>
    private async Task<object> AskElsewhereAsync(CollectionKey key, object message)
    {
        try
        {
            return await _places!.AskAsync(key, message, StartLimit);
        }
        catch (AskTimeoutException)
        {
            return new Refused(new(OptimizeProblem.OutcomeUnknown, $"no node has answered for collection {key} within {StartLimit}: it moves, or the database is down; ask again with the same key", Retryable: true));
        }
    }

    private void StopForLeave(CollectionKey key)
    {
        Timers.Cancel(key);
        if (_children.TryGetValue(key, out var child))
        {
            // One that is about to stop for want of work says so, or that it stays: then it is asked again.
            if (!_leaving.Contains(key)) child.Tell(LeaveNode.Instance);
            return;
        }

        GiveUp(key);
    }

    /// <summary>Its actor is gone: what waited for it goes where the seat goes.</summary>
    private void GiveUp(CollectionKey key)
    {
        _running.Remove(key);
        _services.Pace.Unfinished = _running.Count;
        _resting.Remove(key);
        _failedByJournal.Remove(key);
        _fences.Stored(key);
        _pauses.Forget(key);
        var orphans = _orphans.Where(o => o.Key == key).ToList();
        _orphans.RemoveAll(o => o.Key == key);
        foreach (var (_, request, asker) in orphans) Elsewhere(key, request, asker);
        if (_leavingSeats.Remove(key, out var seat)) seat.Tell(SeatFree.Instance);
        if (_goingOn.Remove(key)) WakeElsewhere(key);
    }

    /// <summary>It stopped for want of work, and nobody has asked for it since: its place is not kept.</summary>
    private void ReturnSeat(CollectionKey key)
    {
        if (_seats.Remove(key, out var seat)) seat.Tell(SeatNotNeeded.Instance);
    }
}
