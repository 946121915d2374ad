using Milvus.Optimize.Client;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Host.Nodes;
using Milvus.Optimize.Host.Output;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary>Starts a run, or joins one, shows it until its end, and leaves: what still runs then is handed over, or said to stand.</summary>
internal sealed class OptimizeFlow(CommandEnvironment environment, OptimizeArguments arguments)
{
    private static readonly TimeSpan PollWait = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    // Made before the first try, so that every later one means the same run.
    private readonly string _key = arguments.Key ?? Guid.NewGuid().ToString("N");
    private RunDocument? _last;
    private long? _shown;

    public async Task<int> RunAsync()
    {
        var terminal = environment.Terminal;
        if (arguments.Target is { Simulator: true }) terminal.Note("no --milvus and no MILVUS_URI: using the built-in simulator");
        await using var access = environment.Access(arguments.Place);
        using var over = new CancellationTokenSource(arguments.Timeout ?? Timeout.InfiniteTimeSpan, environment.Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(over.Token, environment.Interruption.Either);
        try
        {
            var code = await FollowAsync(access, stop.Token);
            if (_last is { } run && !(arguments.Format == "jsonl" && _shown == run.Revision)) terminal.Show(arguments.Format, run, wide => RunReport.Of(run, wide));
            return code;
        }
        finally
        {
            await LeaveAsync(access);
        }
    }

    private async Task<int> FollowAsync(INodeAccess access, CancellationToken stop)
    {
        try
        {
            var end = arguments.NoWait
                ? await StartAsync(access, stop)
                : await environment.Terminal.Progress(arguments.Format).FollowAsync(show => WatchAsync(
                    access,
                    run =>
                    {
                        show(run);
                        _shown = run.Revision;
                    },
                    stop));
            return arguments.NoWait && !end.Done ? ExitCode.Done : ExitCodes.Of(end);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            environment.Terminal.Note(_last is null
                ? $"whether the run was started is not known: ask again with --key {_key}"
                : $"the run goes on: milvus-optimize runs watch {_last.Id}");
            return ExitCode.GoesOn;
        }
    }

    // A node that goes away in the middle is followed by another one; the same key then leads to the same run.
    private async Task<RunDocument> WatchAsync(INodeAccess access, Action<RunDocument> show, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                var run = await StartAsync(access, stop);
                show(run);
                var node = await access.CurrentAsync(stop);
                while (run is { Done: false, Phase: not "Paused" })
                {
                    run = await NextAsync(node, run, stop);
                    _last = run;
                    show(run);
                }

                return run;
            }
            catch (NodeUnreachableException)
            {
                access.Forget();
            }
        }
    }

    // The run stands whatever its node cannot do at the moment: say it once, and look again.
    private async Task<RunDocument> NextAsync(INodeConnection node, RunDocument run, CancellationToken stop)
    {
        var told = "";
        while (true)
        {
            try
            {
                return await node.Runs.GetAsync(RunId.Parse(run.Id), run.Revision, PollWait, stop);
            }
            catch (OptimizeProblemException e) when (IsPassing(e.Problem))
            {
                if (e.Problem.Detail != told) environment.Terminal.Note($"the run stands still: {told = e.Problem.Detail}");
                await Task.Delay(Pause, environment.Time, stop);
            }
        }
    }

    private async Task<RunDocument> StartAsync(INodeAccess access, CancellationToken stop)
    {
        var request = new StartRequest(
            new(arguments.Cluster ?? ClusterName.Simulator, arguments.Database, arguments.Collection), arguments.Parameters, _key, arguments.Deadline);
        var since = environment.Time.GetTimestamp();
        while (true)
        {
            try
            {
                var started = await access.AskAsync(node => node.StartAsync(request, arguments.Target, stop), stop);
                _last ??= started.Run;
                if (started.Joined && _last.Id == started.Run.Id && !started.Run.Done) environment.Terminal.Note($"joined run {started.Run.Id}");
                if (access.Own is { } own) await own.OpenAsync(stop);
                return _last = started.Run;
            }
            catch (OptimizeProblemException e) when (IsPassing(e.Problem))
            {
                if (environment.Time.GetElapsedTime(since) >= Patience) throw new OptimizeProblemException(WithKey(e.Problem));
                await Task.Delay(Pause, environment.Time, stop);
            }
        }
    }

    private async Task LeaveAsync(INodeAccess access)
    {
        if (access.Own is not { } own) return;
        var running = await own.CloseAsync(CancellationToken.None);
        if (running == 0) return;
        if (environment.Interruption.Terminated.IsCancellationRequested)
        {
            environment.Terminal.Note("nothing carries the run on now: it stands, and goes on with the next milvus-optimize optimize or node");
            return;
        }

        var pid = await environment.HandOver.StartAsync(own.Folder, own.Credentials, only: null);
        environment.Terminal.Note($"a background node carries on: pid {pid}, log {own.Folder.Log}");
    }

    // The key was made here, and whoever is to ask again with it must be told.
    private OptimizeProblem WithKey(OptimizeProblem problem) => problem with { Detail = problem.Detail.Replace("the same key", $"--key {_key}", StringComparison.Ordinal) };

    // The node is there but cannot know or store at the moment; the key makes asking again safe.
    private static bool IsPassing(OptimizeProblem problem) => problem.Code is OptimizeProblem.Unavailable or OptimizeProblem.OutcomeUnknown;
}
