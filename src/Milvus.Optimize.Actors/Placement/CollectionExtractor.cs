using Akka.Cluster.Sharding;

namespace Milvus.Optimize.Actors.Placement;

/// <summary>From a message to its collection and that one's shard.</summary>
internal sealed class CollectionExtractor() : HashCodeMessageExtractor(Shards)
{
    /// <summary>Fixed for ever: it cannot change while any node of the cluster is up.</summary>
    public const int Shards = 100;

    public override string? EntityId(object message) => (message as OnCollection)?.Key.ToString();

    public override object EntityMessage(object message) => ((OnCollection)message).Message;
}
