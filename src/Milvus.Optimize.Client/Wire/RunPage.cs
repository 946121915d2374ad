using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Client.Wire;

/// <summary>Answer of <c>GET /api/v1/runs</c>: newest first.</summary>
/// <param name="NextPageToken">For the next page; missing on the last.</param>
public sealed record RunPage(
    ImmutableArray<RunDocument> Runs, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NextPageToken = null);
