using System.CommandLine;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary><c>simulate</c>: a Milvus stand-in on a port, for anybody's client.</summary>
internal static class SimulateVerb
{
    public static Command Create(CommandEnvironment environment)
    {
        var port = new Option<int>("--port") { Description = "TCP port on 127.0.0.1; 0 takes any free one. Default 19530.", HelpName = "PORT", DefaultValueFactory = _ => 19530 };
        port.Validators.Add(r =>
        {
            if (r.Errors.Any() || r.GetValueOrDefault<int>() is < 0 or > 65535) r.AddError("--port is 0 to 65535");
        });
        var scenario = new Option<string>("--scenario")
        {
            Description = $"What it begins with; --list shows all. Default {Scenarios.Default}.",
            HelpName = "NAME",
            DefaultValueFactory = _ => Scenarios.Default,
        };
        var generation = new Option<string>("--generation") { Description = "Which Milvus it behaves as. Default g4.", HelpName = "NAME", DefaultValueFactory = _ => "g4" };
        var speed = new Option<double>("--speed") { Description = "Server time runs so many times faster. Default 1.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var log = new Option<string?>("--log") { Description = "File that gets a JSON line for every state-changing call.", HelpName = "FILE" };
        var data = new Option<string?>("--data") { Description = "File that keeps its world over a restart.", HelpName = "FILE" };
        var list = new Option<bool>("--list") { Description = "Print the scenarios and end." };
        var command = new Command("simulate", "Run a Milvus simulator, with the faults of the real one.") { port, scenario, generation, speed, log, data, list };
        command.SetAction((parsed, _) => parsed.GetValue(list)
            ? Task.FromResult(List(environment))
            : RunAsync(environment, new()
            {
                Port = parsed.GetValue(port),
                Scenario = parsed.GetRequiredValue(scenario),
                Generation = parsed.GetRequiredValue(generation),
                Speed = parsed.GetValue(speed),
                LogFile = parsed.GetValue(log),
                DataFile = parsed.GetValue(data),
            }));
        return command;
    }

    private static int List(CommandEnvironment environment)
    {
        var width = Scenarios.All.Max(s => s.Name.Length);
        foreach (var scenario in Scenarios.All) environment.Terminal.Out.WriteLine($"{scenario.Name.PadRight(width)}  {scenario.About}");
        return ExitCode.Done;
    }

    private static async Task<int> RunAsync(CommandEnvironment environment, SimulatorOptions options)
    {
        var stop = environment.Interruption.Either;
        try
        {
            await using var server = await SimulatorServer.StartAsync(options, stop);
            await environment.Terminal.Out.WriteLineAsync($"listening on {server.Address.ToString().TrimEnd('/')}");
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
