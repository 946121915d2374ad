namespace Milvus.Optimize.Conformance;

/// <summary>
/// The differences that are known, each under the reason for it: lines that begin with "==" are reasons, those that follow are what a run prints; "#" is a
/// comment. A difference counts as often as it stands there.
/// </summary>
internal sealed class Reasons(IReadOnlyList<(string Line, string Reason)> known)
{
    public static Reasons Of(string generation)
    {
        var known = new List<(string, string)>();
        var reason = "";
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Reasons", generation + ".txt")).Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line.StartsWith("==", StringComparison.Ordinal)) reason = line[2..].Trim();
            else if (reason.Length == 0) throw new InvalidDataException($"{generation}.txt: no reason stands above '{line}'");
            else known.Add((line, reason));
        }

        return new Reasons(known);
    }

    /// <summary>What nobody explained, what is explained and gone, and how many differences each reason explains.</summary>
    public (IReadOnlyList<string> Unexplained, IReadOnlyList<string> Gone, IReadOnlyDictionary<string, int> Counts) Sort(IEnumerable<string> differences)
    {
        var left = known.ToList();
        var unexplained = new List<string>();
        var counts = new Dictionary<string, int>();
        foreach (var difference in differences)
        {
            var at = left.FindIndex(one => one.Line == difference);
            if (at < 0)
            {
                unexplained.Add(difference);
                continue;
            }

            counts[left[at].Reason] = counts.GetValueOrDefault(left[at].Reason) + 1;
            left.RemoveAt(at);
        }

        return (unexplained, [.. left.Select(one => one.Line)], counts);
    }
}
