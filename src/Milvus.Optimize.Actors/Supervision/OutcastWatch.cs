using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;

namespace Milvus.Optimize.Actors.Supervision;

/// <summary>
/// Hears that the others have shut this node out, by downing it or by refusing its connections: they take its collections over, so it ends at once. A node
/// that leaves in order is shut out too, at the end of that.
/// </summary>
internal sealed class OutcastWatch : UntypedActor
{
    private readonly SelfFence _fence;
    private readonly Cluster _cluster = Cluster.Get(Context.System);

    public OutcastWatch(SelfFence fence) => _fence = fence;

    public static Props Props(SelfFence fence) => Akka.Actor.Props.Create(() => new OutcastWatch(fence));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberDowned));
    }

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _cluster.Unsubscribe(Self);
    }

    protected override void OnReceive(object message)
    {
        var leaves = CoordinatedShutdown.Get(Context.System).ShutdownReason is not (null or CoordinatedShutdown.ClusterDowningReason);
        if (leaves) return;
        if (message is ClusterEvent.MemberDowned { Member: var member } && member.UniqueAddress == _cluster.SelfUniqueAddress) _fence.Close("the other nodes have downed this one");
        if (message is ThisActorSystemQuarantinedEvent q) _fence.Close($"{q.RemoteAddress} has shut this node out");
    }
}
