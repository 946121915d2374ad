using Microsoft.Extensions.DependencyInjection;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>What a node says of itself.</summary>
internal static class NodeStatuses
{
    public static Task<NodeStatus> GetNodeStatusAsync(this IServiceProvider services) => services.GetRequiredService<IOptimizeNode>().GetStatusAsync(default);
}
