using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>A node without the role only asks: whatever it is asked is answered by those that have it.</summary>
public sealed partial class SurvivalTests
{
    [ClusterFact]
    public async Task A_node_of_another_deployment_ends_with_the_reason()
    {
        var bed = await beds.ReadyAsync();
        await using var stranger = bed.Another("Storage:Deployment=elsewhere");
        stranger.Start();
        await stranger.Process.UntilExitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(1, stranger.Process.ExitCode);
        Assert.Contains(stranger.Process.Lines, l => l.StartsWith("error: the database belongs to the deployment 'default'", StringComparison.Ordinal));
    }

    [ClusterFact]
    public async Task A_node_without_the_role_starts_follows_and_cancels_runs_of_others()
    {
        var bed = await beds.ReadyAsync();
        bed.Asking.Start();
        await bed.Asking.UntilUpAsync();
        await bed.CompactionsTakeAsync(TimeSpan.FromSeconds(20));
        var runs = bed.Asking.Runs;
        var run = RunId.Parse(await bed.Asking.OptimizeAsync("films", force: true));
        var seen = await runs.GetAsync(run, -1, TimeSpan.Zero, CancellationToken.None);
        while (seen.State != "WaitingForCompaction")
        {
            var next = await runs.GetAsync(run, seen.Revision, TimeSpan.FromSeconds(20), CancellationToken.None);
            Assert.True(next.Revision > seen.Revision && !next.Done, $"{seen.State} was followed by {next.State}");
            seen = next;
        }

        Assert.Null(bed.Asking.LastStepOf(run.ToString()));
        Assert.NotNull(bed.OwnerOf(run.ToString()));
        Assert.Contains(await runs.ListAsync(new(), CancellationToken.None), r => r.Id == run.ToString());
        await runs.CancelAsync(run, "seen enough", CancellationToken.None);
        await bed.UntilAsync(run.ToString(), "Cancelled");
        var unknown = await Assert.ThrowsAsync<OptimizeProblemException>(() => runs.StartAsync(
            new(new(new("nowhere"), "default", "films"), new(Core.Runs.TargetSize.Automatic, false, false), "k", TimeSpan.FromHours(1)), CancellationToken.None));
        Assert.Equal(OptimizeProblem.ClusterNotConfigured, unknown.Problem.Code);
        await bed.Asking.Process.SignalAsync("TERM");
        await bed.Asking.Process.UntilExitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, bed.Asking.Process.ExitCode);
    }
}
