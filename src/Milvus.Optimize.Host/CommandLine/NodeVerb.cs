using System.CommandLine;
using System.Text.Json;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Host.Nodes;
using Milvus.Optimize.Host.Settings;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary><c>node</c>: carries runs until it is told to stop, or until none can go on.</summary>
internal static class NodeVerb
{
    private static readonly TimeSpan IdlePause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LockPatience = TimeSpan.FromMinutes(2);

    // One look may fall between a run's last step and the next request of its caller.
    private const int IdleLooks = 4;

    public static Command Create(CommandEnvironment environment)
    {
        var untilIdle = new Option<bool>("--until-idle") { Description = "End when no run can go on any more; held and parked ones do not count." };
        var (output, state) = (SharedOptions.Format(), SharedOptions.State());
        var listen = new Option<string?>("--listen") { Description = "Serve the management routes here too, such as http://127.0.0.1:7980 (docs/management.md); with the Milvus of MILVUS_URI and MILVUS_TOKEN, and those that were optimized from this folder before.", HelpName = "URL" };
        var certificate = new Option<string?>("--tls-cert") { Description = "PEM file of the certificate for an https address.", HelpName = "FILE" };
        var certificateKey = new Option<string?>("--tls-key") { Description = "PEM file of its key.", HelpName = "FILE" };
        var anonymous = new Option<bool>("--anonymous") { Description = "Ask nobody for a key: whoever reaches the address may do everything." };
        var insecure = new Option<bool>("--insecure") { Description = "Listen beyond the loopback without TLS, or without keys, all the same." };
        var background = new Option<bool>(BackgroundNode.Option) { Hidden = true };
        var only = new Option<RunId?>(BackgroundNode.OnlyOption) { Hidden = true, CustomParser = r => SharedOptions.Read<RunId?>(r, RunId.Parse) };
        var (config, set) = (ClusterNodeVerb.Config(), ClusterNodeVerb.Set());
        var command = new Command("node", "Carry all unfinished runs of a state folder on, and serve the other verbs; or, with --config, be one of several nodes.")
        {
            untilIdle, listen, certificate, certificateKey, anonymous, insecure, output, state, config, set, background, only,
        };
        command.Validators.Add(r =>
        {
            if (r.GetResult(set) is not null && r.GetResult(config) is null) r.AddError("--set needs --config");
            if (r.GetResult(config) is null) return;
            if ((r.GetResult(untilIdle) ?? (object?)r.GetResult(state)) is not null) r.AddError("--config goes with neither --state nor --until-idle: the nodes share a database");
            if (((Option[])[listen, certificate, certificateKey, anonymous, insecure]).Any(option => r.GetResult(option) is not null))
                r.AddError("--config goes with none of --listen, --tls-cert, --tls-key, --anonymous and --insecure: the file says where the node listens");
        });
        command.SetAction(async (parsed, _) =>
        {
            if (parsed.GetValue(config) is { } file) return await ClusterNodeVerb.RunAsync(environment, file, parsed.GetValue(set) ?? [], parsed.GetValue(output) is "json" or "jsonl");
            var serving = parsed.GetValue(listen) is { } address
                ? DoorSettings.FromEnvironment(Serving.Of(address, parsed.GetValue(certificate), parsed.GetValue(certificateKey), parsed.GetValue(anonymous), parsed.GetValue(insecure)))
                : null;
            var folder = StateFolder.Open(parsed.GetValue(state));
            using var held = await TakeAsync(environment, folder, parsed.GetValue(background));
            // Its readers come and go with the node's door; what they read is of the process.
            using var telemetry = NodeTelemetry.Start(TelemetrySettings.FromEnvironment(), $"{Environment.MachineName}:{Environment.ProcessId}");
            await using var node = await OwnNode.StartAsync(folder, held, environment.Composition, environment.Time, environment.Interruption.Either);
            (node.Serving, node.Telemetry) = (serving, telemetry);
            if (serving is { Anonymous: false }) await FirstKeyAsync(environment, folder);
            if (serving is not null && environment.Variable("MILVUS_URI") is { Length: > 0 })
                environment.Terminal.Note($"the Milvus of MILVUS_URI is the cluster {await node.BringAsync(Targeting.Of(new(), environment.Variable, null), environment.Interruption.Either)}");
            if (parsed.GetValue(output) is "json" or "jsonl")
                environment.Terminal.Out.WriteLine(JsonSerializer.Serialize(new { pid = Environment.ProcessId, socket = node.Socket, log = folder.Log }));
            else
                environment.Terminal.Note($"node {Environment.ProcessId} answers on {node.Socket}; log {folder.Log}");
            return await CarryAsync(environment, node, parsed.GetValue(untilIdle), parsed.GetValue(only));
        });
        return command;
    }

    /// <summary>Without a first key nobody could get in.</summary>
    private static async Task FirstKeyAsync(CommandEnvironment environment, StateFolder folder)
    {
        var keys = new ApiKeyFile(folder.Keys, environment.Time);
        if (!(await keys.ListAsync(environment.Interruption.Either)).IsEmpty) return;
        var (key, text) = await keys.CreateAsync("first admin", Role.Admin, CollectionScope.All, null, environment.Interruption.Either);
        environment.Terminal.Note($"there was no API key yet; this one is for an admin and is shown once: {text.Reveal()} (milvus-optimize keys revoke {key.Id} ends it)");
    }

    private static async Task<NodeLock> TakeAsync(CommandEnvironment environment, StateFolder folder, bool waits)
    {
        var since = environment.Time.GetTimestamp();
        while (true)
        {
            if (NodeLock.TryTake(folder) is { } held) return held;
            if (!waits || environment.Time.GetElapsedTime(since) >= LockPatience)
                throw new NodeUnavailableException($"node {NodeLock.ReadHolder(folder)?.Pid} holds {folder.Path} already: one node a state folder");
            await Task.Delay(LockPause, environment.Time, environment.Interruption.Either);
        }
    }

    private static async Task<int> CarryAsync(CommandEnvironment environment, OwnNode node, bool untilIdle, RunId? only)
    {
        var stop = environment.Interruption.Either;
        try
        {
            await (only is null ? node.OpenAsync(stop) : node.OpenForAsync(only, stop));
            if (node.Url is { } url) environment.Terminal.Note($"node {Environment.ProcessId} serves {url}");
            while (!untilIdle || !await IsIdleAsync(environment, node)) await Task.Delay(IdlePause, environment.Time, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            if (await node.CloseAsync(CancellationToken.None) is > 0 and var running)
                environment.Terminal.Note($"{running} unfinished runs stand; they go on with the next milvus-optimize optimize or node");
        }

        return ExitCode.Done;
    }

    // A request that comes while the door closes is counted behind it; then the door opens again.
    private static async Task<bool> IsIdleAsync(CommandEnvironment environment, OwnNode node)
    {
        var stop = environment.Interruption.Either;
        for (var look = 0; look < IdleLooks; look++)
        {
            if (await node.CountRunningAsync(stop) > 0) return false;
            await Task.Delay(IdlePause, environment.Time, stop);
        }

        if (await node.CloseAsync(stop) == 0) return true;
        await node.ListenAsync(stop);
        return false;
    }
}
