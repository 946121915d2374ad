using Microsoft.Extensions.DependencyInjection;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>The node of a host, and what it says of itself.</summary>
internal static class NodeStatuses
{
    public static IOptimizeNode NodeOf(this IServiceProvider services) => services.GetRequiredService<IOptimizeNode>();

    public static Task<NodeStatus> GetNodeStatusAsync(this IServiceProvider services) => services.NodeOf().GetStatusAsync(default);
}
