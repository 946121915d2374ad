using System.Text.RegularExpressions;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Host.CommandLine;

namespace Milvus.Optimize.Host.Output;

/// <summary>Turns successive documents of one run into lines: each stage, each trouble and each warning once.</summary>
internal sealed partial class StageLines
{
    private int _stages;
    private int _warnings;
    private string? _trouble;

    public IEnumerable<string> Next(RunDocument run)
    {
        if (_stages == 0 && _trouble is null) yield return $"run {run.Id}";
        foreach (var stage in run.Timeline.Skip(_stages))
        {
            var round = stage.Round > 1 ? $" (round {stage.Round})" : "";
            yield return $"[{Durations.Format(stage.Start - run.StartedAt)}] {Words(stage.State)}{round}";
        }

        _stages = Math.Max(_stages, run.Timeline.Length);
        foreach (var warning in run.Warnings.Skip(_warnings)) yield return $"warning {warning.Code}: {warning.Message}";
        _warnings = Math.Max(_warnings, run.Warnings.Length);
        var trouble = run.StateReason is "Retrying" or "JournalUnavailable" or "OwnedElsewhere" or "Resting" || run.State is "Held" or "NeedsOperator" or "Quarantined" or "CancelRequested"
            ? $"{Words(run.State)}: {run.StateMessage}"
            : "";
        if (trouble.Length > 0 && trouble != _trouble) yield return trouble;
        _trouble = trouble;
    }

    /// <summary><c>WaitingForIndexes</c> becomes <c>waiting for indexes</c>.</summary>
    public static string Words(string state) => WordStart().Replace(state, " ").ToLowerInvariant();

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])", RegexOptions.CultureInvariant)]
    private static partial Regex WordStart();
}
