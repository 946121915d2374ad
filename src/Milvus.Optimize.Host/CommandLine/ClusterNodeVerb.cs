using System.CommandLine;
using System.Text.Json;
using Milvus.Optimize.Host.Nodes;
using Milvus.Optimize.Host.Settings;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary><c>node --config FILE</c>: one of several nodes that share a PostgreSQL journal.</summary>
internal static class ClusterNodeVerb
{
    public static Option<string?> Config() => new("--config")
    {
        Description = "JSON file with Milvus:Optimize: this node then shares a PostgreSQL journal with others. The environment wins over it (Milvus__Optimize__Akka__Port=8111).",
        HelpName = "FILE",
    };

    public static Option<string[]> Set() => new("--set") { Description = "A setting below Milvus:Optimize, which wins over all; may be repeated. Needs --config.", HelpName = "NAME=VALUE" };

    public static async Task<int> RunAsync(CommandEnvironment environment, string config, string[] set, bool json)
    {
        var settings = NodeSettings.Read(config, set);
        foreach (var file in settings.Akka.Files) AkkaFiles.Read(file);
        foreach (var line in EffectiveSettings.Lines(settings)) environment.Terminal.Note(line);
        var stop = environment.Interruption.Either;
        await using var node = await ClusterNode.StartAsync(settings, environment.Time, stop);
        await Task.WhenAny(node.Joined, node.Terminated, Task.Delay(Timeout.InfiniteTimeSpan, environment.Time, stop));
        if (node.Joined.IsCompleted) Say(environment, settings, json);
        await Task.WhenAny(node.Terminated, Task.Delay(Timeout.InfiniteTimeSpan, environment.Time, stop));
        if (stop.IsCancellationRequested) return ExitCode.Done;
        environment.Terminal.Note("error: the node ended by itself; its log says why");
        return ExitCode.OwnTrouble;
    }

    private static void Say(CommandEnvironment environment, NodeSettings settings, bool json)
    {
        var address = $"{settings.Akka.Host}:{settings.Akka.Port}";
        if (json) environment.Terminal.Out.WriteLine(JsonSerializer.Serialize(new { pid = Environment.ProcessId, address, management = settings.Management.Listen }));
        else environment.Terminal.Note($"node {Environment.ProcessId} is up at {address}; management on {settings.Management.Listen ?? "no address"}");
    }
}
