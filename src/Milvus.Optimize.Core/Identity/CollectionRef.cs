namespace Milvus.Optimize.Core.Identity;

/// <summary>A collection as a caller names it.</summary>
/// <param name="Database">Default <c>default</c>.</param>
/// <param name="Name">A name or an alias.</param>
public sealed record CollectionRef(ClusterName Cluster, string Database, string Name)
{
    /// <inheritdoc/>
    public override string ToString() => Database is "default" or "" ? Name : $"{Database}.{Name}";
}
