using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Host.CommandLine;

namespace Milvus.Optimize.Host.Output;

/// <summary>Runs as a table, one a line, so that grep and awk read it too.</summary>
internal static class RunList
{
    public static string Of(ImmutableArray<RunDocument> runs)
    {
        if (runs.IsEmpty) return $"no runs{Environment.NewLine}";
        string[][] rows = [["COLLECTION", "STATE", "STARTED (UTC)", "TOOK", "SEGMENTS", "RUN"], .. runs.Select(Row)];
        var widths = Enumerable.Range(0, rows[0].Length).Select(i => rows.Max(r => r[i].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows) text.AppendLine(string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
        return text.ToString();
    }

    private static string[] Row(RunDocument run) =>
    [
        run.Database == "default" ? run.Collection : $"{run.Database}.{run.Collection}",
        run.StateReason.Length == 0 ? run.State : $"{run.State}/{run.StateReason}",
        run.StartedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        run.Done ? Durations.Format(run.Since - run.StartedAt) : "-",
        $"{Count(run.Segments.Before)} -> {Count(run.Segments.After)}",
        run.Id,
    ];

    private static string Count(SegmentCountDocument? segments) => segments?.Count.ToString(CultureInfo.InvariantCulture) ?? "-";
}
