using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.Host.Tests;

/// <summary>kill -9 of the command while its trigger is under way: the server may have acted, and nothing of it is recorded.</summary>
public sealed class KilledAroundTheCallTests
{
    [Fact]
    public async Task Killed_between_the_servers_act_and_its_record_the_run_ends_from_the_segments()
    {
        var (folder, run) = await KilledWhileItWaits(new Hang("ManualCompaction") { AfterEffect = true });
        await using var _ = folder;
        var (exit, end) = await folder.EndAsync(folder.Optimize());
        Assert.Equal((0, "Succeeded", run), (exit, end.State, end.Id));
        Assert.Single(folder.Triggers);
        Assert.Contains(end.Warnings, w => w.Code == "MergedByServer");
        Assert.Empty(folder.Verdict());
    }

    [Fact]
    public async Task Killed_while_a_call_that_does_nothing_is_under_way_exactly_one_more_trigger_follows_and_not_before_W()
    {
        var (folder, run) = await KilledWhileItWaits(new Hang("ManualCompaction"));
        await using var _ = folder;
        var (exit, end) = await folder.EndAsync(folder.Optimize());
        Assert.Equal((0, "Succeeded", run), (exit, end.State, end.Id));
        Assert.Equal([false, true], folder.Triggers.Select(t => t.Effect!.Value));
        Assert.True(folder.Triggers[1].MonotonicMs - folder.Triggers[0].MonotonicMs >= 2600, "the second trigger came before W was over");
        Assert.Empty(folder.Verdict());
    }

    private static async Task<(CommandFolder Folder, string Run)> KilledWhileItWaits(Hang hang)
    {
        var folder = await CommandFolder.OpenAsync(speed: 10);
        folder.Simulator.Control.ArmFault(hang);
        var command = folder.Optimize();
        await folder.UntilAsync(() => folder.Triggers.Count > 0);
        await folder.KillAsync(command);
        Assert.Equal((1, 0, 0), (folder.Count("ia1"), folder.Count("ta1"), folder.Count("tu1")));
        return (folder, folder.Column("select run_id from optimize_run")[0]!);
    }
}
