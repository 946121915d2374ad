using Akka.Actor;
using Akka.Cluster.Sharding;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Actors.Placement;

/// <summary>
/// What sharding places: the right of this node to run a collection's actor. The actor itself lives under the node's supervisor, in a cluster as in one
/// process, so that pauses after failures, quarantine, the watch over hung writes and the bound of open requests are one piece of code. A seat is given up
/// only after its actor has stopped, with its last write done: a write that came later would be taken for a second owner's.
/// </summary>
internal sealed class CollectionSeat(CollectionKey key, IActorRef supervisor) : UntypedActor
{
    private bool _asked;

    public static Props Props(CollectionKey key, IActorRef supervisor) => Akka.Actor.Props.Create(() => new CollectionSeat(key, supervisor));

    protected override void PreStart() => supervisor.Tell(new Seated(key));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case GiveUpSeat when _asked:
                break;
            case GiveUpSeat:
                // A hand-over, the end of the node, or its own wish to be passivated.
                _asked = true;
                supervisor.Tell(new LeaveSeat(key));
                break;
            case SeatNotNeeded:
                Context.Parent.Tell(new Passivate(GiveUpSeat.Instance));
                break;
            case SeatFree:
                Context.Stop(Self);
                break;
            default:
                supervisor.Tell(new AtSeat(key, message), Sender);
                break;
        }
    }
}

/// <summary>A seat tells its node's supervisor that the collection is this node's now.</summary>
internal sealed record Seated(CollectionKey Key) : INoSerializationVerificationNeeded;

/// <summary>What came to a seat, with its sender.</summary>
internal sealed record AtSeat(CollectionKey Key, object Message) : INoSerializationVerificationNeeded;

/// <summary>A seat wants its collection's actor gone; answered by <see cref="SeatFree"/>.</summary>
internal sealed record LeaveSeat(CollectionKey Key) : INoSerializationVerificationNeeded;

internal sealed record SeatFree : INoSerializationVerificationNeeded
{
    public static SeatFree Instance { get; } = new();
}

/// <summary>The collection's actor stopped because it had nothing to do.</summary>
internal sealed record SeatNotNeeded : INoSerializationVerificationNeeded
{
    public static SeatNotNeeded Instance { get; } = new();
}

/// <summary>Sharding's stop message. No poison pill, which would not wait for the actor's last write.</summary>
internal sealed record GiveUpSeat : INoSerializationVerificationNeeded
{
    public static GiveUpSeat Instance { get; } = new();
}

/// <summary>To the collection's actor: stop as soon as what is being written is stored.</summary>
internal sealed record LeaveNode : INoSerializationVerificationNeeded
{
    public static LeaveNode Instance { get; } = new();
}

/// <summary>To a node's supervisor: runs that nobody carries are looked for.</summary>
internal sealed record WakeUnfinished : INoSerializationVerificationNeeded
{
    public static WakeUnfinished Instance { get; } = new();
}
