using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Milvus.Optimize.Client;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;
using Xunit.Abstractions;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>
/// Many collections with live runs, which all wait for their merges. One node is told to end, one after the other is killed, then all at once and started again: each run goes on,
/// none triggers twice. Those of many with the timers of production: under so much work the short ones of other tests take healthy nodes for lost.
/// </summary>
public sealed partial class ManyRunsTests(ITestOutputHelper output)
{
    private readonly Figures _figures = new(output);
    [ClusterFact]
    public Task Thirty_runs_outlive_the_loss_of_a_node_and_of_all_nodes() => LoseAsync(30, kills: 1, productionTimers: false);

    [ClusterFact, Trait("Category", "Long")]
    public Task A_hundred_runs_do() => LoseAsync(100, kills: 1);

    [ClusterFact, Trait("Category", "Long")]
    public Task A_thousand_do_and_the_loss_of_twenty_nodes_one_after_the_other() => LoseAsync(1000, kills: 20);

    [ClusterFact, Trait("Category", "Long")]
    public Task Ten_thousand_do() => LoseAsync(10_000, kills: 1);

    private async Task LoseAsync(int count, int kills, bool productionTimers = true)
    {
        // A merge that waits its turn shows nothing on the server: with the short window of other tests one whose answer was lost would be taken for lost itself.
        await using var bed = await ClusterBed.CreateAsync(callTimeout: 10, productionTimers: productionTimers, set: _ => ["ReadsPerSecond=500", "QuietWindow=00:30:00", "Budgets:SendWithin=00:00:05"]);
        await bed.ReadyAsync();
        var limit = TimeSpan.FromMinutes(2 + (count / 200.0));

        // One plan at a time, and the first one takes its time: all others wait behind it until the test lets them.
        await bed.Simulator.TimingsAsync("{\"plansAtOnce\":1}");
        await bed.Simulator.CompactAsync("maps", "archive", seconds: 1_000_000);
        await bed.Simulator.TimingsAsync("{\"compactionOverheadSeconds\":1,\"handOverSeconds\":1,\"refreshSeconds\":1,\"indexOverheadSeconds\":0}");
        var names = Enumerable.Range(0, count).Select(i => $"many_{i:D5}").ToList();
        foreach (var name in names) await bed.Simulator.AddAsync($"{{\"name\":\"{name}\",\"segments\":[{{\"rows\":5000,\"count\":3}}]}}");

        var since = Stopwatch.GetTimestamp();
        var runs = new List<string>();
        await Parallel.ForEachAsync(names.Index(), new ParallelOptions { MaxDegreeOfParallelism = 12 }, async (n, _) =>
        {
            var run = await StartAsync(bed.Nodes[n.Index % 3], n.Item, limit);
            lock (runs) runs.Add(run);
        });
        await Shell.UntilAsync("all have triggered", async () => await CountAsync(bed, "select count(*) from optimize_journal where manifest = 'ta1'") == count, limit);
        _figures.WriteLine($"{count} runs wait for their merges {Seconds(since)} s after the first was asked for; {Memory(bed)}");

        // One is told to end.
        var (leaver, left) = (await OwnersAsync(bed)).CountBy(o => o.Value).MaxBy(o => o.Value);
        var leaves = await MarkAsync(bed);
        since = Stopwatch.GetTimestamp();
        await leaver.Process.SignalAsync("TERM");
        await ResumedAsync(bed, leaves, left, since, "one node told to end", limit);
        await leaver.Process.UntilExitAsync(limit);
        _figures.WriteLine($"its process ended with {leaver.Process.ExitCode} within {Seconds(since)} s");
        Assert.Equal(0, leaver.Process.ExitCode);
        leaver.Start();
        await Shell.UntilAsync("it is ready again", async () => (await leaver.ReadyAsync()).Status == 200, limit);

        // One of three, always one that has runs.
        var (firsts, lasts) = (new List<double>(), new List<double>());
        for (var i = 0; i < kills; i++)
        {
            var (owner, owned) = (await OwnersAsync(bed)).CountBy(o => o.Value).MaxBy(o => o.Value);
            var before = await MarkAsync(bed);
            since = Stopwatch.GetTimestamp();
            await owner.Process.SignalAsync("KILL");
            var (first, last) = await ResumedAsync(bed, before, owned, since, $"one node killed, the {i + 1}. time", limit);
            firsts.Add(first);
            lasts.Add(last);
            owner.Start();
            await Shell.UntilAsync("it is ready again", async () => (await owner.ReadyAsync()).Status == 200, limit);
        }

        _figures.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kills} kills: the first run of a node resumed after p50 {Median(firsts):F1} s, max {firsts.Max():F1} s; its last one after p50 {Median(lasts):F1} s, max {lasts.Max():F1} s"));
        _figures.WriteLine($"before all are killed: {Memory(bed)}");

        // All of them.
        var mark = await MarkAsync(bed);
        foreach (var node in bed.Nodes) await node.Process.SignalAsync("KILL");
        foreach (var node in bed.Nodes) await node.Process.UntilExitAsync(TimeSpan.FromSeconds(20));
        since = Stopwatch.GetTimestamp();
        foreach (var node in bed.Nodes) node.Start();
        await ResumedAsync(bed, mark, count, since, "all nodes killed and started at once", limit);
        _figures.WriteLine($"after it: {Memory(bed)}");

        await bed.Simulator.TimingsAsync("{\"plansAtOnce\":100000}");
        await bed.Simulator.CompactAsync("letters", "archive", seconds: 1);
        since = Stopwatch.GetTimestamp();
        await Shell.UntilAsync("all are done", async () => await CountAsync(bed, "select count(*) from optimize_run where done = 1") >= count, limit);
        _figures.WriteLine($"all done {Seconds(since)} s after their merges were let go");
        Assert.Equal(count, await CountAsync(bed, "select count(*) from optimize_run where document::json ->> 'state' = 'Succeeded'"));
        var triggers = bed.TriggersOfAll();
        Assert.Equal((count, 1), (triggers.Count, triggers.Values.Max()));
        bed.AssertJudged([.. runs]);
    }

    /// <summary>Each collection's node: the one that claimed it last, or where nobody had to, the one that took its steps.</summary>
    private static async Task<Dictionary<string, NodeProcess>> OwnersAsync(ClusterBed bed)
    {
        var owners = new Dictionary<string, NodeProcess>();
        foreach (var node in bed.Nodes)
            foreach (var step in node.Process.Lines.Select(l => Step().Match(l)).Where(m => m.Success)) owners[$"optimize-{step.Groups[1].Value}"] = node;
        var names = bed.Nodes.ToDictionary(n => n, n => $"{Environment.MachineName}:{n.Process.Id}");
        foreach (var row in await bed.Database.RowsAsync("select distinct on (persistence_id) persistence_id, message from optimize_journal where manifest = 'ow1' order by persistence_id, sequence_number desc"))
            owners[(string)row[0]] = names.Single(n => Encoding.UTF8.GetString((byte[])row[1]).Contains(n.Value, StringComparison.Ordinal)).Key;
        return owners;
    }

    [GeneratedRegex(@"\b(sim\.\d+)\.[0-9A-Z]{26} of ")]
    private static partial Regex Step();

    private static double Elapsed(long since) => Stopwatch.GetElapsedTime(since).TotalSeconds;

    private static string Seconds(long since) => Elapsed(since).ToString("F1", CultureInfo.InvariantCulture);

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Memory(ClusterBed bed) => "resident MB of the nodes: " + string.Join(", ", bed.Nodes.Select(n =>
        File.ReadLines($"/proc/{n.Process.Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1])
        .Select(kb => long.Parse(kb, CultureInfo.InvariantCulture) / 1024));

    private static Task<long> MarkAsync(ClusterBed bed) => CountAsync(bed, "select max(ordering) from optimize_journal");

    private static async Task<long> CountAsync(ClusterBed bed, string sql) => (long)(await bed.Database.RowsAsync(sql))[0][0];

    private static async Task<string> StartAsync(NodeProcess node, string collection, TimeSpan limit)
    {
        string? run = null;
        var request = new StartRequest(new(new(ClusterBed.Milvus), "default", collection), new(TargetSize.Automatic, false, true), collection, TimeSpan.FromHours(12));
        await Shell.UntilAsync($"the start of {collection}", async () =>
        {
            try
            {
                run = (await node.Runs.StartAsync(request, CancellationToken.None)).Run.Id;
                return true;
            }
            catch (Exception e) when (e is NodeUnreachableException or OptimizeProblemException { Problem.Retryable: true })
            {
                return false;
            }
        }, limit);
        return run!;
    }

    /// <summary>Waits until so many collections have an owner of after the mark.</summary>
    private async Task<(double First, double Last)> ResumedAsync(ClusterBed bed, long mark, long count, long since, string what, TimeSpan limit)
    {
        var (first, half) = (0.0, 0.0);
        await Shell.UntilAsync($"{count} resumed: {what}", async () =>
        {
            var claimed = await CountAsync(bed, $"select count(distinct persistence_id) from optimize_journal where manifest = 'ow1' and ordering > {mark}");
            if (claimed > 0 && first == 0) first = Elapsed(since);
            if (claimed * 2 >= count && half == 0) half = Elapsed(since);
            return claimed >= count;
        }, limit);
        Assert.True(count > 0, "nothing was there to resume");
        var last = Elapsed(since);
        _figures.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: of {count} runs the first resumed after {first:F1} s, half after {half:F1} s, the last after {last:F1} s"));
        return (first, last);
    }
}
