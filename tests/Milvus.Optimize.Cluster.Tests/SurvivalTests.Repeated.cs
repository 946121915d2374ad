using System.Diagnostics;
using System.Globalization;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>The same again and again, for the figures of docs/evidence/cluster.md.</summary>
public sealed partial class SurvivalTests
{
    [ClusterTheory, Trait("Category", "Long"), InlineData("TERM", 20), InlineData("KILL", 20)]
    public async Task One_run_outlives_its_owner_again_and_again(string signal, int times)
    {
        await using var bed = await ClusterBed.CreateAsync();
        await bed.ReadyAsync();
        await bed.CompactionsTakeAsync(TimeSpan.FromHours(1));
        var run = await bed.Nodes[0].OptimizeAsync("books");
        var id = (await bed.UntilAsync(run, "WaitingForCompaction")).Progress.Compaction!.Id;
        var owner = bed.OwnerOf(run);
        var (resumed, ended) = (new List<double>(), new List<double>());
        for (var i = 0; i < times; i++)
        {
            var since = Stopwatch.GetTimestamp();
            await owner.Process.SignalAsync(signal);
            await bed.UntilClaimedByAnotherAsync(owner, run);
            resumed.Add(Stopwatch.GetElapsedTime(since).TotalSeconds);
            await owner.Process.UntilExitAsync(TimeSpan.FromSeconds(30));
            ended.Add(Stopwatch.GetElapsedTime(since).TotalSeconds);
            var next = await ClaimerAsync(bed, run, owner);

            // At the same address, but another process: whoever claims the run next has not claimed it before.
            await bed.ReadyAsync();
            foreach (var other in bed.Nodes.Where(n => n != next && n != owner)) await RestartAsync(other);
            owner = next;
        }

        Assert.Equal((id, 1), ((await bed.SeeAsync(run))!.Progress.Compaction!.Id, await bed.TriggersAsync("books")));
        _figures.WriteLine(string.Create(CultureInfo.InvariantCulture, $"SIG{signal}, {times} times: resumed p50 {Median(resumed):F2} s, max {resumed.Max():F2} s; process ended p50 {Median(ended):F2} s, max {ended.Max():F2} s"));
        if (signal != "TERM") return;
        Assert.InRange(Median(resumed), 0, 2);
        Assert.InRange(ended.Max(), 0, bed.W.TotalSeconds + 2);
    }

    private static async Task RestartAsync(NodeProcess node)
    {
        await node.Process.SignalAsync("TERM");
        await node.Process.UntilExitAsync(TimeSpan.FromSeconds(30));
        node.Start();
        await node.UntilUpAsync();
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);
}
