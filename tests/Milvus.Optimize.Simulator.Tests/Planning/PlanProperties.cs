using CsCheck;
using Milvus.Optimize.Simulator.Planning;

namespace Milvus.Optimize.Simulator.Tests.Planning;

/// <summary>What holds for every input of a planner; of whole collections see <see cref="ModelProperties"/>.</summary>
public sealed class PlanProperties
{
    private const long Mb = 1024 * 1024;

    private static readonly Gen<PlanInput[]> Inputs = Gen.Long[0, 5000 * Mb].Array[0, 60]
        .Select(sizes => sizes.Select((size, i) => new PlanInput(i + 1, size)).ToArray());

    private static readonly Gen<long> Targets = Gen.Long[1024 * Mb, 4096 * Mb];

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

    private static IEnumerable<IReadOnlyList<Pack>> Planned(PlanInput[] inputs, long target, int threshold) =>
        [FullSegmentsPlanner.Plan(inputs, target, threshold), KnapsackPlanner.Plan(inputs, target, (long)(target * 1.05)), FirstFit.Plan(inputs, target)];
}
