using Google.Protobuf;

namespace Milvus.Optimize.Conformance;

/// <summary>The recordings of a real server, asked of the simulator.</summary>
public static class Recordings
{
    private static readonly Dictionary<string, string> Folders = new() { ["2.3"] = "milvus-2.3.5", ["lite"] = "milvus-lite-3.2.2" };

    /// <summary>Generations of the simulator that have recordings.</summary>
    public static IReadOnlyCollection<string> Generations => Folders.Keys;

    /// <summary>Replays them in their order, set-up calls included, and compares every answer.</summary>
    /// <param name="generation">One of <see cref="Generations"/>.</param>
    /// <param name="spoil">What is done to each answer of the simulator before it is compared, by a test of the comparison itself.</param>
    public static async Task<Comparison> ReplayAsync(string generation, Action<IMessage>? spoil = null)
    {
        var folder = Folders[generation];
        var scores = new List<Scorecard>();
        foreach (var section in Section.Of(folder))
        {
            await using var server = await RecordedServer.StartAsync(generation, section.Server, section.Scenarios.Contains("restart-auto-compaction"));
            using var replay = new Replay(server, spoil);
            foreach (var scenario in section.Scenarios) scores.Add(await replay.RunAsync(scenario, RecordedCall.Read(folder, scenario)));
        }

        return Comparison.Of(scores, Reasons.Of(generation));
    }
}
