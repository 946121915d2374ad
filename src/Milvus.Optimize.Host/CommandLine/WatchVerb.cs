using System.CommandLine;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Host.Nodes;
using Milvus.Optimize.Host.Output;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary><c>runs watch RUN</c>: shows a run until its end; the exit code is the run's. Where no node is there, this one carries the run on.</summary>
internal static class WatchVerb
{
    private static readonly TimeSpan PollWait = TimeSpan.FromSeconds(20);

    public static Command Create(CommandEnvironment environment)
    {
        var timeout = SharedOptions.Duration("--timeout", "How long to watch; the run goes on after it (exit code 6). Default: until the end.", null);
        var (run, output, place) = (SharedOptions.Run(), SharedOptions.Format(SharedOptions.EachChange), new PlaceOptions());
        var command = new Command("watch", "Follow a run until its end, and end as it did. Ctrl-C stops the watching, not the run.") { run, timeout, output };
        place.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(
            environment, place.Of(parsed, environment.Variable), parsed.GetRequiredValue(run), parsed.GetResult(timeout) is null ? null : parsed.GetValue(timeout),
            parsed.GetValue(output)!));
        return command;
    }

    private static async Task<int> RunAsync(CommandEnvironment environment, NodePlace place, RunId run, TimeSpan? timeout, string format)
    {
        using var over = new CancellationTokenSource(timeout ?? Timeout.InfiniteTimeSpan, environment.Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(over.Token, environment.Interruption.Either);
        await using var access = environment.Access(place);
        try
        {
            var end = await environment.Terminal.Progress(format).FollowAsync(show => FollowAsync(access, run, show, stop.Token));
            if (format != "jsonl") environment.Terminal.Show(format, end, wide => RunReport.Of(end, wide));
            return ExitCodes.Of(end);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            environment.Terminal.Note($"the run goes on: milvus-optimize runs watch {run}");
            return ExitCode.GoesOn;
        }
        finally
        {
            await LeaveAsync(environment, access, run);
        }
    }

    private static async Task<RunDocument> FollowAsync(INodeAccess access, RunId run, Action<RunDocument> show, CancellationToken stop)
    {
        // The first answer tells a wrong address from a node that went away for a while.
        var document = await access.AskAsync(node => OpenAsync(node, run, stop), stop);
        show(document);
        while (document is { Done: false, Phase: not "Paused" })
        {
            var seen = document.Revision;
            document = await access.AskAsync(node => node.Runs.GetAsync(run, seen, PollWait, stop), stop);
            if (document.Revision != seen) show(document);
        }

        return document;
    }

    private static async Task<RunDocument> OpenAsync(INodeConnection node, RunId run, CancellationToken stop)
    {
        if (node is not OwnNode own) return await node.Runs.GetAsync(run, -1, TimeSpan.Zero, stop);
        var document = await own.Table.GetAsync(run, -1, TimeSpan.Zero, stop);
        if (!document.Done) await own.OpenForAsync(run, stop);
        return document;
    }

    private static async Task LeaveAsync(CommandEnvironment environment, INodeAccess access, RunId run)
    {
        if (access.Own is not { } own || await own.CloseAsync(CancellationToken.None) == 0) return;
        var pid = await environment.HandOver.StartAsync(own.Folder, own.Credentials, run);
        environment.Terminal.Note($"a background node carries it on: pid {pid}, log {own.Folder.Log}");
    }
}
