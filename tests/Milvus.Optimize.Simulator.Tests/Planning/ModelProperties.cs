using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Milvus.Optimize.Simulator.Model;

namespace Milvus.Optimize.Simulator.Tests.Planning;

/// <summary>
/// What holds of a whole collection in any state when a client has asked for a compaction, and when it is over: every candidate is in exactly one plan, no plan is above
/// its capacity, and no row is lost or moves to another place. What a candidate and a capacity are is told once more by <see cref="AnyWorld"/>, from the facts. For a force merge of g1 to g4
/// the capacity is asserted of products and not of plans, which have several products and no limit of their own there; from g5 on a plan has at most three capacities.
/// </summary>
public sealed class ModelProperties
{
    public static TheoryData<string> Generations => [.. GenerationRules.Names];

    [Theory]
    [MemberData(nameof(Generations))]
    public void A_compaction_takes_each_candidate_once_fits_and_keeps_every_row(string generation) => AnyWorld.Worlds.Sample(any =>
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        using var simulation = new Simulation(new SimulatorOptions { Generation = generation, TimeProvider = time, Settings = any.Settings });
        simulation.Change(world => WorldSetup.Add(any.Collection, world));
        simulation.Change(world => world.Compactions.StartForeign(Any(world), TimeSpan.FromSeconds(5), any.Busy));
        var (expected, before) = simulation.Read(world => (Candidates(any, generation, world), Living(world)));

        var plans = Trigger(simulation, any, generation);
        var taken = plans.SelectMany(plan => plan.Sources).ToList();
        Assert.Equal(expected, taken.Order());
        simulation.Read(world =>
        {
            foreach (var plan in plans) CheckPlan(any, generation, plan, [.. plan.Sources.Select(id => world.Segment(id)!)]);
            return true;
        });

        // Asked again at once, it finds nothing that is not taken.
        Assert.Empty(Trigger(simulation, any, generation));
        time.Advance(TimeSpan.FromHours(10));

        Assert.All(plans, plan => Assert.False(plan.IsLive));
        simulation.Read(world =>
        {
            foreach (var plan in plans) CheckProducts(any, generation, plan, world);
            Assert.DoesNotContain(world.SegmentsOf(Any(world).Id), segment => segment.IsCompacting);
            return true;
        });
        Assert.Equal(before, simulation.Read(Living));
    }, iter: 150);

    private static List<CompactionTask> Trigger(Simulation simulation, AnyWorld any, string generation) =>
        [.. simulation.Change(world => world.Compactions.Trigger([Any(world)], new CompactionAsk(any.TargetSize(generation)))).Plans];

    private static void CheckPlan(AnyWorld any, string generation, CompactionTask plan, List<Segment> sources)
    {
        Assert.All(sources, source => Assert.Equal((plan.PartitionId, plan.Channel), (source.PartitionId, source.Channel)));
        if (sources.Count == 1) return;
        var (bytes, capacity) = (sources.Sum(source => source.Bytes), any.Capacity(generation));
        if (!any.IsForceMerge(generation)) Assert.True(bytes <= capacity, $"{bytes} bytes in a plan of {capacity}");
        if (generation is "g5" or "g6") Assert.True(bytes <= 3 * capacity, $"{bytes} bytes in a plan of three times {capacity}");
    }

    private static void CheckProducts(AnyWorld any, string generation, CompactionTask plan, World world)
    {
        var products = plan.Targets.Select(id => world.Segment(id)!).ToList();
        Assert.All(products, product => Assert.Equal((plan.PartitionId, plan.Channel), (product.PartitionId, product.Channel)));
        // An old server does not split: what was one segment may be larger than any that it would make.
        if (plan.Sources.Count == 1 && !any.IsForceMerge(generation)) return;
        // A row is not cut in two.
        Assert.All(products, product => Assert.True(product.Bytes <= any.Capacity(generation) || product.Rows == 1, $"{product.Bytes} bytes, not {any.Capacity(generation)}"));
    }

    private static List<long> Candidates(AnyWorld any, string generation, World world)
    {
        var specs = SpecsInOrder(any, Any(world)).ToList();
        var segments = world.SegmentsOf(Any(world).Id).ToList();
        Assert.Equal(specs.Count, segments.Count);
        return
        [
            .. segments.Zip(specs)
                .Where(one => !one.First.IsCompacting && any.IsCandidate(generation, one.Second, any.Collection.Index is not null))
                .Select(one => one.First.Id)
                .Order(),
        ];
    }

    /// <summary>As they were made: of each kind so many in every place.</summary>
    private static IEnumerable<SegmentSpec> SpecsInOrder(AnyWorld any, Collection collection) =>
        any.Collection.Segments.SelectMany(spec => Enumerable.Repeat(spec, spec.Count * collection.Partitions.Count * collection.Channels.Count));

    private static List<(long, string, long)> Living(World world) =>
    [
        .. world.SegmentsOf(Any(world).Id)
            .Where(segment => segment.IsData)
            .GroupBy(segment => (segment.PartitionId, segment.Channel))
            .Select(group => (group.Key.PartitionId, group.Key.Channel, group.Sum(segment => segment.Rows - segment.DeletedRows)))
            .Where(place => place.Item3 > 0)
            .Order(),
    ];

    private static Collection Any(World world) => world.Catalog.Find("default", "any")!;
}
