using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.Conformance;

/// <summary>One script of calls on a real server and on the simulator, as they are asked at the same moment.</summary>
public static class SideBySide
{
    /// <summary>The generation that the real server beside it is of.</summary>
    public const string Generation = "2.3";

    /// <summary>Runs the fixed script, then so many calls for each seed. The real server must be empty; what the scripts make they drop.</summary>
    /// <param name="real">The real server's address.</param>
    /// <param name="seeds">One sequence each.</param>
    /// <param name="calls">Calls of a sequence.</param>
    /// <param name="tell">Told what begins: a sequence takes minutes, most of them the real server's builds.</param>
    public static async Task<Comparison> RunAsync(Uri real, IEnumerable<int> seeds, int calls, Action<string>? tell = null)
    {
        ArgumentNullException.ThrowIfNull(seeds);
        await using var simulator = await SimulatorServer.StartAsync(new() { Generation = Generation, Settings = new ServerSettings { AutoCompaction = false } });
        foreach (var name in (string[])["books", "films", "empty"]) simulator.Control.DropCollection(name);
        var scores = new List<Scorecard> { new("script") };
        tell?.Invoke("the fixed script");
        using (var servers = new TwoServers(real, simulator.Address, scores[0])) await FixedScript.RunAsync(servers);
        foreach (var seed in seeds)
        {
            scores.Add(new Scorecard($"seed {seed}"));
            tell?.Invoke($"seed {seed}, {calls} calls");
            using var servers = new TwoServers(real, simulator.Address, scores[^1]);
            await new RandomScript(servers, seed).RunAsync(calls);
        }

        return Comparison.Of(scores, Reasons.Of("beside"));
    }
}
