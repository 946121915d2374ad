using System.Diagnostics;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Freeze;
using Xunit.Abstractions;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>
/// The owner stands still inside the call of its trigger, at three points of it, and goes on later: nothing of it reaches the server. A test hook in the
/// process stops it (<see cref="TriggerFreezer"/>), on the very thread that would write next.
/// </summary>
public sealed class FrozenTriggerTests(ITestOutputHelper output)
{
    private readonly Figures _figures = new(output);
    private static readonly string[] Points = [TriggerFreezer.AfterConnect, TriggerFreezer.AfterHeaders, TriggerFreezer.BeforeMessage];

    [ClusterFact]
    public Task No_trigger_of_a_zombie_arrives_wherever_in_the_call_it_stood_still() => FreezeAsync(times: 3, TimeSpan.Zero, productionTimers: false);

    [ClusterTheory, Trait("Category", "Long"), InlineData(30), InlineData(75)]
    public Task Nor_ten_times_with_the_timers_of_production(int seconds) => FreezeAsync(times: 10, TimeSpan.FromSeconds(seconds), productionTimers: true);

    /// <summary>With the budgets of production too: whoever claims the run waits for 40 s.</summary>
    [ClusterFact, Trait("Category", "Long")]
    public Task Nor_three_times_with_its_budgets_too()
    {
        var budgets = SendBudgets.Default;
        return FreezeAsync(times: 3, TimeSpan.FromSeconds(75), productionTimers: true, budgets.CallTimeout.TotalSeconds, _ =>
        [
            $"Budgets:SendWithin={budgets.SendWithin:c}", $"Budgets:TcpUserTimeout={budgets.TcpUserTimeout:c}", $"Budgets:ServerDeadline={budgets.ServerDeadline:c}", $"Budgets:Margin={budgets.Margin:c}",
        ]);
    }

    private async Task FreezeAsync(int times, TimeSpan atLeast, bool productionTimers, double callTimeout = 1, Func<string, IEnumerable<string>>? set = null)
    {
        var folder = Directory.CreateTempSubdirectory("optimize-freeze-").FullName;
        var hook = new Dictionary<string, string> { [TriggerFreezer.Variable] = folder, ["DOTNET_STARTUP_HOOKS"] = typeof(TriggerFreezer).Assembly.Location };
        await using var bed = await ClusterBed.CreateAsync(callTimeout: callTimeout, productionTimers: productionTimers, set: set, environment: hook);
        await bed.ReadyAsync();
        for (var i = 0; i < times; i++) await FreezeAsync(bed, folder, Points[i % Points.Length], atLeast);
        Directory.Delete(folder, recursive: true);
    }

    private async Task FreezeAsync(ClusterBed bed, string folder, string point, TimeSpan atLeast)
    {
        await bed.ReadyAsync();
        var id = await bed.IdOfAsync("books");
        var before = bed.Triggers(id);
        await File.WriteAllTextAsync(Path.Combine(folder, point), "");
        var run = await bed.Nodes[0].OptimizePatientlyAsync("books", force: true);
        await Shell.UntilAsync($"a node stands still at {point}", () => bed.Nodes.Any(n => IsStopped(n.Process.Id)));
        var since = Stopwatch.GetTimestamp();
        var zombie = bed.Nodes.Single(n => IsStopped(n.Process.Id));
        Assert.True(File.Exists(Path.Combine(folder, $"frozen-{zombie.Process.Id}")));
        Assert.Equal(before, bed.Triggers(id));

        await Shell.UntilAsync($"it has stood still for {atLeast}", () => Stopwatch.GetElapsedTime(since) >= atLeast, atLeast + TimeSpan.FromSeconds(10));
        if (atLeast == TimeSpan.Zero) await bed.UntilClaimedByAnotherAsync(zombie, run);

        // Whoever has claimed it waits W before it sends: nothing but the zombie can send in the moment in which it goes on.
        var claimed = await bed.IsClaimedByAnotherAsync(zombie, run);
        if (claimed) await bed.UntilAsync(run, "Succeeded", TimeSpan.FromSeconds(120));
        var calls = bed.Calls(id).Count;
        await zombie.Process.SignalAsync("CONT");
        await zombie.Process.UntilExitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal((137, calls), (zombie.Process.ExitCode, bed.Calls(id).Count));

        await bed.UntilAsync(run, "Succeeded", TimeSpan.FromSeconds(120));
        Assert.Equal(before + 1, bed.Triggers(id));
        bed.AssertJudged(run);
        _figures.WriteLine($"{point}: stood still, {(claimed ? "over elsewhere before it went on" : "went on before another node had its run")}; one trigger, none of the zombie");
    }

    // The third field of proc(5)'s stat: T is stopped by a signal.
    private static bool IsStopped(int process) => File.Exists($"/proc/{process}/stat") && File.ReadAllText($"/proc/{process}/stat") is var stat && stat[stat.LastIndexOf(')') + 2] == 'T';
}
