using System.Diagnostics;
using Xunit.Abstractions;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>Two Akka clusters on one database, by two lists of seed nodes: the journal lets one of them write, and every run ends while both stay up.</summary>
public sealed class TwoClustersTests(ITestOutputHelper output)
{
    private readonly Figures _figures = new(output);
    private static readonly string[] Collections = ["books", "films", "papers", "songs", "images"];

    [ClusterFact]
    public async Task Runs_end_with_one_trigger_each_while_both_stay_up()
    {
        await using var bed = await ClusterBed.CreateAsync();
        var (ours, theirs) = (bed.Nodes[0], bed.Nodes[2]);
        await bed.CompactionsTakeAsync(TimeSpan.FromSeconds(3));

        // One plan at a time, and the first one takes its time: all others wait behind it until the test lets them.
        await bed.Simulator.TimingsAsync("{\"plansAtOnce\":1}");
        await bed.Simulator.CompactAsync("maps", "archive", seconds: 1_000_000);
        ours.Start();
        bed.Nodes[1].Start();
        await ours.UntilUpAsync();
        await bed.Nodes[1].UntilUpAsync();
        var since = Stopwatch.GetTimestamp();
        var runs = new List<string>();
        foreach (var collection in Collections) runs.Add(await ours.OptimizeAsync(collection));
        foreach (var run in runs) await bed.UntilAsync(run, "WaitingForCompaction");

        // It finds the same runs in the same tables.
        theirs.Start([.. Enumerable.Range(0, 3).Select(i => $"Akka:SeedNodes:{i}=127.0.0.1:{theirs.Port}")]);
        await theirs.UntilUpAsync();
        foreach (var run in runs) Assert.False((await bed.SeeAsync(run))!.Done);
        await Shell.UntilAsync("they have claimed one", async () => (await Task.WhenAll(runs.Select(r => bed.IsClaimedByAsync(theirs, r)))).Any(c => c));
        await bed.Simulator.TimingsAsync("{\"plansAtOnce\":100}");
        await bed.Simulator.CompactAsync("letters", "archive", seconds: 1);
        foreach (var run in runs) await bed.UntilAsync(run, "Succeeded", TimeSpan.FromSeconds(180));
        _figures.WriteLine($"the first runs had ended after {Stopwatch.GetElapsedTime(since).TotalSeconds:F1} s");

        // And what either is asked for now: "ask again" while the other one has the collection.
        since = Stopwatch.GetTimestamp();
        await bed.CompactionsTakeAsync(TimeSpan.FromSeconds(3));
        for (var i = 0; i < Collections.Length; i++) runs.Add(await (i % 2 == 0 ? theirs : ours).OptimizePatientlyAsync(Collections[i], force: true));
        foreach (var run in runs) await bed.UntilAsync(run, "Succeeded", TimeSpan.FromSeconds(180));
        _figures.WriteLine($"the next ones had ended after {Stopwatch.GetElapsedTime(since).TotalSeconds:F1} s");
        foreach (var collection in Collections) Assert.Equal((collection, 2), (collection, await bed.TriggersAsync(collection)));
        Assert.All(bed.Nodes, n => Assert.True(n.IsRunning, $"node {n.Name} did not stay"));
        bed.AssertJudged([.. runs]);
    }
}
