using Akka;
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
    private const string Downed = "the other nodes have downed this one";
    private readonly SelfFence _fence;
    private readonly Cluster _cluster = Cluster.Get(Context.System);

    public OutcastWatch(SelfFence fence) => _fence = fence;

    public static Props Props(SelfFence fence) => Akka.Actor.Props.Create(() => new OutcastWatch(fence));

    /// <summary>The shutdown of a node that was downed may begin before the event of it comes, and would let the node act for seconds more.</summary>
    public static void CloseBeforeShutdown(CoordinatedShutdown shutdown, SelfFence fence)
    {
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "outcast", () =>
        {
            if (shutdown.ShutdownReason is CoordinatedShutdown.ClusterDowningReason) fence.Close(Downed);
            return Task.FromResult(Done.Instance);
        });
    }

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
        if (message is ClusterEvent.MemberDowned { Member: var member } && member.UniqueAddress == _cluster.SelfUniqueAddress) _fence.Close(Downed);
        if (message is ThisActorSystemQuarantinedEvent q) _fence.Close($"{q.RemoteAddress} has shut this node out");
    }
}
