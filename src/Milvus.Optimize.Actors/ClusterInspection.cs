using System.Collections.Immutable;
using System.Globalization;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Actors;

/// <summary>Asks the gateways directly: no collection is woken.</summary>
internal sealed class ClusterInspection(MilvusClusters clusters, IRunTable table) : IClusterInspection
{
    /// <inheritdoc/>
    public ImmutableArray<ClusterDocument> Clusters() => clusters.All;

    /// <inheritdoc/>
    public Task<ImmutableArray<CollectionName>> ListAsync(ClusterName cluster, string? database, CancellationToken cancellationToken) =>
        Ask(new(cluster, database ?? "default", "*"), async gateway =>
        {
            var found = await gateway.ListCollectionsAsync(database, cancellationToken);
            return found is { } all
                ? [.. all.OrderBy(c => c.Database, StringComparer.Ordinal).ThenBy(c => c.Name, StringComparer.Ordinal)]
                : ImmutableArray<CollectionName>.Empty;
        });

    /// <inheritdoc/>
    public Task<CollectionName> ResolveAsync(CollectionRef collection, CancellationToken cancellationToken) => Ask(
        collection, async gateway => (await gateway.DescribeCollectionAsync(collection.Database, collection.Name, cancellationToken)).Name);

    /// <inheritdoc/>
    public Task<SegmentTotalsDocument?> CountSegmentsAsync(ClusterName cluster, CollectionName collection, CancellationToken cancellationToken) => Ask(
        new(cluster, collection.Database, collection.Name),
        async gateway => await gateway.ListSegmentsAsync(collection, cancellationToken) is { } segments ? SegmentTotalsDocument.Of(segments) : null);

    /// <inheritdoc/>
    public Task<PlanDocument> PlanAsync(StartRequest request, CancellationToken cancellationToken) => Ask(request.Collection, async gateway =>
    {
        var (cluster, name) = (request.Collection.Cluster.Value, (await gateway.DescribeCollectionAsync(request.Collection.Database, request.Collection.Name, cancellationToken)).Name);
        var server = await gateway.DescribeServerAsync(name.Database, cancellationToken);
        var segments = await gateway.ListSegmentsAsync(name, cancellationToken);
        var live = await table.ListAsync(new(cluster, name.Database, name.Name, Done: false, Limit: 1), cancellationToken);
        var (merges, reason) = Outlook(server, segments, request.Parameters);
        return new PlanDocument(
            cluster, name.Database, name.Name, name.CollectionId.ToString(CultureInfo.InvariantCulture), RunDocuments.Server(server),
            segments is { } s ? SegmentTotalsDocument.Of(s) : null, merges, reason, live.FirstOrDefault()?.Id);
    });

    private static (bool? Merges, string Reason) Outlook(ServerDescription server, ImmutableArray<SegmentObservation>? segments, OptimizeParameters parameters)
    {
        if (server.Generation.IsLite) return (false, "Milvus Lite does not compact");
        if (segments is not { } all) return (null, "the server does not list its segments");
        var flushed = MergeNeed.Flushed(all);
        if (parameters.Force) return (!flushed.IsEmpty, flushed.IsEmpty ? "the collection has no flushed segments" : $"{flushed.Length} segments would be merged, because of force");
        return MergeNeed.NothingToGain(flushed, parameters.TargetSize, null) is { } nothing ? (false, nothing) : (true, $"{flushed.Length} segments may be merged");
    }

    private async Task<T> Ask<T>(CollectionRef collection, Func<IMilvusGateway, Task<T>> ask)
    {
        if (clusters.Find(collection.Cluster) is not { } gateway)
            throw new OptimizeProblemException(new(OptimizeProblem.ClusterNotConfigured, clusters.HeldReason(collection.Cluster).Message));
        try
        {
            return await ask(gateway);
        }
        catch (MilvusException e)
        {
            throw new OptimizeProblemException(MilvusProblems.Of(e.Failure, collection));
        }
    }
}
