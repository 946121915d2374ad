namespace Milvus.Optimize.Cluster.Tests;

/// <summary>
/// SIGSTOP of the owner past W, and SIGCONT, where it would act at once: one run right before its trigger's bytes, with the right to send in hand, another
/// right before the refresh of its load. Both are over elsewhere by then, and nothing of the zombie reaches the server.
/// </summary>
public sealed partial class SurvivalTests
{
    private static readonly string[] Collections = ["books", "films", "papers", "songs", "images"];

    [ClusterFact]
    public async Task A_zombie_changes_nothing_any_more() => await FreezeAsync(await beds.ReadyAsync());

    [ClusterFact, Trait("Category", "Long")]
    public async Task Nor_with_the_timers_of_production()
    {
        await using var bed = await ClusterBed.CreateAsync(productionTimers: true);
        await bed.ReadyAsync();
        await FreezeAsync(bed);
    }

    private async Task FreezeAsync(ClusterBed bed)
    {
        var owners = new Dictionary<string, NodeProcess>();
        var first = await Task.WhenAll(Collections.Select(c => bed.Nodes[1].OptimizeAsync(c, force: true)));
        foreach (var (collection, run) in Collections.Zip(first))
        {
            await bed.UntilAsync(run, "Succeeded");
            owners[collection] = bed.OwnerOf(run);
        }

        // Of five collections on three nodes some two are neighbours.
        var (owner, pair) = owners.GroupBy(o => o.Value).Select(g => (g.Key, g.Select(o => o.Key).ToList())).First(g => g.Item2.Count >= 2);
        var (triggering, refreshing) = (pair[0], pair[1]);
        var (triggers, refreshes) = (await bed.TriggersAsync(triggering), await bed.EventsAsync(refreshing, "ls1"));
        var others = bed.Nodes.Where(n => n != owner).ToList();

        await bed.Simulator.FaultAsync($"{{\"kind\":\"delay\",\"rpc\":\"GetLoadState\",\"collection\":\"{refreshing}\",\"by\":\"00:00:09\"}}");
        var refresh = await others[0].OptimizeAsync(refreshing, force: true);
        await bed.UntilAsync(refresh, "RefreshingLoad");
        await bed.Simulator.FaultAsync("{\"kind\":\"delay\",\"rpc\":\"GetVersion\",\"by\":\"00:00:02\",\"count\":2}");
        var trigger = await others[0].OptimizeAsync(triggering, force: true);
        await owner.Process.UntilSaidAsync($"sending trigger 1 of {trigger}");
        Assert.Equal(refreshes, await bed.EventsAsync(refreshing, "ls1"));
        await owner.Process.SignalAsync("STOP");

        await bed.UntilClaimedByAnotherAsync(owner, trigger, TimeSpan.FromSeconds(120));
        await bed.Simulator.NoFaultsAsync();
        await bed.UntilAsync(trigger, "Succeeded");
        await bed.UntilAsync(refresh, "Succeeded");
        var before = await CallsAsync(bed, pair);
        await owner.Process.SignalAsync("CONT");
        await owner.Process.UntilExitAsync(TimeSpan.FromSeconds(20));
        _figures.WriteLine($"the zombie ended with {owner.Process.ExitCode}");
        Assert.Equal(before, await CallsAsync(bed, pair));
        Assert.Equal(triggers + 1, await bed.TriggersAsync(triggering));
        bed.AssertJudged([.. first, trigger, refresh]);
    }

    private static async Task<string> CallsAsync(ClusterBed bed, IEnumerable<string> collections)
    {
        var calls = new List<string>();
        foreach (var collection in collections) calls.AddRange(bed.Calls(await bed.IdOfAsync(collection)).Select(c => $"{c.At:O} {c.Rpc} {collection}"));
        return string.Join('\n', calls);
    }
}
