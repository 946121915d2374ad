using System.Collections.Immutable;
using Milvus.Optimize.Simulator.Model;

namespace Milvus.Optimize.VirtualTime.Tests;

/// <summary>A flushed segment as it is, whatever any call shows of it.</summary>
internal sealed record TrueSegment(long Id, (long Partition, string Channel) Place, long Rows, bool IsIndexed, ImmutableArray<long> From)
{
    public static ImmutableArray<TrueSegment> Of(VirtualMilvus server) => server.Simulation.Read(world =>
        world.Catalog.Find("default", server.Collection) is not { } collection
            ? []
            : world.SegmentsOf(collection.Id).Where(s => s.IsFlushed && s.IsData)
                .Select(s => new TrueSegment(s.Id, (s.PartitionId, s.Channel), s.Rows, Indexes.IsIndexed(collection, s), [.. s.CompactionFrom])).ToImmutableArray());
}
