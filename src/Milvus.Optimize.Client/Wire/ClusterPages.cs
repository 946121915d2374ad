using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Client.Wire;

/// <summary>Answer of <c>/healthz</c> and <c>/readyz</c>.</summary>
/// <param name="Status"><c>ok</c> or <c>not ready</c>.</param>
/// <param name="Reason">A sentence for a person.</param>
public sealed record HealthDocument(string Status, string Reason = "");

/// <summary>Answer of <c>/clusters</c>.</summary>
public sealed record ClusterPage(ImmutableArray<ClusterDocument> Clusters);

/// <summary>Collections in the order of their names.</summary>
/// <param name="NextPageToken">For the next page; missing on the last.</param>
public sealed record CollectionPage(
    ImmutableArray<CollectionDocument> Collections, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NextPageToken);

/// <summary>A collection.</summary>
/// <param name="Segments">Null where the server does not list them.</param>
/// <param name="Trouble">Why the segments could not be counted.</param>
/// <param name="LastRun">The newest run of this name; null where there was none.</param>
public sealed record CollectionDocument(
    string Cluster, string Database, string Name, string CollectionId, SegmentTotalsDocument? Segments,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Trouble, LastRunDocument? LastRun);

/// <summary>A run in one line.</summary>
/// <param name="Since">When the state was entered.</param>
public sealed record LastRunDocument(string Id, string State, bool Done, DateTimeOffset Since);
