using System.CommandLine;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Host.Nodes;
using Milvus.Optimize.Host.Output;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary><c>cancel</c>, <c>abandon</c> and <c>retry</c>: a node that is started for one of them wakes that run alone.</summary>
internal static class ControlVerbs
{
    private const string DefaultRetryReason = "retried on the command line";

    public static Command Cancel(CommandEnvironment environment)
    {
        var command = new Command("cancel", "Stop a run before its next step. Milvus cannot stop a compaction: what runs there is followed to its end.");
        return Complete(environment, command, required: true, (runs, run, reason, _, stop) => runs.CancelAsync(run, reason, stop));
    }

    public static Command Abandon(CommandEnvironment environment)
    {
        var freeLane = new Option<bool>("--free-lane")
        {
            Description = "Vouch that the run's compaction does nothing on the server any more, so that another run may start at once.",
        };
        var command = new Command("abandon", "Stop watching a run at once, whatever still runs on the server.") { freeLane };
        return Complete(environment, command, required: true, (runs, run, reason, parsed, stop) => runs.AbandonAsync(run, reason, parsed.GetValue(freeLane), stop));
    }

    public static Command Retry(CommandEnvironment environment)
    {
        var command = new Command("retry", "Let a run that needs an operator go on.");
        return Complete(environment, command, required: false, (runs, run, reason, _, stop) => runs.RetryAsync(run, reason, stop));
    }

    private static Command Complete(
        CommandEnvironment environment, Command command, bool required, Func<IOptimizeRuns, RunId, string, ParseResult, CancellationToken, Task<RunDocument>> verb)
    {
        var run = SharedOptions.Run();
        var reason = new Option<string?>("--reason") { Description = "For the record; 1 to 500 characters.", HelpName = "TEXT", Required = required };
        reason.Validators.Add(r =>
        {
            if (r.Tokens.Count > 0 && r.Tokens[0].Value.Trim().Length is 0 or > 500) r.AddError("--reason has 1 to 500 characters");
        });
        var (output, place) = (SharedOptions.Format(), new PlaceOptions());
        command.Arguments.Add(run);
        foreach (var option in new Option[] { reason, output }) command.Options.Add(option);
        place.AddTo(command);
        command.SetAction((parsed, _) => AskAsync(
            environment, place.Of(parsed, environment.Variable), parsed.GetRequiredValue(run), parsed.GetValue(output)!,
            (runs, stop) => verb(runs, parsed.GetRequiredValue(run), parsed.GetValue(reason) ?? DefaultRetryReason, parsed, stop)));
        return command;
    }

    private static async Task<int> AskAsync(
        CommandEnvironment environment, NodePlace place, RunId run, string format, Func<IOptimizeRuns, CancellationToken, Task<RunDocument>> verb)
    {
        var stop = environment.Interruption.Either;
        await using var access = environment.Access(place);
        var document = await access.AskAsync(
            async node =>
            {
                if (node is OwnNode own) await own.ConnectAsync(run.Collection.Cluster, stop);
                return await verb(node.Runs, stop);
            },
            stop);
        environment.Terminal.Show(format, document, wide => RunReport.Of(document, wide));
        if (access.Own is { } mine && document is { Done: false, Phase: "Running", State: not "Held" })
        {
            var pid = await environment.HandOver.StartAsync(mine.Folder, mine.Credentials, run);
            environment.Terminal.Note($"a background node carries it on: pid {pid}, log {mine.Folder.Log}");
        }

        return ExitCode.Done;
    }
}
