using System.Globalization;
using System.Text.RegularExpressions;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Conformance;

/// <summary>
/// An answer that says "not yet". How often and with which numbers a poll sees one is a matter of pace, in which two real servers differ too; that it is
/// seen at all, in which form, and that its numbers run one way, is not.
/// </summary>
internal static partial class UnderWay
{
    public static bool Is(Answer answer) => answer.Message switch
    {
        GetFlushStateResponse flush => !flush.Flushed,
        GetLoadingProgressResponse load => load.Status?.Code is null or 0 && (load.Progress < 100 || load.RefreshProgress < 100),
        GetLoadStateResponse load => load.State == LoadState.Loading,
        GetCompactionStateResponse state => state.State == CompactionState.Executing,
        GetCompactionPlansResponse plans => plans.State == CompactionState.Executing,
        DescribeIndexResponse index => index.IndexDescriptions.Any(one => one.State is IndexState.InProgress or IndexState.Unissued),
        _ => false,
    };

    /// <summary>The answer without the numbers that grow or fall on the way; one that is 0 is not in a message at all.</summary>
    public static string Form(Answer answer) => Count().Replace(answer.Whole, "").Trim(';', ' ') is { Length: > 0 } form ? form : "not yet";

    /// <summary>Names of the numbers that went the wrong way between two of the answers: what is done only grows, what is left only falls.</summary>
    public static IReadOnlyCollection<string> Backwards(IReadOnlyList<Answer> answers)
    {
        var wrong = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (earlier, later) in answers.Zip(answers.Skip(1)))
        {
            var (before, after) = (Numbers(earlier), Numbers(later));
            wrong.UnionWith(before.Keys.Union(after.Keys).Where(name =>
                name.EndsWith("executingPlanNo", StringComparison.Ordinal) || name.EndsWith("pending_index_rows", StringComparison.Ordinal)
                    ? after.GetValueOrDefault(name) > before.GetValueOrDefault(name)
                    : after.GetValueOrDefault(name) < before.GetValueOrDefault(name)));
        }

        return wrong;
    }

    /// <summary>The numbers that move, of several with one name their sum.</summary>
    private static Dictionary<string, long> Numbers(Answer answer) => Count().Matches(answer.Whole)
        .GroupBy(one => one.Groups["name"].Value, one => long.Parse(one.Groups["value"].Value, CultureInfo.InvariantCulture))
        .ToDictionary(one => one.Key, one => one.Sum());

    [GeneratedRegex(@"(?<name>[\w.]*\.(progress|executingPlanNo|completedPlanNo|indexed_rows|pending_index_rows)) = (?<value>\d+)(; )?")]
    private static partial Regex Count();
}
