using Xunit.Abstractions;

namespace Milvus.Optimize.Simulator.Tests.Conformance;

/// <summary>
/// The recordings of real servers, asked of the simulator. Every difference stands in a list beside this test: a new one, and one that is gone, turn it red.
/// </summary>
public sealed class ConformanceTests(ITestOutputHelper output)
{
    private static readonly string[] NeedAnotherServer = ["auth-", "restart-"];

    [Theory]
    [InlineData("2.3", "milvus-2.3.5")]
    [InlineData("lite", "milvus-lite-3.2.2")]
    public async Task The_simulator_answers_as_the_recorded_server_did(string generation, string server)
    {
        await using var simulator = await RunningSimulator.Start(generation, more: options => options with { Settings = new ServerSettings { AutoCompaction = false } });
        // The recorded server was empty at first.
        simulator.Control.DropCollection("books");
        simulator.Control.DropCollection("films");
        simulator.Control.DropCollection("empty");
        using var replay = new Replay(simulator);
        output.WriteLine(Scorecard.Head);
        var found = new List<string>();
        foreach (var scenario in RecordedCall.Order(server).Where(name => !NeedAnotherServer.Any(start => name.StartsWith(start, StringComparison.Ordinal))))
        {
            var score = await replay.Run(scenario, RecordedCall.Read(server, scenario));
            output.WriteLine(score.Row);
            found.AddRange(score.Differences.Distinct());
        }

        var list = Path.Combine(AppContext.BaseDirectory, "Conformance", $"differences-{generation}.txt");
        var known = File.ReadLines(list).Where(line => line.Length > 0 && line[0] != '#').ToList();
        if (Environment.GetEnvironmentVariable("CONFORMANCE_FOUND") is { Length: > 0 } folder)
            await File.WriteAllLinesAsync(Path.Combine(folder, $"differences-{generation}.txt"), found.Order(StringComparer.Ordinal));
        Assert.Equal(known.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }
}
