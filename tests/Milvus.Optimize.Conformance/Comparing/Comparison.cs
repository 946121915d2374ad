namespace Milvus.Optimize.Conformance;

/// <summary>A comparison of two servers, with the reason for every difference that has one.</summary>
/// <param name="Table">Calls, how many had the same status, code, text and shape, and steps under way that only one showed, a line a scenario.</param>
/// <param name="Unexplained">Differences that no reason stands for.</param>
/// <param name="Gone">Differences that have a reason and were not seen.</param>
/// <param name="Explained">How many differences each reason stands for.</param>
public sealed record Comparison(IReadOnlyList<string> Table, IReadOnlyList<string> Unexplained, IReadOnlyList<string> Gone, IReadOnlyDictionary<string, int> Explained)
{
    internal static Comparison Of(IReadOnlyList<Scorecard> scores, Reasons reasons)
    {
        var (unexplained, gone, counts) = reasons.Sort(scores.SelectMany(score => score.Differences));
        return new Comparison([Scorecard.Head, .. scores.Select(score => score.Row), Scorecard.Total(scores)], unexplained, gone, counts);
    }

    /// <summary>Whether every difference is explained, and every explanation is still needed.</summary>
    public bool Holds => Unexplained.Count == 0 && Gone.Count == 0;

    public void Print(TextWriter to)
    {
        ArgumentNullException.ThrowIfNull(to);
        foreach (var line in Table) to.WriteLine(line);
        if (Explained.Count > 0) to.WriteLine();
        foreach (var (reason, count) in Explained) to.WriteLine($"{count,4} differ: {reason}");
        foreach (var line in Unexplained) to.WriteLine($"unexplained: {line}");
        foreach (var line in Gone) to.WriteLine($"explained and gone: {line}");
        to.WriteLine($"{Explained.Values.Sum()} differences explained, {Unexplained.Count} unexplained, {Gone.Count} explained and gone");
    }
}
