namespace Milvus.Optimize.Simulator.Planning;

/// <summary>Plain compaction: each segment goes to the first pack that has room for it; one that is too big for every pack is rewritten alone.</summary>
internal static class FirstFit
{
    public static IReadOnlyList<Pack> Plan(IEnumerable<PlanInput> inputs, long capacity)
    {
        var bins = new List<(List<PlanInput> Inputs, long Bytes)>();
        foreach (var input in inputs)
        {
            var fitting = bins.FindIndex(bin => bin.Bytes <= capacity - input.Bytes);
            if (fitting < 0)
            {
                bins.Add(([input], input.Bytes));
                continue;
            }

            bins[fitting].Inputs.Add(input);
            bins[fitting] = (bins[fitting].Inputs, bins[fitting].Bytes + input.Bytes);
        }

        // Old compaction cannot split: a segment above the size stays one.
        return [.. bins.Select(bin => new Pack(bin.Inputs, 1, Math.Max(capacity, bin.Bytes)))];
    }
}
