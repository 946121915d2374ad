namespace Milvus.Optimize.Simulator.Planning;

/// <summary>
/// Force merge from G5 on: packs that lose little, first of one product, then of two and three; what is larger than three
/// targets is rewritten alone, and the rest is packed as it comes. No input of a plan is without bound any more.
/// </summary>
internal static class KnapsackPlanner
{
    public const int MaxProducts = 3;

    private const int MaxSegmentsPerPack = 4096;
    private const int LossDivisor = 20;

    public static IReadOnlyList<Pack> Plan(IReadOnlyList<PlanInput> inputs, long targetBytes, long capacityBytes)
    {
        var packs = new List<Pack>();
        var open = inputs.OrderByDescending(input => input.Bytes).ToList();
        foreach (var giant in open.TakeWhile(input => input.Bytes > MaxProducts * targetBytes).ToList())
        {
            packs.Add(Pack.Of([giant], targetBytes));
            open.Remove(giant);
        }

        for (var products = 1; products <= MaxProducts; products++)
        {
            while (Fill(open, products * capacityBytes) is { Count: > 0 } filled && products * targetBytes - filled.Sum(input => input.Bytes) <= targetBytes / LossDivisor)
                Take(filled, products);
        }

        while (open.Count > 0)
        {
            var rest = Fill(open, MaxProducts * capacityBytes);
            Take(rest, checked((int)Pack.Ceiling(rest.Sum(input => input.Bytes), targetBytes)));
        }

        return packs;

        void Take(List<PlanInput> chosen, int products)
        {
            packs.Add(new Pack(chosen, Math.Max(1, products), capacityBytes));
            var ids = chosen.Select(input => input.SegmentId).ToHashSet();
            open.RemoveAll(input => ids.Contains(input.SegmentId));
        }
    }

    /// <summary>The largest first, as long as they fit.</summary>
    private static List<PlanInput> Fill(List<PlanInput> open, long capacity)
    {
        var chosen = new List<PlanInput>();
        var room = capacity;
        foreach (var input in open)
        {
            if (input.Bytes > room) continue;
            chosen.Add(input);
            room -= input.Bytes;
            if (chosen.Count == MaxSegmentsPerPack) break;
        }

        return chosen;
    }
}
