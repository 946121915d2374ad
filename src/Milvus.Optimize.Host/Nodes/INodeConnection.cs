using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>A node to ask: one in another process, or this process's own.</summary>
internal interface INodeConnection
{
    IOptimizeRuns Runs { get; }

    INodeReads Reads { get; }

    /// <summary>Starts or joins a run on the Milvus that the command brings, or, where it brings none, on the one that the request names.</summary>
    Task<StartedRun> StartAsync(StartRequest request, RunTarget? target, CancellationToken cancellationToken);
}
