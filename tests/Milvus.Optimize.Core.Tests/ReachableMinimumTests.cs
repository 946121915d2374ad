using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using static Milvus.Optimize.Core.Tests.Books;
using static Milvus.Optimize.Core.Tests.Scenario;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Tests;

/// <summary>The fewest segments that a merge can leave, from partitions, shards, target size, memory and query nodes.</summary>
public sealed class ReachableMinimumTests
{
    private const long Gb = 1L << 30;

    // Nodes of 32 GB: a segment of 8 GB from G3 on, of 4 GB where they share their memory.
    private static readonly ServerLimits Limits = new(Gb, [32 * Gb], [32 * Gb], IsStandalone: false, Replicas: 1, CollectionBytes: 20 * Gb);

    [Theory]
    [InlineData("auto", "G3", false, 3)]
    [InlineData("2GB", "G3", false, 10)]
    [InlineData("auto", "G3", true, 5)]
    [InlineData("2GB", "G1", false, 2)]
    [InlineData("2GB", "V23", false, 16)]
    [InlineData("100GB", "G5", false, 3)]
    public void Target_size_and_memory_bound_a_segment(string size, string generation, bool standalone, int fewest) => Assert.Equal(fewest,
        ReachableMinimum.Of([.. Segments(Enumerable.Range(1, 40))], Facts(size, Enum.Parse<Generation>(generation)), Limits with { IsStandalone = standalone }).Segments);

    [Theory]
    [InlineData(4, 1, 4)]
    [InlineData(4, 2, 3)]
    [InlineData(30, 1, 3)]
    public void Every_query_node_of_a_shard_is_to_get_one_of_at_least_the_ordinary_size(int nodes, int replicas, int fewest) => Assert.Equal(fewest,
        ReachableMinimum.Of([.. Segments(Enumerable.Range(1, 40))], Facts("auto", Generation.G4), Limits with { QueryNodeBytes = [.. Enumerable.Repeat(32 * Gb, nodes)], Replicas = replicas }).Segments);

    [Fact]
    public void Where_no_node_is_known_nothing_beyond_the_ordinary_size_is_safe() => Assert.Equal(20,
        ReachableMinimum.Of([.. Segments(Enumerable.Range(1, 40))], Facts("auto", Generation.G4), Limits with { QueryNodeBytes = [] }).Segments);

    [Fact]
    public void Each_partition_and_shard_keeps_one()
    {
        ImmutableArray<SegmentObservation> places = [.. from p in Enumerable.Range(1, 3) from c in "ab" from n in Enumerable.Range(0, 4) select Segment((100 * p) + (10 * c) + n, partition: p, channel: $"{c}")];
        var facts = Facts("auto", Generation.G6) with { Shards = 2 };
        Assert.Equal(new(6, "3 partitions, 2 shards; sizes are not known"), ReachableMinimum.Of(places, facts, null));
        Assert.Equal(6, ReachableMinimum.Of([.. places.Select(s => s with { Channel = "" })], facts, null).Segments);
    }

    [Fact]
    public void As_merged_as_it_can_be_is_nothing_to_merge_and_says_the_numbers()
    {
        var ended = When("auto", Limits, Segments(1, 2, 3)).ThenEnded(RunOutcome.SucceededNoWork, RunEndReason.NothingToMerge);
        Assert.Equal("nothing to merge: 3 segments, and no merge can leave fewer (1 partition, 1 shard, 20480 MB of data, segments of at most 8601.6 MB)", ended.End.Message);
        Assert.Equal((3, true), (ended.Minimum!.Segments, ended.FullyMerged));
    }

    [Fact]
    public void One_more_than_that_is_merged() => When("auto", Limits, Segments(1, 2, 3, 4)).ThenPending<OptimizeEffect.AcceptIntent>();

    [Fact]
    public void A_forced_run_merges_all_the_same() =>
        Given((Life.Usual with { Parameters = OneGigabyte with { Force = true } }).ChoosingCandidates).When(See(Limits with { CollectionBytes = 3 * Gb }, Segments(1, 2, 3))).ThenPending<OptimizeEffect.AcceptIntent>();

    [Fact]
    public void Where_sizes_or_shards_are_not_known_it_is_merged()
    {
        When("auto", Limits with { CollectionBytes = 0 }, Segments(1, 2, 3)).ThenPending<OptimizeEffect.AcceptIntent>();
        When("auto", null, Segments(1, 2, 3)).ThenPending<OptimizeEffect.AcceptIntent>();
        Given([.. Life.Usual.Initializing, new E.CollectionInspected(Stamp(), Server(Generation.G4), 2, ["embedding_idx"], true), new E.IndexWaitStarted(Stamp(), 7), new E.IndexesBuilt(Stamp())])
            .When(See(Limits with { CollectionBytes = 100 * Gb }, Segments(1, 2, 3))).ThenPending<OptimizeEffect.AcceptIntent>();
    }

    [Fact]
    public void It_stands_in_the_run_beside_what_was_reached()
    {
        var chosen = When("auto", Limits, Segments(1, 2, 3, 4));
        Assert.Equal(3, ((OptimizeRun.Active)chosen.State.Run).Facts.Minimum!.Segments);
    }

    private static Outcome When(string size, ServerLimits? limits, ImmutableArray<SegmentObservation> seen) =>
        Given((Life.Usual with { Parameters = OneGigabyte with { TargetSize = Size(size) } }).ChoosingCandidates).When(See(limits, seen));

    private static C.RecordCandidates See(ServerLimits? limits, ImmutableArray<SegmentObservation> segments) => new(At(1), Run1, segments, 0, limits);

    private static TargetSize Size(string size) => size == "auto" ? TargetSize.Automatic : TargetSize.Parse(size);

    private static IEnumerable<SegmentObservation> Segments(IEnumerable<int> ids) => ids.Select(id => Segment(id));

    private static ImmutableArray<SegmentObservation> Segments(params ReadOnlySpan<long> ids) => Books.Segments(ids);

    private static RunFacts Facts(string size, Generation generation) =>
        ((OptimizeRun.Active)Given((Life.Usual with { Parameters = OneGigabyte with { TargetSize = Size(size) }, Server = Server(generation) }).ChoosingCandidates).State.Run).Facts;
}
