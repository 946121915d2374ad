using System.Diagnostics;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>SIGTERM: the runs go on elsewhere at once, and what a trigger under way brings home is handed over before the process ends.</summary>
public sealed partial class SurvivalTests
{
    // Under a second on an idle machine and under two asked twenty times (docs/evidence/cluster.md), with room for a busy one; after a kill it takes nine.
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(5);

    [ClusterFact]
    public async Task A_run_goes_from_A_to_B_and_back_to_A_at_once_each_time()
    {
        var bed = await beds.ReadyAsync();
        await bed.CompactionsTakeAsync(TimeSpan.FromSeconds(150));
        var before = await bed.TriggersAsync("books");
        var run = await bed.Nodes[0].OptimizeAsync("books", force: true);
        var id = (await bed.UntilAsync(run, "WaitingForCompaction")).Progress.Compaction!.Id;
        var first = bed.OwnerOf(run);
        await LeaveAsync(bed, first, run);
        var second = await ClaimerAsync(bed, run, first);

        first.Start();
        await first.UntilUpAsync();
        var third = bed.Nodes.Single(n => n != first && n != second);
        await third.Process.SignalAsync("TERM");
        await third.Process.UntilExitAsync(TimeSpan.FromSeconds(20));
        await LeaveAsync(bed, second, run);
        Assert.True(await bed.IsClaimedByAsync(first, run), "it did not come back to the first node");

        var end = await bed.UntilAsync(run, "Succeeded");
        Assert.Equal((id, before + 1), (end.Progress.Compaction!.Id, await bed.TriggersAsync("books")));
        bed.AssertJudged(run);
    }

    [ClusterFact]
    public async Task The_answer_of_a_trigger_under_way_reaches_the_next_owner()
    {
        var bed = await beds.ReadyAsync();
        await bed.Simulator.FaultAsync("{\"kind\":\"delay\",\"rpc\":\"ManualCompaction\",\"collection\":\"songs\",\"by\":\"00:00:03\"}");
        var before = await bed.TriggersAsync("songs");
        var run = await bed.Nodes[0].OptimizeAsync("songs", force: true);
        await Shell.UntilAsync("the trigger is sent", () => bed.Nodes.Any(n => n.Process.LastWith($"sending trigger 1 of {run}") is not null));
        var owner = bed.OwnerOf(run);
        await owner.Process.SignalAsync("TERM");
        await bed.UntilClaimedByAnotherAsync(owner, run);
        Assert.Equal(before, await bed.TriggersAsync("songs"));

        await owner.Process.UntilExitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(before + 1, await bed.TriggersAsync("songs"));
        var end = await bed.UntilAsync(run, "Succeeded");
        Assert.Equal(before + 1, await bed.TriggersAsync("songs"));
        Assert.Equal(bed.Calls(await bed.IdOfAsync("songs")).Last(c => c.IsTrigger).CompactionId, end.Progress.Compaction!.Id);
        bed.AssertJudged(run);
    }

    private async Task LeaveAsync(ClusterBed bed, NodeProcess node, string run)
    {
        var since = Stopwatch.GetTimestamp();
        await node.Process.SignalAsync("TERM");
        await bed.UntilClaimedByAnotherAsync(node, run);
        var resumed = Stopwatch.GetElapsedTime(since);
        await node.Process.UntilExitAsync(TimeSpan.FromSeconds(20));
        _figures.WriteLine($"{node.Name} left: resumed after {resumed.TotalSeconds:F2} s, the process ended after {Stopwatch.GetElapsedTime(since).TotalSeconds:F2} s");
        Assert.Equal(0, node.Process.ExitCode);
        Assert.True(resumed < AtOnce, $"resumed after {resumed}");
    }

    private static async Task<NodeProcess> ClaimerAsync(ClusterBed bed, string run, NodeProcess not)
    {
        foreach (var node in bed.Nodes.Where(n => n != not))
            if (await bed.IsClaimedByAsync(node, run)) return node;
        throw new InvalidOperationException("nobody has claimed it");
    }
}
