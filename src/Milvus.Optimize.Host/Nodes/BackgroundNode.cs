using System.Diagnostics;
using System.Text.Json;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Host.Targets;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>Carries runs on after the command that started them: <c>node --until-idle</c> in a session of its own, its output in <c>node.log</c>.</summary>
internal sealed class BackgroundNode(TimeProvider time) : IHandOver
{
    /// <summary>Makes a process a background node. Not for people.</summary>
    public const string Option = "--background";

    /// <summary>Wakes this run alone. Not for people.</summary>
    public const string OnlyOption = "--only";

    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns when no signal of this terminal reaches the new process any more: a second Ctrl-C must not end it.</summary>
    public async Task<int> StartAsync(StateFolder folder, IReadOnlyDictionary<string, Credentials> credentials, RunId? only)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false };
        // Under `dotnet milvus-optimize.dll` the program is the first argument.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        foreach (var argument in new[] { "node", "--until-idle", "--state", folder.Path, Option }) start.ArgumentList.Add(argument);
        if (only is not null)
        {
            start.ArgumentList.Add(OnlyOption);
            start.ArgumentList.Add(only.ToString());
        }

        start.Environment[Credentials.HandOverVariable] = JsonSerializer.Serialize(credentials);
        using var process = Process.Start(start)!;
        var since = time.GetTimestamp();
        while (!process.HasExited && LibC.SessionOf(process.Id) == LibC.SessionOf(0) && time.GetElapsedTime(since) < LeaveTimeout)
            await Task.Delay(Pause, time);
        return process.HasExited ? throw new NodeUnavailableException($"the background node ended at once: see {folder.Log}") : process.Id;
    }

    /// <summary>Run first thing in the new process: before .NET has copied the standard streams, so before options are read properly.</summary>
    public static void Detach(string[] args)
    {
        var folder = StateFolder.Open(args[Array.IndexOf(args, "--state") + 1]);
        if (!File.Exists(folder.Log)) new FileStream(folder.Log, FileMode.CreateNew).Dispose();
        using var log = LibC.OpenToAppend(folder.Log);
        using var nothing = LibC.Open("/dev/null");
        if (nothing is not null) LibC.Redirect(nothing, 0);
        if (log is not null)
        {
            LibC.Redirect(log, 1);
            LibC.Redirect(log, 2);
        }

        LibC.LeaveSession();
    }
}
