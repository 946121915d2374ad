using System.Collections.Immutable;

namespace Milvus.Optimize.Core.Milvus;

/// <summary>What bounds the size of a merged segment on one server, and how much data a collection has there.</summary>
/// <param name="SegmentMaxBytes">The ordinary largest segment.</param>
/// <param name="QueryNodeBytes">Memory of each query node.</param>
/// <param name="DataNodeBytes">Memory of each data node.</param>
/// <param name="IsStandalone">All in one process, whose nodes share their memory.</param>
/// <param name="Replicas">Of the loaded collection; 1 where it is not loaded.</param>
/// <param name="CollectionBytes">Of its segments' files; 0 where the server does not tell.</param>
public sealed record ServerLimits(
    long SegmentMaxBytes, ImmutableArray<long> QueryNodeBytes, ImmutableArray<long> DataNodeBytes, bool IsStandalone, int Replicas, long CollectionBytes);
