namespace Milvus.Optimize.Contracts.Serialization;

/// <summary>
/// Ids of the persistence plugins that collections use. They are ours, so that an embedder's own persistent actors keep their default journal.
/// </summary>
public static class OptimizePlugins
{
    public const string Journal = "akka.persistence.journal.milvus-optimize";

    public const string Snapshots = "akka.persistence.snapshot-store.milvus-optimize";

    /// <summary>What cluster sharding remembers. It deletes what it no longer needs, so it has tables, a pool and a breaker apart from the collections'.</summary>
    public const string ShardingJournal = "akka.persistence.journal.milvus-optimize-sharding";

    public const string ShardingSnapshots = "akka.persistence.snapshot-store.milvus-optimize-sharding";
}
