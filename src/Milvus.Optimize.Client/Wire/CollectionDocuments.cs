using System.Globalization;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Client.Wire;

/// <summary>Puts a collection's document together. Nobody is woken.</summary>
public static class CollectionDocuments
{
    /// <param name="cluster">Where it is.</param>
    /// <param name="collection">Its real name.</param>
    /// <param name="count">Counts its segments; a problem that it throws becomes <see cref="CollectionDocument.Trouble"/>.</param>
    /// <param name="runs">Knows its last run.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<CollectionDocument> ReadAsync(
        ClusterName cluster, CollectionName collection, Func<Task<SegmentTotalsDocument?>> count, IOptimizeRuns runs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(collection);
        ArgumentNullException.ThrowIfNull(count);
        ArgumentNullException.ThrowIfNull(runs);
        var (segments, trouble) = ((SegmentTotalsDocument?)null, (string?)null);
        try
        {
            segments = await count();
        }
        catch (OptimizeProblemException e)
        {
            trouble = e.Message;
        }

        var newest = await runs.ListAsync(new(cluster.Value, collection.Database, collection.Name, Limit: 1), cancellationToken);
        var last = newest.FirstOrDefault() is { } run ? new LastRunDocument(run.Id, run.State, run.Done, run.Since) : null;
        return new(cluster.Value, collection.Database, collection.Name, collection.CollectionId.ToString(CultureInfo.InvariantCulture), segments, trouble, last);
    }
}
