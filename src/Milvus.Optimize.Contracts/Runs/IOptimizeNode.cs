using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Contracts.Runs;

/// <summary>What a host asks of the optimizer in its own process.</summary>
public interface IOptimizeNode
{
    /// <summary>Wakes every collection with an unfinished run. An embedder's node does so at start by itself.</summary>
    Task WakeAsync(CancellationToken cancellationToken);

    /// <summary>Wakes one collection, so that its run goes on although nobody waits for it.</summary>
    Task WakeAsync(CollectionKey collection, CancellationToken cancellationToken);

    /// <summary>Runs that can go on: held, parked and quarantined ones do not count.</summary>
    Task<int> CountRunningAsync(CancellationToken cancellationToken);

    /// <summary>Whether this node is fit to own collections: not while its journal is down, nor while other nodes take its collections away. Well by default.</summary>
    Task<NodeStatus> GetStatusAsync(CancellationToken cancellationToken) => Task.FromResult(NodeStatus.Well);
}
