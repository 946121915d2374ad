using System.Globalization;
using System.Text;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Host.CommandLine;

namespace Milvus.Optimize.Host.Output;

/// <summary>One run as a text for a person: what it led to, what it found and left, where the time went.</summary>
internal static class RunReport
{
    /// <param name="run">As it is.</param>
    /// <param name="wide">With what is rarely asked for.</param>
    public static string Of(RunDocument run, bool wide = false)
    {
        var text = new StringBuilder();
        text.AppendLine($"{run.Collection}: {StageLines.Words(run.State)}{(Message(run) is { Length: > 0 } message && message != StageLines.Words(run.State) ? $" - {message}" : "")}");
        Line(text, "run", run.Id);
        Line(text, "collection", $"{run.Database}.{run.Collection} (id {run.CollectionId}) on {run.Cluster}{(run.Server is { } s ? $", Milvus {s.Version}" : "")}");
        Line(text, "target size", Spec(run.Spec));
        Line(text, "segments", Segments(run));
        if (run.Segments.ReachableMinimum is { } m) Line(text, "at least", $"{m.Count} ({m.Basis})");
        Line(text, "rounds", (run.Result?.Rounds ?? run.Progress.Round).ToString(CultureInfo.InvariantCulture));
        if (run.Progress.Compaction is { } c) Line(text, "compaction", $"{c.Id ?? "found by its segments"}, {c.Plans.Done} of {c.Plans.Total} plans done");
        foreach (var index in run.Progress.Indexes.Where(i => wide || i.PendingRows > 0))
            Line(text, "index", $"{index.Name}: {Number(index.PendingRows)} of {Number(index.TotalRows)} rows pending");
        if (wide) More(text, run);
        Timeline(text, run);
        foreach (var warning in run.Warnings) Line(text, "warning", $"{warning.Code}: {warning.Message}");
        if (NextStep(run) is { } next) Line(text, "what to do", next);
        return text.ToString();
    }

    private static void More(StringBuilder text, RunDocument run)
    {
        Line(text, "state", $"{run.State}{(run.StateReason.Length > 0 ? $"/{run.StateReason}" : "")} since {RunList.Time(run.Since)} UTC, revision {run.Revision}");
        Line(text, "started", $"{RunList.Time(run.StartedAt)} UTC, to end by {RunList.Time(run.Spec.Deadline)} UTC");
        Line(text, "asked for", run.RequestedName);
        Line(text, "generation", run.Server?.Generation ?? "-");
        Line(text, "attempt", run.Progress.Attempt.ToString(CultureInfo.InvariantCulture));
        Line(text, "ids before", Ids(run.Segments.Before));
        Line(text, "ids after", Ids(run.Segments.After));
    }

    private static string Ids(SegmentCountDocument? segments) => segments is { Ids.IsDefaultOrEmpty: false } s ? string.Join(' ', s.Ids) : "-";

    private static void Timeline(StringBuilder text, RunDocument run)
    {
        if (run.Timeline.IsEmpty) return;
        if (run.Done && run.Timeline[^1].End is { } end) Line(text, "took", Durations.Format(end - run.StartedAt));
        foreach (var stage in run.Timeline)
        {
            var name = $"{StageLines.Words(stage.State)}{(stage.Round > 1 ? $" (round {stage.Round})" : "")}";
            text.AppendLine($"    {name,-36} {(stage.End is { } e ? Durations.Format(e - stage.Start) : "now"),10}");
        }
    }

    private static string Message(RunDocument run) => run.Result?.Message ?? run.Error?.Detail ?? run.StateMessage;

    private static string Spec(SpecDocument spec) => $"{spec.TargetSize}{(spec.Flush ? ", flushed first" : "")}{(spec.Force ? ", forced" : "")}";

    private static string Segments(RunDocument run) => (run.Segments.Before, run.Segments.After) switch
    {
        ({ } before, { } after) => $"{before.Count} -> {after.Count} ({Number(before.Rows)} -> {Number(after.Rows)} rows)",
        ({ } before, null) => $"{before.Count} before ({Number(before.Rows)} rows)",
        (null, { } after) => $"{after.Count} ({Number(after.Rows)} rows)",
        _ => "not looked at",
    };

    private static string? NextStep(RunDocument run) => run.State switch
    {
        "NeedsOperator" => $"look at the collection, then milvus-optimize retry {run.Id}, or abandon it",
        "Held" => "bring what is missing by running optimize on the collection again",
        "CancelRequested" => "nothing: it is cancelled when the compaction on the server has ended",
        _ => null,
    };

    private static void Line(StringBuilder text, string name, string value) => text.AppendLine($"  {name,-12} {value}");

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
