namespace Milvus.Optimize.Simulator.Planning;

/// <summary>
/// Force merge from G1 to G4: segments in their order are cut into runs, each a plan with as many products as its size
/// asks for. A plan's input has no bound: where the sizes do not happen to add up, the best cut is none at all, and
/// 55 GB become one plan (#50908).
/// </summary>
internal static class FullSegmentsPlanner
{
    private const double GreedyTolerance = 0.05;

    public static IReadOnlyList<Pack> Plan(IReadOnlyList<PlanInput> inputs, long targetBytes, int exactUpTo)
    {
        if (inputs.Count == 0) return [];
        var starts = inputs.Count <= exactUpTo ? ExactStarts(inputs, targetBytes) : GreedyStarts(inputs, targetBytes);
        return [.. starts.Select((start, i) => Pack.Of([.. inputs.Take(start..(i + 1 < starts.Count ? starts[i + 1] : inputs.Count))], targetBytes))];
    }

    /// <summary>Of all cuts the one with most full products, then with fewest rests, then with most plans.</summary>
    private static List<int> ExactStarts(IReadOnlyList<PlanInput> inputs, long targetBytes)
    {
        var sums = new long[inputs.Count + 1];
        var best = new (long Full, int Rests, int Plans, int Start)[inputs.Count + 1];
        for (var end = 1; end <= inputs.Count; end++)
        {
            sums[end] = sums[end - 1] + inputs[end - 1].Bytes;
            best[end] = Enumerable.Range(0, end).Select(start => After(best[start], sums[end] - sums[start], start)).MaxBy(cut => (cut.Full, -cut.Rests, cut.Plans));
        }

        var starts = new List<int>();
        for (var end = inputs.Count; end > 0; end = best[end].Start) starts.Insert(0, best[end].Start);
        return starts;

        (long Full, int Rests, int Plans, int Start) After((long Full, int Rests, int Plans, int Start) before, long bytes, int start) =>
            (before.Full + bytes / targetBytes, before.Rests + (bytes % targetBytes > 0 ? 1 : 0), before.Plans + 1, start);
    }

    /// <summary>Cuts where something full has come together with hardly a rest, and the next segment would not fill another.</summary>
    private static List<int> GreedyStarts(IReadOnlyList<PlanInput> inputs, long targetBytes)
    {
        var starts = new List<int> { 0 };
        var bytes = 0L;
        for (var i = 0; i < inputs.Count - 1; i++)
        {
            bytes += inputs[i].Bytes;
            var full = bytes / targetBytes;
            var isFull = full > 0 && (bytes + inputs[i + 1].Bytes) / targetBytes == full && bytes % targetBytes < targetBytes * GreedyTolerance;
            if (!isFull) continue;
            starts.Add(i + 1);
            bytes = 0;
        }

        return starts;
    }
}
