using System.CommandLine;
using System.Globalization;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary><c>simulate</c>: a Milvus stand-in on a port, for anybody's client.</summary>
internal static class SimulateVerb
{
    public static Command Create(CommandEnvironment environment)
    {
        var port = Port<int>("--port", "TCP port on 127.0.0.1; 0 takes any free one. Default 19530.");
        port.DefaultValueFactory = _ => 19530;
        var adminPort = Port<int?>("--admin-port", "Port of its own HTTP interface, which sets faults while it runs; none by default.");
        var httpPort = Port<int?>("--http-port", "Port for what a Milvus shows on 9091; none by default.");
        var scenario = new Option<string>("--scenario")
        {
            Description = $"What it begins with; --list shows all. Default {Scenarios.Default}.",
            HelpName = "NAME",
            DefaultValueFactory = _ => Scenarios.Default,
        };
        var generation = new Option<string>("--generation") { Description = $"Which Milvus it behaves as: {string.Join(", ", GenerationRules.Names)}. Default g4.", HelpName = "NAME", DefaultValueFactory = _ => "g4" };
        var speed = new Option<double>("--speed") { Description = "Server time runs so many times faster. Default 1.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var fault = new Option<string[]>("--fault") { Description = "A fault that waits from the start, as KIND,NAME=VALUE or JSON; may be repeated.", HelpName = "FAULT" };
        var disabled = new Option<bool>("--compaction-disabled") { Description = "Refuse every compaction call with code 2, as with dataCoord.enableCompaction false." };
        var drop = new Option<double?>("--segments-drop") { Description = "So long after a merge every other list of segments fails with code 600.", HelpName = "SECONDS" };
        var token = new Option<string?>("--token") { Description = "USER:PASSWORD or API key that every call must carry; none by default.", HelpName = "TOKEN" };
        var log = new Option<string?>("--log") { Description = "File that gets a JSON line for every state-changing call.", HelpName = "FILE" };
        var data = new Option<string?>("--data") { Description = "File that keeps its world over a restart.", HelpName = "FILE" };
        var list = new Option<bool>("--list") { Description = "Print the scenarios and end." };
        var command = new Command("simulate", "Run a Milvus simulator, with the faults of the real one.")
        {
            port, scenario, generation, speed, fault, disabled, drop, token, adminPort, httpPort, log, data, list,
        };
        command.SetAction((parsed, _) => parsed.GetValue(list)
            ? Task.FromResult(List(environment))
            : RunAsync(environment, () => new()
            {
                Port = parsed.GetValue(port),
                AdminPort = parsed.GetValue(adminPort),
                ManagementPort = parsed.GetValue(httpPort),
                Scenario = parsed.GetRequiredValue(scenario),
                Generation = parsed.GetRequiredValue(generation),
                Speed = parsed.GetValue(speed),
                Faults = [.. (parsed.GetValue(fault) ?? []).Select(FaultText.Parse)],
                Overrides = new() { CompactionDisabled = parsed.GetValue(disabled), SegmentLossSeconds = parsed.GetValue(drop) },
                Token = parsed.GetValue(token),
                LogFile = parsed.GetValue(log),
                DataFile = parsed.GetValue(data),
            }));
        return command;
    }

    private static Option<T> Port<T>(string name, string description)
    {
        var option = new Option<T>(name) { Description = description, HelpName = "PORT" };
        option.Validators.Add(r =>
        {
            // By its text: the value of what is no number cannot be asked for.
            if (r.Tokens is [{ Value: var text }] && !ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _)) r.AddError($"{name} is 0 to 65535");
        });
        return option;
    }

    private static int List(CommandEnvironment environment)
    {
        var width = Scenarios.All.Max(s => s.Name.Length);
        foreach (var scenario in Scenarios.All) environment.Terminal.Out.WriteLine($"{scenario.Name.PadRight(width)}  {scenario.About}");
        return ExitCode.Done;
    }

    private static async Task<int> RunAsync(CommandEnvironment environment, Func<SimulatorOptions> options)
    {
        var stop = environment.Interruption.Either;
        try
        {
            await using var server = await SimulatorServer.StartAsync(options(), stop);
            await environment.Terminal.Out.WriteLineAsync($"listening on {server.Address.ToString().TrimEnd('/')}");
            if (server.AdminAddress is { } admin) await environment.Terminal.Out.WriteLineAsync($"admin on {admin.ToString().TrimEnd('/')}");
            if (server.ManagementAddress is { } http) await environment.Terminal.Out.WriteLineAsync($"http on {http.ToString().TrimEnd('/')}");
            await environment.Terminal.Out.FlushAsync(stop);
            await Task.Delay(Timeout.InfiniteTimeSpan, environment.Time, stop);
        }
        catch (ArgumentException e)
        {
            throw new ParamException(e.Message);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to stop: that is how a simulator ends.
        }

        return ExitCode.Done;
    }
}
