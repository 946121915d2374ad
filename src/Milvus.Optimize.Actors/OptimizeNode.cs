using Akka.Actor;
using Akka.Hosting;
using Milvus.Optimize.Actors.Placement;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Actors;

/// <summary>The optimizer of this process, as its host sees it.</summary>
/// <param name="system">Asked for late: the host makes it while this is made.</param>
/// <param name="probe">Null where only writes tell how the journal is.</param>
internal sealed class OptimizeNode(IRequiredActor<OptimizeSupervisor> supervisor, IRunTable table, Func<ActorSystem> system, IJournalProbe? probe) : IOptimizeNode
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
        var standing = ClusterStanding.WhyUnfitAsync(system(), cancellationToken);

        // The cause before what it brings with it: without a database nothing is placed.
        if (probe is not null && await probe.WhyNotAsync(cancellationToken) is { } unwritable) return new(false, unwritable);
        if (await standing is { } unfit) return new(false, unfit);

        // A node that only asks has a way to the others there, and no state.
        return ClusterStanding.OnlyAsks(system()) ? NodeStatus.Well : await actor.Ask<NodeStatus>(new GetStatus(DatabaseAnswers: probe is not null), TimeSpan.FromSeconds(5), cancellationToken);
    }
}
