using Akka.Actor;
using Akka.Hosting;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Actors;

/// <summary>The optimizer of this process, as its host sees it.</summary>
internal sealed class OptimizeNode(IRequiredActor<OptimizeSupervisor> supervisor, IRunTable table) : IOptimizeNode
{
    /// <inheritdoc/>
    public async Task WakeAsync(CancellationToken cancellationToken)
    {
        var actor = await supervisor.GetAsync(cancellationToken);
        foreach (var key in await table.UnfinishedAsync(cancellationToken)) actor.Tell(new Wake(key));
    }

    /// <inheritdoc/>
    public async Task WakeAsync(CollectionKey collection, CancellationToken cancellationToken) =>
        (await supervisor.GetAsync(cancellationToken)).Tell(new Wake(collection));

    /// <inheritdoc/>
    public async Task<int> CountRunningAsync(CancellationToken cancellationToken)
    {
        var actor = await supervisor.GetAsync(cancellationToken);
        return await actor.Ask<int>(CountRunning.Instance, TimeSpan.FromSeconds(5), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<NodeStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        var actor = await supervisor.GetAsync(cancellationToken);
        return await actor.Ask<NodeStatus>(GetStatus.Instance, TimeSpan.FromSeconds(5), cancellationToken);
    }
}
