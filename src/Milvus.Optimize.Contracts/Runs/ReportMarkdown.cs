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
        if (report.Result is { } result) Line(text, $"- {result.Message}");
        if (report.Error is { } error) Line(text, $"- **{error.Code}**: {error.Detail}");
        foreach (var warning in report.Warnings) Line(text, $"- warning {warning.Code}: {warning.Message}");
        Line(text, "");
        Line(text, "| stage | round | took |");
        Line(text, "|---|---|---|");
        foreach (var stage in report.Stages) Line(text, $"| {stage.State} | {stage.Round} | {(stage.Seconds is { } t ? Seconds(t) : "now")} |");
        foreach (var round in report.Rounds.Where(r => !r.Plans.IsEmpty))
        {
            Line(text, "");
            Line(text, $"Round {round.Round}, compaction {string.Join(", ", round.CompactionIds)}:");
            Line(text, "");
            foreach (var plan in round.Plans) Line(text, $"- {string.Join(" + ", plan.Sources)} -> {(plan.Targets.IsEmpty ? "nothing" : string.Join(" + ", plan.Targets))}");
        }

        return text.ToString();
    }

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');

    private static string Seconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s");
}
