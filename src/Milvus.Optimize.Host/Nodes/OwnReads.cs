using System.Collections.Immutable;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>Of this process's own node: from the run table, the journal and Milvus, past the collections' actors.</summary>
internal sealed class OwnReads(IRunTable table, IRunHistory history, IClusterInspection clusters) : INodeReads
{
    private const int MaxPage = 500;
    private const int MaxEvents = 10_000;

    private readonly TableRuns _runs = new(table);

    public async Task<RunPage> RunsAsync(RunQuery query, RunPage? before, CancellationToken cancellationToken)
    {
        var place = before is null ? null : new RunPlace(before.Runs[^1].StartedAt, before.Runs[^1].Id);
        var runs = await table.ListAsync(query with { Before = place }, cancellationToken);
        return new(runs, runs.Length < query.Limit ? null : runs[^1].Id);
    }

    public async Task<TimelinePage> TimelineAsync(RunId run, long after, CancellationToken cancellationToken)
    {
        var events = await history.ReadAsync(run, after, MaxPage, cancellationToken);
        if (events.IsEmpty) await _runs.GetAsync(run, -1, TimeSpan.Zero, cancellationToken);
        return new([.. events.Select(RunTimeline.Of)], events.IsEmpty ? after : events[^1].SequenceNr);
    }

    public async Task<ReportDocument> ReportAsync(RunId run, CancellationToken cancellationToken) =>
        RunReports.Of(await _runs.GetAsync(run, -1, TimeSpan.Zero, cancellationToken), await history.ReadAsync(run, 0, MaxEvents, cancellationToken));

    public Task<ImmutableArray<ClusterDocument>> ClustersAsync(CancellationToken cancellationToken) => Task.FromResult(clusters.Clusters());

    public async Task<ImmutableArray<CollectionDocument>> CollectionsAsync(ClusterName cluster, string? database, string? pattern, CancellationToken cancellationToken)
    {
        var all = ImmutableArray.CreateBuilder<CollectionDocument>();
        foreach (var collection in await clusters.ListAsync(cluster, database, cancellationToken))
        {
            if (!CollectionScope.Matches(pattern ?? "*", collection.Name)) continue;
            all.Add(await CollectionDocuments.ReadAsync(
                cluster, collection, () => clusters.CountSegmentsAsync(cluster, collection, cancellationToken), _runs, cancellationToken));
        }

        return all.ToImmutable();
    }
}
