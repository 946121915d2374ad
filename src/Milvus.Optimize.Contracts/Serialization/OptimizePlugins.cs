namespace Milvus.Optimize.Contracts.Serialization;

/// <summary>
/// Ids of the persistence plugins that collections use. They are ours, so that an embedder's own persistent actors keep their default journal.
/// </summary>
public static class OptimizePlugins
{
    public const string Journal = "akka.persistence.journal.milvus-optimize";

    public const string Snapshots = "akka.persistence.snapshot-store.milvus-optimize";
}
