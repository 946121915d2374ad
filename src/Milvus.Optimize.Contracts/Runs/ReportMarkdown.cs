using System.Globalization;
using System.Text;

namespace Milvus.Optimize.Contracts.Runs;

/// <summary>A report as a text for tickets and terminals. Pure.</summary>
public static class ReportMarkdown
{
    public static string Of(ReportDocument report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var text = new StringBuilder();
        Line(text, $"# {report.Collection}: {report.State}{(report.StateReason.Length == 0 ? "" : $" ({report.StateReason})")}");
        Line(text, "");
        Line(text, $"- run `{report.Id}`");
        Line(text, $"- collection {report.Database}.{report.Collection} on {report.Cluster}");
        Line(text, $"- started {report.StartedAt.UtcDateTime:u}{(report.TookSeconds is { } s ? $", took {Seconds(s)}" : ", still runs")}");
        Line(text, $"- segments {report.SegmentsBefore.Length} -> {(report.SegmentsAfter.IsEmpty ? "?" : report.SegmentsAfter.Length.ToString(CultureInfo.InvariantCulture))}");
        if (report.ReachableMinimum is { } minimum) Line(text, $"- at least {minimum.Count} ({minimum.Basis})");
        if (report.RowsRewritten is { } rewritten) Line(text, $"- {Number(rewritten)} rows rewritten");
        if (report.Result is { } result) Line(text, $"- {result.Message}");
        if (report.Error is { } error) Line(text, $"- **{error.Code}**: {error.Detail}");
        foreach (var warning in report.Warnings) Line(text, $"- warning {warning.Code}: {warning.Message}");
        Line(text, "");
        Line(text, "| stage | round | took |");
        Line(text, "|---|---|---|");
        foreach (var stage in report.Stages) Line(text, $"| {stage.State} | {stage.Round} | {(stage.Seconds is { } t ? Seconds(t) : "now")} |");
        Partitions(text, report);
        foreach (var round in report.Rounds.Where(r => r.Triggers > 0)) Round(text, round);
        return text.ToString();
    }

    private static void Partitions(StringBuilder text, ReportDocument report)
    {
        if (report.Partitions.IsEmpty) return;
        Line(text, "");
        Line(text, "| partition | segments | rows |");
        Line(text, "|---|---|---|");
        foreach (var p in report.Partitions) Line(text, $"| {p.Id} | {p.SegmentsBefore} -> {p.SegmentsAfter} | {Number(p.RowsBefore)} -> {Number(p.RowsAfter)} |");
    }

    private static void Round(StringBuilder text, RoundDocument round)
    {
        Line(text, "");
        Line(text, $"Round {round.Round}, {round.Candidates} segments to merge, {(round.CompactionIds.IsEmpty ? "no compaction acknowledged" : $"compaction {string.Join(", ", round.CompactionIds)}")}:");
        Line(text, "");
        foreach (var plan in round.Plans)
            Line(text, $"- {string.Join(" + ", plan.Sources)} -> {(plan.Targets.IsEmpty ? "nothing" : string.Join(" + ", plan.Targets))}{(plan.FailureReason.Length == 0 ? "" : $": {plan.FailureReason}")}");
        if (round.LeftOutReason.Length > 0) Line(text, $"- {round.LeftOutReason}");
    }

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Seconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s");
}
