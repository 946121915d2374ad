using System.Diagnostics;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>PostgreSQL crashes under three runs and is away for a while: a start is refused meanwhile, and nothing is lost.</summary>
public sealed class DatabaseDownTests
{
    [ClusterFact]
    public Task Ten_seconds_without_a_database_lose_nothing() => OutageAsync(TimeSpan.FromSeconds(10));

    [ClusterFact, Trait("Category", "Long")]
    public Task Nor_do_forty_five() => OutageAsync(TimeSpan.FromSeconds(45));

    private static async Task OutageAsync(TimeSpan outage)
    {
        await using var bed = await ClusterBed.CreateAsync();
        await bed.StartAllAsync();
        await bed.Simulator.TimingsAsync("{\"compactionOverheadSeconds\":20}");
        var runs = new List<string>();
        foreach (var collection in (string[])["books", "films", "papers"]) runs.Add(await bed.Nodes[runs.Count].OptimizeAsync(collection));
        await bed.UntilAsync(runs[0], "WaitingForCompaction");
        var id = (await bed.SeeAsync(runs[0]))!.Progress.Compaction!.Id;

        await bed.Database.StopAsync();
        var since = Stopwatch.GetTimestamp();
        var request = new StartRequest(new(new(ClusterBed.Milvus), "default", "songs"), new(TargetSize.Automatic, false, false), "during-the-outage", TimeSpan.FromHours(1));
        var refused = await Assert.ThrowsAsync<OptimizeProblemException>(() => bed.Nodes[0].Runs.StartAsync(request, CancellationToken.None));
        Assert.True(refused.Problem.Retryable, refused.Problem.Detail);
        await Shell.UntilAsync("the outage is over", () => Stopwatch.GetElapsedTime(since) >= outage);
        await bed.Database.StartAsync();

        RunDocument? late = null;
        await Shell.UntilAsync("the same request is taken", async () => (late = await TryAsync(bed.Nodes[0].Runs, request)) is not null);
        runs.Add(late!.Id);
        foreach (var run in runs) await bed.UntilAsync(run, "Succeeded", TimeSpan.FromSeconds(120));
        Assert.Equal(id, (await bed.SeeAsync(runs[0]))!.Progress.Compaction!.Id);
        foreach (var collection in (string[])["books", "films", "papers", "songs"]) Assert.Equal((collection, 1), (collection, bed.Triggers(await bed.IdOfAsync(collection))));
        bed.AssertJudged([.. runs]);
        Assert.All(bed.Nodes, n => Assert.True(n.IsRunning, $"node {n.Name} did not live through it"));
    }

    private static async Task<RunDocument?> TryAsync(IOptimizeRuns runs, StartRequest request)
    {
        try
        {
            return (await runs.StartAsync(request, CancellationToken.None)).Run;
        }
        catch (OptimizeProblemException e) when (e.Problem.Retryable)
        {
            return null;
        }
    }
}
