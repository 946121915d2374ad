using System.CommandLine;
using System.Globalization;
using System.Text;
using Milvus.Optimize.Host.Nodes;
using Milvus.Optimize.Host.Settings;
using Milvus.Optimize.Storage;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary><c>runs rebuild</c>: makes the run table again from the journal, which is the truth.</summary>
internal static class RebuildVerb
{
    public static Command Create(CommandEnvironment environment)
    {
        var (state, output, config, set) = (SharedOptions.State(), SharedOptions.Format(), ClusterNodeVerb.Config(), ClusterNodeVerb.Set());
        config.Description = "The nodes' JSON file: the table of their PostgreSQL. They may run meanwhile; what they write waits.";
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be done." };
        var command = new Command("rebuild", "Make the table of runs again from the journal. No event is touched and no run is woken; refused while a node has the state folder.")
        {
            state, config, set, dryRun, output,
        };
        command.Validators.Add(r =>
        {
            if (r.GetResult(set) is not null && r.GetResult(config) is null) r.AddError("--set needs --config");
            if ((r.GetResult(state), r.GetResult(config)) is (not null, not null)) r.AddError("give --state or --config, not both");
        });
        command.SetAction(async (parsed, _) =>
        {
            var (file, really) = (parsed.GetValue(config), !parsed.GetValue(dryRun));
            var report = file is null
                ? await OfFolderAsync(parsed.GetValue(state), really, environment.Interruption.Either)
                : await RunTableRebuild.RunAsync(NodeSettings.Read(file, parsed.GetValue(set) ?? []).Storage, really, environment.Interruption.Either);
            environment.Terminal.Show(parsed.GetValue(output)!, report, _ => Text(report));
            return ExitCode.Done;
        });
        return command;
    }

    // A node holds rows in memory that it still owes the table, and a SQLite file takes one process.
    private static async Task<RebuildReport> OfFolderAsync(string? state, bool really, CancellationToken stop)
    {
        var folder = StateFolder.Open(state);
        using var held = NodeLock.TryTake(folder) ?? throw new NodeUnavailableException(
            $"node {NodeLock.ReadHolder(folder)?.Pid} has {folder.Path}: end it (its runs stand, and go on with the next one), then rebuild");
        return await RunTableRebuild.RunAsync(new() { SqliteFile = folder.Journal }, really, stop);
    }

    private static string Text(RebuildReport report)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{report.Runs} runs of {report.Collections} collections are in the journal{(report.Written ? "" : "; nothing was changed")}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  added      {report.Added}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  corrected  {report.Corrected}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  removed    {report.Removed}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  unchanged  {report.Unchanged}");
        foreach (var trouble in report.Unreadable) text.AppendLine(CultureInfo.InvariantCulture, $"  unreadable {trouble}");
        return text.ToString();
    }
}
