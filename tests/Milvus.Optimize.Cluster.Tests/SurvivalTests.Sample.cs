namespace Milvus.Optimize.Cluster.Tests;

/// <summary>samples/ClusterClient as it stands: it starts a run and is killed, and another process takes the task up by its id.</summary>
public sealed partial class SurvivalTests
{
    [ClusterFact]
    public async Task A_third_process_takes_up_the_run_of_a_client_that_was_killed()
    {
        var bed = await beds.ReadyAsync();
        await bed.CompactionsTakeAsync(TimeSpan.FromSeconds(90));
        var (seeds, program) = (string.Join(',', bed.Seeds), Path.Combine(AppContext.BaseDirectory, "ClusterClient.dll"));
        await using var first = new ProgramProcess([seeds, ClusterBed.Milvus, "songs"], program: program);
        var run = (await first.UntilSaidAsync(" WaitingForCompaction")).Split(' ')[0];
        await first.SignalAsync("KILL");
        await first.UntilExitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("WaitingForCompaction", (await bed.SeeAsync(run))!.State);

        await using var third = new ProgramProcess([seeds, run], program: program);
        await third.UntilSaidAsync($"{run} WaitingForCompaction");
        await third.UntilSaidAsync($"{run} Succeeded");
        await third.UntilExitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, third.ExitCode);
        Assert.All(bed.Nodes, n => Assert.True(n.IsRunning));
        bed.AssertJudged(run);
    }
}
