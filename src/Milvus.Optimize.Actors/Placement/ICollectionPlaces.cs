using Akka.Actor;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Actors.Placement;

/// <summary>Where collections are that are not here. Null in a node on its own: there all are here.</summary>
internal interface ICollectionPlaces
{
    /// <summary>Carries a message to the collection's node, which may be this one, whoever that is when it arrives.</summary>
    void Send(CollectionKey key, object message, IActorRef sender);

    /// <summary>The same with its answer, or <see cref="AskTimeoutException"/>: sharding keeps what comes for a collection whose place is not known, for as long as that lasts.</summary>
    Task<object> AskAsync(CollectionKey key, object message, TimeSpan limit);

    /// <summary>The same while this node takes part in placing no more: through another node that runs collections. False when there is none.</summary>
    bool SendByAnother(CollectionKey key, object message, IActorRef sender);
}
