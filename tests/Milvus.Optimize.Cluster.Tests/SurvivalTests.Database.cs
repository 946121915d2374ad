using System.Diagnostics;
using Milvus.Optimize.Client;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>PostgreSQL crashes under three runs and is away for a while: a start is refused meanwhile, and nothing is lost.</summary>
public sealed partial class SurvivalTests
{
    [ClusterFact]
    public Task Ten_seconds_without_a_database_lose_nothing() => OutageAsync(TimeSpan.FromSeconds(10));

    [ClusterFact, Trait("Category", "Long")]
    public Task Nor_do_forty_five() => OutageAsync(TimeSpan.FromSeconds(45));

    private async Task OutageAsync(TimeSpan outage)
    {
        var bed = await beds.ReadyAsync();
        string[] collections = ["books", "films", "papers", "images"];
        await SettleAsync(bed, collections);
        await bed.CompactionsTakeAsync(TimeSpan.FromSeconds(60));
        var before = await Task.WhenAll(collections.Select(bed.TriggersAsync));
        var runs = (await Task.WhenAll(bed.Nodes.Zip(collections, (node, collection) => node.OptimizePatientlyAsync(collection, force: true)))).ToList();
        await bed.UntilAsync(runs[0], "WaitingForCompaction");
        var id = (await bed.SeeAsync(runs[0]))!.Progress.Compaction!.Id;
        var marks = Marks(bed);

        await bed.Database.StopAsync();
        var since = Stopwatch.GetTimestamp();
        var request = new StartRequest(new(new(ClusterBed.Milvus), "default", "images"), new(TargetSize.Automatic, false, true), $"during-{outage}", TimeSpan.FromHours(1));
        var refused = await Assert.ThrowsAsync<OptimizeProblemException>(() => bed.Nodes[0].Runs.StartAsync(request, CancellationToken.None));
        Assert.True(refused.Problem.Retryable, refused.Problem.Detail);
        foreach (var node in bed.Nodes) await AnswerAsync(node, 503, "the database");
        await Shell.UntilAsync("the outage is over", () => Stopwatch.GetElapsedTime(since) >= outage);
        await bed.Database.StartAsync();
        await bed.CompactionsTakeAsync(TimeSpan.FromSeconds(3));

        foreach (var node in bed.Nodes) await AnswerAsync(node, 200);
        RunDocument? late = null;
        await Shell.UntilAsync("the same request is taken", async () => (late = await TryAsync(bed.Nodes[0].Runs, request)) is not null);
        runs.Add(late!.Id);
        foreach (var run in runs) await bed.UntilAsync(run, "Succeeded", TimeSpan.FromSeconds(120));
        Assert.Equal(id, (await bed.SeeAsync(runs[0]))!.Progress.Compaction!.Id);
        Assert.Equal(before.Select(t => t + 1), await Task.WhenAll(collections.Select(bed.TriggersAsync)));
        bed.AssertJudged([.. runs]);
        AssertNoShardRestarts(bed, marks);
        Assert.All(bed.Nodes, n => Assert.True(n.IsRunning, $"node {n.Name} did not live through it"));
        _figures.WriteLine($"{outage.TotalSeconds:F0} s without the database: {runs.Count} runs Succeeded, the last {Stopwatch.GetElapsedTime(since).TotalSeconds:F1} s after it went; one trigger each, no node ended");
    }

    /// <summary>Each has ended a run: whatever rested after an earlier trouble goes on again.</summary>
    private static async Task SettleAsync(ClusterBed bed, IReadOnlyList<string> collections)
    {
        foreach (var run in await Task.WhenAll(collections.Select((c, i) => bed.Nodes[i % 3].OptimizePatientlyAsync(c, force: true)))) await bed.UntilAsync(run, "Succeeded");
    }

    private static async Task<RunDocument?> TryAsync(IOptimizeRuns runs, StartRequest request)
    {
        try
        {
            return (await runs.StartAsync(request, CancellationToken.None)).Run;
        }
        catch (Exception e) when (e is NodeUnreachableException or OptimizeProblemException { Problem.Retryable: true })
        {
            return null;
        }
    }
}
