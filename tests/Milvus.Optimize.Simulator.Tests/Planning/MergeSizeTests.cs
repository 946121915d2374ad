using Milvus.Optimize.Simulator.Model;
using Milvus.Optimize.Simulator.Planning;

namespace Milvus.Optimize.Simulator.Tests.Planning;

/// <summary>What a target_size comes to: milvus-facts 1.2, 1.3 and 1.6.</summary>
public sealed class MergeSizeTests
{
    private const long Mb = 1024 * 1024;
    private const long Gb = 1024 * Mb;

    [Fact]
    public void A_standalone_server_of_64_GiB_bears_8_GiB() =>
        Assert.Equal(8 * Gb, SafeMaximum.Bytes(new Topology { QueryNodeMemoryBytes = [64 * Gb], DataNodeMemoryBytes = [64 * Gb] }, 4, Gb));

    [Fact]
    public void A_cluster_bears_what_its_smallest_node_does() => Assert.Equal(4 * Gb, SafeMaximum.Bytes(
        new Topology { QueryNodeMemoryBytes = [64 * Gb, 32 * Gb], DataNodeMemoryBytes = [16 * Gb, 48 * Gb], IsStandalone = false }, 4, Gb));

    [Fact]
    public void A_pool_of_data_nodes_counts_as_32_GB_and_is_not_halved() => Assert.Equal(8 * Gb, SafeMaximum.Bytes(
        new Topology { QueryNodeMemoryBytes = [64 * Gb], DataNodeMemoryBytes = [Gb], IsPooled = true }, 4, Gb));

    [Fact]
    public void Without_known_nodes_only_the_ordinary_size_is_safe()
    {
        Assert.Equal(Gb, SafeMaximum.Bytes(new Topology { QueryNodeMemoryBytes = [] }, 4, Gb));
        Assert.Equal(Gb, SafeMaximum.Bytes(new Topology { DataNodeMemoryBytes = [] }, 4, Gb));
    }

    [Fact]
    public void The_safe_size_is_never_below_the_ordinary_one() =>
        Assert.Equal(2 * Gb, SafeMaximum.Bytes(new Topology { QueryNodeMemoryBytes = [4 * Gb] }, 4, 2 * Gb));

    [Theory]
    [InlineData("g1", 5, 8 * Gb)] // ignored: always the safe maximum
    [InlineData("g2", 2 * Gb, 2 * Gb)] // bytes
    [InlineData("g3", 2048, 2 * Gb)] // megabytes
    [InlineData("g4", 9000, 8 * Gb)] // too much is reduced
    [InlineData("g4", 4611686018427387904, 8 * Gb)] // pymilvus's slip, 2^62: clamps too
    [InlineData("g4", long.MaxValue, 8 * Gb)]
    [InlineData("g5", long.MaxValue, 8 * Gb)]
    public void A_target_means_something_else_in_each_generation(string generation, long targetSize, long bytes) =>
        Assert.Equal(bytes, MergeTarget.Of(GenerationRules.Of(generation), Gb, 8 * Gb, targetSize).TargetBytes);

    [Theory]
    [InlineData("g4", 2048, 2 * Gb)]
    [InlineData("g5", 2048, 2254857830)] // 5 % more
    [InlineData("g5", 8000, 8 * Gb)] // and no more than what is safe
    public void From_g5_on_a_pack_may_exceed_its_target_by_5_percent(string generation, long targetSize, long capacity) =>
        Assert.Equal(capacity, MergeTarget.Of(GenerationRules.Of(generation), Gb, 8 * Gb, targetSize).CapacityBytes);

    [Theory]
    [InlineData("g2", 32, "targetSize 32 should be greater than or equal to configMaxSize 1073741824: invalid parameter")]
    [InlineData("g3", 1023, "targetSize 1023 MB should be greater than or equal to configMaxSize 1024 MB: invalid parameter")]
    [InlineData("g4", -1, "targetSize -1 MB should be greater than or equal to configMaxSize 1024 MB: invalid parameter")]
    [InlineData("g4", long.MinValue, "targetSize -9223372036854775808 MB should be greater than or equal to configMaxSize 1024 MB: invalid parameter")]
    public void A_target_below_the_ordinary_size_is_refused(string generation, long targetSize, string text)
    {
        var refusal = Assert.Throws<MilvusRefusal>(() => MergeTarget.Of(GenerationRules.Of(generation), Gb, 8 * Gb, targetSize));
        Assert.Equal((1100, text), (refusal.Code, refusal.Message));
    }

    [Theory]
    [InlineData(false, 8, 4, 1, 1, 8 / 4)] // four nodes, eight GB, target 8 GB: four segments of 2 GB
    [InlineData(false, 8, 4, 2, 1, 8 / 2)] // two replicas: two nodes a shard
    [InlineData(false, 8, 4, 2, 2, 8)] // two shards and two replicas: one node each, nothing to adjust
    [InlineData(false, 3, 4, 1, 1, 8)] // less than an ordinary segment a node
    [InlineData(false, 32, 4, 1, 1, 8)] // four segments come out anyway
    [InlineData(false, 14, 2, 1, 1, 7)] // up to g4: one full segment, rounded down, is less than two nodes
    [InlineData(true, 14, 2, 1, 1, 8)] // from g5 on: two, rounded up, are not
    [InlineData(true, 8, 2, 1, 1, 4)] // one, rounded up, is
    [InlineData(false, 8, 4, 0, 1, 2)] // not loaded counts as one replica
    public void Segments_are_made_smaller_when_a_node_would_have_none(bool roundsUp, long totalGb, int nodes, int replicas, int shards, long sizeGb) =>
        Assert.Equal(sizeGb * Gb, Parallelism.Adjust(totalGb * Gb, 8 * Gb, Gb, nodes, replicas, shards, roundsUp));
}
