using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Milvus.Optimize.Simulator.Planning;

namespace Milvus.Optimize.Simulator.Tests.Planning;

/// <summary>What holds for every collection, target and generation.</summary>
public sealed class PlanProperties
{
    private const long Mb = 1024 * 1024;

    private static readonly string[] Levels = ["L1", "L1", "L2", "L0"];

    private static readonly Gen<PlanInput[]> Inputs = Gen.Long[0, 5000 * Mb].Array[0, 60]
        .Select(sizes => sizes.Select((size, i) => new PlanInput(i + 1, size)).ToArray());

    private static readonly Gen<long> Targets = Gen.Long[1024 * Mb, 4096 * Mb];

    private static readonly Gen<CollectionSpec> Collections = Gen.Select(
        Gen.Int[1, 3],
        Gen.Int[1, 3],
        Gen.Select(Gen.Long[1, 100_000], Gen.Long[0, 1500], Gen.Bool, Gen.Int[0, 3], Gen.Bool, Gen.Int[0, 2]).Array[0, 8],
        (shards, partitions, segments) => new CollectionSpec
        {
            Name = "any",
            Shards = shards,
            Partitions = [.. Enumerable.Range(0, partitions).Select(i => $"p{i}")],
            Segments = [.. segments.Select(s => new SegmentSpec { Rows = s.Item1, Bytes = s.Item2 * Mb, Sorted = s.Item3, Level = Levels[s.Item4], Protected = s.Item5 && s.Item3, Count = s.Item6 })],
        });

    [Fact]
    public void Every_input_is_in_exactly_one_plan() => Gen.Select(Inputs, Targets, Gen.Int[0, 60]).Sample((inputs, target, threshold) =>
    {
        foreach (var packs in Planned(inputs, target, threshold))
            Assert.Equal(inputs.Select(i => i.SegmentId), packs.SelectMany(pack => pack.Inputs).Select(i => i.SegmentId).Order());
    }, iter: 2000);

    [Fact]
    public void No_product_is_above_the_size_of_its_plan() => Gen.Select(Inputs, Targets, Gen.Int[0, 60]).Sample((inputs, target, threshold) =>
    {
        foreach (var packs in Planned(inputs, target, threshold))
            Assert.All(packs, pack => Assert.True(Pack.Ceiling(pack.Bytes, pack.Outputs) <= pack.MaxBytes, $"{pack.Bytes} in {pack.Outputs} of {pack.MaxBytes}"));
    }, iter: 2000);

    [Fact]
    public void No_plan_of_first_fit_is_above_the_target_unless_it_is_one_segment() => Gen.Select(Inputs, Targets).Sample((inputs, target) =>
        Assert.All(FirstFit.Plan(inputs, target), pack => Assert.True(pack.Inputs.Count == 1 || pack.Bytes <= target, $"{pack.Inputs.Count} segments, {pack.Bytes} bytes")), iter: 2000);

    [Fact]
    public void No_plan_of_g5_is_above_three_packs_unless_it_is_one_segment() => Gen.Select(Inputs, Targets).Sample((inputs, target) =>
    {
        var capacity = (long)(target * 1.05);
        Assert.All(KnapsackPlanner.Plan(inputs, target, capacity), pack => Assert.True(pack.Inputs.Count == 1 || pack.Bytes <= 3 * capacity));
    }, iter: 2000);

    [Fact]
    public void No_exact_cut_of_g4_has_fewer_full_products_than_the_greedy_one() => Gen.Select(Inputs, Targets).Sample((inputs, target) =>
    {
        long Full(int threshold) => FullSegmentsPlanner.Plan(inputs, target, threshold).Sum(pack => pack.Bytes / target);
        Assert.True(Full(60) >= Full(0));
    }, iter: 500);

    [Theory]
    [InlineData("2.3")]
    [InlineData("g0")]
    [InlineData("g1")]
    [InlineData("g3")]
    [InlineData("g4")]
    [InlineData("g5")]
    [InlineData("g6")]
    public void Rows_are_conserved_and_nothing_crosses_a_partition_or_a_channel(string generation) => Collections.Sample(spec =>
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        using var simulation = new Simulation(new SimulatorOptions { Generation = generation, TimeProvider = time });
        simulation.Change(world => WorldSetup.Add(spec, world));
        var before = Rows(simulation);

        var plans = simulation.Change(world => world.Compactions.Trigger([world.Catalog.Find("default", "any")!], new Model.CompactionAsk(long.MaxValue))).Plans;
        var sources = plans.SelectMany(plan => plan.Sources).ToList();
        Assert.Equal(sources.Count, sources.Distinct().Count());
        simulation.Read(world =>
        {
            foreach (var plan in plans)
                Assert.All(plan.Sources, id => Assert.Equal((plan.PartitionId, plan.Channel), (world.Segment(id)!.PartitionId, world.Segment(id)!.Channel)));
            return true;
        });
        time.Advance(TimeSpan.FromHours(10));

        Assert.Equal(before, Rows(simulation));
        Assert.All(plans, plan => Assert.False(plan.IsLive));
    }, iter: 60);

    private static List<(long, string, long)> Rows(Simulation simulation) =>
    [
        .. simulation.Read(world => WorldSetup.View(world.Catalog.Find("default", "any")!, world)).Segments
            .Where(segment => segment.Level != "L0")
            .GroupBy(segment => (segment.PartitionId, segment.Channel))
            .Select(group => (group.Key.PartitionId, group.Key.Channel, group.Sum(segment => segment.Rows)))
            .Order(),
    ];

    private static IEnumerable<IReadOnlyList<Pack>> Planned(PlanInput[] inputs, long target, int threshold) =>
        [FullSegmentsPlanner.Plan(inputs, target, threshold), KnapsackPlanner.Plan(inputs, target, (long)(target * 1.05)), FirstFit.Plan(inputs, target)];
}
