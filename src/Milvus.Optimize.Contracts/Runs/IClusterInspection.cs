using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Contracts.Runs;

/// <summary>
/// Looks at the Milvus clusters of a node and changes nothing. Every member throws <see cref="OptimizeProblemException"/> where the cluster is not configured,
/// does not answer or refuses.
/// </summary>
public interface IClusterInspection
{
    /// <summary>Clusters that this node knows, by name.</summary>
    ImmutableArray<ClusterDocument> Clusters();

    /// <summary>All collections of a database, or of every database, in the order of their names.</summary>
    Task<ImmutableArray<CollectionName>> ListAsync(ClusterName cluster, string? database, CancellationToken cancellationToken);

    /// <summary>The collection behind a name or an alias.</summary>
    Task<CollectionName> ResolveAsync(CollectionRef collection, CancellationToken cancellationToken);

    /// <summary>Its segments; null where the server does not list them.</summary>
    Task<SegmentTotalsDocument?> CountSegmentsAsync(ClusterName cluster, CollectionName collection, CancellationToken cancellationToken);

    /// <summary>What a run would find, without starting one.</summary>
    Task<PlanDocument> PlanAsync(StartRequest request, CancellationToken cancellationToken);
}

/// <summary>A Milvus cluster as a node knows it.</summary>
/// <param name="Reason">Why its runs are held; empty where they are not.</param>
public sealed record ClusterDocument(string Name, bool Held, string Reason);

/// <summary>Segments of a collection.</summary>
/// <param name="Flushed">Those that a merge is about.</param>
/// <param name="Rows">In flushed segments.</param>
/// <param name="Level0">Segments that hold deletes alone.</param>
/// <param name="Growing">Not flushed yet.</param>
public sealed record SegmentTotalsDocument(int Flushed, long Rows, int Level0, int Growing)
{
    /// <summary>Counts what a server lists.</summary>
    public static SegmentTotalsDocument Of(ImmutableArray<SegmentObservation> all)
    {
        var flushed = MergeNeed.Flushed(all);
        return new(
            flushed.Length, flushed.Sum(s => s.Rows), all.Count(s => s is { State: SegmentState.Flushed, Level: SegmentLevel.L0 }),
            all.Count(s => s.State is SegmentState.Growing or SegmentState.Sealed or SegmentState.Flushing));
    }
}

/// <summary>Answer of a start with <c>validateOnly</c>.</summary>
/// <param name="Segments">Null where the server does not list them.</param>
/// <param name="WouldMerge">Null where that cannot be known without asking for the merge.</param>
/// <param name="Reason">A sentence for a person.</param>
/// <param name="LiveRun">The run that holds the collection, which a start would join or be refused for.</param>
public sealed record PlanDocument(
    string Cluster, string Database, string Collection, string CollectionId, ServerDocument Server, SegmentTotalsDocument? Segments, bool? WouldMerge, string Reason,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? LiveRun);
