// Each test has its processes and two cores to share: one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>A test over several node processes and a PostgreSQL of its own.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ClusterFactAttribute : FactAttribute
{
    public ClusterFactAttribute() => Skip = DatabaseServer.Missing;
}

/// <summary>The same with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ClusterTheoryAttribute : TheoryAttribute
{
    public ClusterTheoryAttribute() => Skip = DatabaseServer.Missing;
}
