namespace Milvus.Optimize.Contracts.Messages;

/// <summary>Where the nodes that run collections are found in the Akka cluster.</summary>
internal static class OptimizeNodes
{
    public const string Role = "optimize";

    /// <summary>Of each node's supervisor, below <c>/user</c>.</summary>
    public const string SupervisorName = "milvus-optimize";
}
