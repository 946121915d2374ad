using System.Collections.Immutable;
using Milvus.Optimize.Client;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>Of a node behind its routes.</summary>
internal sealed class RemoteReads(HttpOptimizeRuns runs) : INodeReads
{
    // Each collection of a page is a call to Milvus, and a page has a minute.
    private const int PageSize = 100;

    public Task<RunPage> RunsAsync(RunQuery query, RunPage? before, CancellationToken cancellationToken) => runs.PageAsync(query, before?.NextPageToken, cancellationToken);

    public Task<TimelinePage> TimelineAsync(RunId run, long after, CancellationToken cancellationToken) => runs.TimelineAsync(run, after, cancellationToken);

    public Task<ReportDocument> ReportAsync(RunId run, CancellationToken cancellationToken) => runs.ReportAsync(run, cancellationToken);

    public Task<ImmutableArray<ClusterDocument>> ClustersAsync(CancellationToken cancellationToken) => runs.ClustersAsync(cancellationToken);

    public async Task<ImmutableArray<CollectionDocument>> CollectionsAsync(ClusterName cluster, string? database, string? pattern, CancellationToken cancellationToken)
    {
        var all = ImmutableArray.CreateBuilder<CollectionDocument>();
        string? token = null;
        do
        {
            var page = await runs.CollectionsAsync(cluster, database, pattern, token, PageSize, cancellationToken);
            all.AddRange(page.Collections);
            token = page.NextPageToken;
        }
        while (token is not null);
        return all.ToImmutable();
    }
}
