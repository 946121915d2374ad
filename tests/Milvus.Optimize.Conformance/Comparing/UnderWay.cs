using System.Text.RegularExpressions;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Conformance;

/// <summary>
/// An answer that says "not yet". How often and with which numbers a poll sees one is a matter of pace, in which two real servers differ too; that it is
/// seen at all, and in which form, is not.
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

    [GeneratedRegex(@"[\w.]*\.(progress|executingPlanNo|completedPlanNo|indexed_rows|pending_index_rows) = \d+(; )?")]
    private static partial Regex Count();
}
