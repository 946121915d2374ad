using System.Collections.Immutable;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>What a node knows beside its runs. Asking wakes none.</summary>
internal interface INodeReads
{
    /// <summary>A page of runs, newest first; without a token there is no next one.</summary>
    /// <param name="query">The same for every page; its limit is the page's size.</param>
    /// <param name="before">The page before, of whichever node; null for the first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<RunPage> RunsAsync(RunQuery query, RunPage? before, CancellationToken cancellationToken);

    /// <summary>Events of a run after a sequence number, 500 at most.</summary>
    Task<TimelinePage> TimelineAsync(RunId run, long after, CancellationToken cancellationToken);

    Task<ReportDocument> ReportAsync(RunId run, CancellationToken cancellationToken);

    Task<ImmutableArray<ClusterDocument>> ClustersAsync(CancellationToken cancellationToken);

    /// <summary>A cluster's collections in the order of their names.</summary>
    /// <param name="cluster">One of the node's.</param>
    /// <param name="database">Null for all.</param>
    /// <param name="pattern">Null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<ImmutableArray<CollectionDocument>> CollectionsAsync(ClusterName cluster, string? database, string? pattern, CancellationToken cancellationToken);
}
