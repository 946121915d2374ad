using System.Collections.Immutable;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Client.Wire;

/// <summary>Answer of <c>GET /api/v1/runs</c>: newest first.</summary>
public sealed record RunPage(ImmutableArray<RunDocument> Runs);
