using System.Collections.Immutable;
using System.Globalization;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Host.CommandLine;

namespace Milvus.Optimize.Host.Output;

/// <summary>Runs as a table.</summary>
internal static class RunList
{
    private static readonly string[] Heads = ["COLLECTION", "STATE", "STARTED (UTC)", "TOOK", "SEGMENTS", "RUN"];
    private static readonly string[] MoreHeads = ["CLUSTER", "SINCE (UTC)", "PERCENT", "ROUND", "TARGET", "MESSAGE"];

    /// <param name="runs">In their order.</param>
    /// <param name="wide">With more columns.</param>
    public static string Of(ImmutableArray<RunDocument> runs, bool wide = false) => runs.IsEmpty
        ? $"no runs{Environment.NewLine}"
        : Columns.Of([wide ? [.. Heads, .. MoreHeads] : Heads, .. runs.Select(run => wide ? [.. Row(run), .. More(run)] : Row(run))]);

    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string[] Row(RunDocument run) =>
    [
        run.Database == "default" ? run.Collection : $"{run.Database}.{run.Collection}",
        run.StateReason.Length == 0 ? run.State : $"{run.State}/{run.StateReason}",
        Time(run.StartedAt),
        run.Done ? Durations.Format(run.Since - run.StartedAt) : "-",
        $"{Count(run.Segments.Before)} -> {Count(run.Segments.After)}",
        run.Id,
    ];

    private static string[] More(RunDocument run) =>
    [
        run.Cluster,
        Time(run.Since),
        run.Progress.Percent?.ToString("0.0", CultureInfo.InvariantCulture) ?? "-",
        run.Progress.Round.ToString(CultureInfo.InvariantCulture),
        run.Spec.TargetSize,
        run.Result?.Message ?? run.Error?.Detail ?? run.StateMessage,
    ];

    private static string Count(SegmentCountDocument? segments) => segments?.Count.ToString(CultureInfo.InvariantCulture) ?? "-";
}
