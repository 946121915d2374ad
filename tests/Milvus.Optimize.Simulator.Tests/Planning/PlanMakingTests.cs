using Milvus.Optimize.Simulator.Planning;

namespace Milvus.Optimize.Simulator.Tests.Planning;

/// <summary>Which segments go together: milvus-facts 1.7, with sizes in whatever unit.</summary>
public sealed class PlanMakingTests
{
    [Fact]
    public void G4_makes_one_plan_of_55_GB_because_nothing_adds_up_to_the_target()
    {
        // Issue #50908: 21 segments, 55.61 GB, target 4 GB.
        var sizes = Enumerable.Range(0, 21).Select(i => 2648L + (i % 3 - 1) * 7).ToArray();
        var pack = Assert.Single(FullSegmentsPlanner.Plan(Inputs(sizes), 4096, exactUpTo: 100));
        // Thirteen full products, which is what plans are made for (1.7 rounds down), and a rest: none may be larger than the target (1.8).
        Assert.Equal((21, 14), (pack.Inputs.Count, pack.Outputs));
    }

    [Fact]
    public void G5_makes_several_plans_of_at_most_three_products_from_the_same()
    {
        var sizes = Enumerable.Range(0, 21).Select(i => 2648L + (i % 3 - 1) * 7).ToArray();
        var packs = KnapsackPlanner.Plan(Inputs(sizes), 4096, 4300);
        Assert.True(packs.Count >= 5, $"{packs.Count} plans");
        Assert.All(packs, pack => Assert.InRange(pack.Outputs, 1, 3));
    }

    [Theory]
    [InlineData("600 600 600 600", "600+600 600+600")] // full products without a rest: as many plans as can be
    [InlineData("1200 600 600", "1200 600+600")]
    [InlineData("700 700 700 700", "700+700+700+700")] // two full ones and a rest, whatever the cut: not cut at all
    [InlineData("100", "100")] // a lone segment is rewritten
    [InlineData("500 700 650", "500+700 650")]
    public void G4_cuts_where_products_are_full(string sizes, string plans) =>
        Assert.Equal(plans, Text(FullSegmentsPlanner.Plan(Inputs(Numbers(sizes)), 1200, exactUpTo: 100)));

    [Theory]
    [InlineData("600 610 300 700 210", "600+610 300+700+210")] // 10 over the target is within 5 %
    [InlineData("600 700 300 200", "600+700+300+200")] // 100 over is not
    [InlineData("600 600 1300", "600+600+1300")] // the next one would fill another product, so it still goes on
    public void Above_the_threshold_g4_cuts_greedily_with_5_percent_tolerance(string sizes, string plans) =>
        Assert.Equal(plans, Text(FullSegmentsPlanner.Plan(Inputs(Numbers(sizes)), 1200, exactUpTo: 0)));

    [Theory]
    [InlineData("600 600 600 600", "600+600 600+600", "1 1")]
    [InlineData("800 800 800", "800+800+800", "2")] // no single product is full, two are
    [InlineData("800 800 800 800 800 800", "800+800+800 800+800+800", "2 2")] // full packs of two before any of three
    [InlineData("900 900 900 900", "900+900+900+900", "3")]
    [InlineData("630 630", "630+630", "1")] // 5 % more than the target
    [InlineData("3700 600 600", "3700 600+600", "4 1")] // above three targets alone, and split
    [InlineData("100", "100", "1")]
    public void G5_packs_one_then_two_then_three_products(string sizes, string plans, string outputs)
    {
        var packs = KnapsackPlanner.Plan(Inputs(Numbers(sizes)), 1200, 1260);
        Assert.Equal((plans, outputs), (Text(packs), string.Join(' ', packs.Select(pack => pack.Outputs))));
    }

    [Fact]
    public void Plain_compaction_never_splits_and_takes_the_first_pack_with_room() =>
        Assert.Equal("500+100 1300 600", Text(FirstFit.Plan(Inputs([500, 1300, 600, 100]), 1000)));

    private static PlanInput[] Inputs(IReadOnlyList<long> sizes) => [.. sizes.Select((size, i) => new PlanInput(i + 1, size))];

    private static long[] Numbers(string text) =>
        [.. text.Split(' ').Select(number => long.Parse(number, System.Globalization.CultureInfo.InvariantCulture))];

    private static string Text(IEnumerable<Pack> packs) => string.Join(' ', packs.Select(pack => string.Join('+', pack.Inputs.Select(input => input.Bytes))));
}
