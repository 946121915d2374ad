using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Actors.Placement;

/// <summary>Places by Akka.Cluster.Sharding over the nodes of one role. It decides where a collection is, never who may write: that is the journal's key.</summary>
internal sealed class ShardedPlaces(ActorSystem system, string role) : ICollectionPlaces
{
    public const string TypeName = "milvus-optimize";
    public const string SupervisorName = OptimizeNodes.SupervisorName;
    private readonly Cluster _cluster = Cluster.Get(system);
    private volatile IActorRef _region = ActorRefs.Nobody;

    /// <summary>From here on collections may be seated here, and others are reached. The supervisor hears of nodes that are gone, whose runs nobody carries.</summary>
    public void Start(IActorRef supervisor)
    {
        var sharding = ClusterSharding.Get(system);

        // What must go on is known from the run table and the journal, and a seat is asked for nothing for minutes while its run waits for Milvus.
        var settings = ClusterShardingSettings.Create(system).WithRole(role).WithRememberEntities(false).WithPassivateIdleAfter(TimeSpan.Zero);
        _region = sharding.Start(
            TypeName, id => CollectionSeat.Props(CollectionKey.Parse(id), supervisor), settings, new CollectionExtractor(),
            sharding.DefaultShardAllocationStrategy(settings), GiveUpSeat.Instance);
        _cluster.Subscribe(supervisor, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberRemoved));
    }

    /// <summary>Other nodes that run collections and are up.</summary>
    public IEnumerable<Member> Others => _cluster.State.Members.Where(m =>
        m.Status == MemberStatus.Up && m.HasRole(role) && m.UniqueAddress != _cluster.SelfUniqueAddress && !_cluster.State.Unreachable.Contains(m));

    public void Send(CollectionKey key, object message, IActorRef sender) => _region.Tell(new OnCollection(key, message), sender);

    public Task<object> AskAsync(CollectionKey key, object message, TimeSpan limit) => _region.Ask<object>(new OnCollection(key, message), limit);

    public bool SendByAnother(CollectionKey key, object message, IActorRef sender)
    {
        if (Others.FirstOrDefault() is not { } other) return false;
        system.ActorSelection(new RootActorPath(other.Address) / "user" / SupervisorName).Tell(new OnCollection(key, message), sender);
        return true;
    }
}
