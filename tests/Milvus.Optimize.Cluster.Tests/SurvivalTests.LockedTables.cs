using System.Diagnostics;
using System.Globalization;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;
using Npgsql;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>
/// The tables of the database are locked, or its connections are cut again and again, while runs go on and collections that no node has seen before are
/// asked for: nothing is lost, and no shard starts again.
/// </summary>
public sealed partial class SurvivalTests
{
    // What Akka's shards say of themselves.
    private static readonly string[] ShardRestarts = ["terminated while not being handed off", "restarting shard", "for backoff and restart"];

    [ClusterFact]
    public Task Ten_seconds_of_locked_tables_lose_nothing() => LockAsync(TimeSpan.FromSeconds(10));

    [ClusterFact, Trait("Category", "Long")]
    public Task Nor_do_forty_five_of_them() => LockAsync(TimeSpan.FromSeconds(45));

    [ClusterFact]
    public Task Connections_that_are_cut_lose_nothing() => DisturbAsync(times: 6);

    [ClusterFact, Trait("Category", "Long")]
    public Task Nor_do_forty_cuts() => DisturbAsync(times: 40);

    private async Task LockAsync(TimeSpan time)
    {
        var bed = await beds.ReadyAsync();
        await BesideNewCollectionsAsync(bed, $"locked{time.TotalSeconds:F0}", async () =>
        {
            await using var connection = new NpgsqlConnection(bed.Database.ConnectionString + ";Pooling=false");
            await connection.OpenAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            var tables = (await bed.Database.RowsAsync("select tablename from pg_tables where schemaname = 'public'")).Select(r => (string)r[0]).ToList();
            Assert.NotEmpty(tables);
            await using var command = new NpgsqlCommand($"lock table {string.Join(", ", tables)} in access exclusive mode", connection, transaction);
            await command.ExecuteNonQueryAsync();
            var since = Stopwatch.GetTimestamp();
            await Shell.UntilAsync("a node waits for the lock", async () => (long)(await bed.Database.RowsAsync("select count(*) from pg_locks where not granted"))[0][0] > 0);
            await Shell.UntilAsync("the tables were locked long enough", () => Stopwatch.GetElapsedTime(since) >= time, time + TimeSpan.FromSeconds(10));
            await transaction.RollbackAsync();
        });
        _figures.WriteLine($"{time.TotalSeconds:F0} s of locked tables: all runs Succeeded, one trigger each, no node ended, no shard restarted");
    }

    private async Task DisturbAsync(int times)
    {
        var bed = await beds.ReadyAsync();
        await BesideNewCollectionsAsync(bed, $"cut{times}", async () =>
        {
            for (var i = 0; i < times; i++)
            {
                var cut = 0L;
                await Shell.UntilAsync("there are connections to cut", async () =>
                    (cut = (long)(await bed.Database.RowsAsync("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = 'optimize' and pid <> pg_backend_pid()"))[0][0]) > 0);
                var since = Stopwatch.GetTimestamp();
                await Shell.UntilAsync("the next cut is due", () => Stopwatch.GetElapsedTime(since) > TimeSpan.FromSeconds(0.5));
                _figures.WriteLine($"cut {i + 1}: {cut} connections");
            }
        });
    }

    /// <summary>Three runs wait for their merges; the trouble begins, and six new collections are asked for in it.</summary>
    private static async Task BesideNewCollectionsAsync(ClusterBed bed, string prefix, Func<Task> trouble)
    {
        string[] old = ["books", "films", "papers"];
        await SettleAsync(bed, old);
        await bed.CompactionsTakeAsync(TimeSpan.FromSeconds(60));
        var names = Enumerable.Range(0, 6).Select(i => string.Create(CultureInfo.InvariantCulture, $"{prefix}_{i}")).ToList();
        foreach (var name in names) await bed.Simulator.AddAsync($"{{\"name\":\"{name}\",\"segments\":[{{\"rows\":5000,\"count\":3}}]}}");
        var before = await Task.WhenAll(old.Select(bed.TriggersAsync));
        var runs = (await Task.WhenAll(bed.Nodes.Zip(old, (node, collection) => node.OptimizePatientlyAsync(collection, force: true)))).ToList();
        foreach (var run in runs) await bed.UntilAsync(run, "WaitingForCompaction");
        var ids = await Task.WhenAll(runs.Select(async r => (await bed.SeeAsync(r))!.Progress.Compaction!.Id));
        var processes = bed.Nodes.Select(n => n.Process.Id).ToList();
        var marks = Marks(bed);

        var troubled = trouble();
        var started = names.Select((name, i) => AskAsync(bed.Nodes[i % 3], name)).ToList();
        await troubled;
        await bed.CompactionsTakeAsync(TimeSpan.FromSeconds(3));
        runs.AddRange(await Task.WhenAll(started));
        foreach (var run in runs) await bed.UntilAsync(run, "Succeeded", TimeSpan.FromSeconds(120));

        Assert.Equal(ids, await Task.WhenAll(runs.Take(old.Length).Select(async r => (await bed.SeeAsync(r))!.Progress.Compaction!.Id)));
        Assert.Equal(before.Select(t => t + 1), await Task.WhenAll(old.Select(bed.TriggersAsync)));
        foreach (var name in names) Assert.Equal((name, 1), (name, await bed.TriggersAsync(name)));
        Assert.Equal(processes, bed.Nodes.Select(n => n.IsRunning ? n.Process.Id : 0));
        AssertNoShardRestarts(bed, marks);
        bed.AssertJudged([.. runs]);
    }

    private static List<int> Marks(ClusterBed bed) => [.. bed.Nodes.Select(n => n.Process.Lines.Count())];

    private static void AssertNoShardRestarts(ClusterBed bed, List<int> since)
    {
        foreach (var (node, mark) in bed.Nodes.Zip(since))
            Assert.DoesNotContain(node.Process.Lines.Skip(mark), l => ShardRestarts.Any(s => l.Contains(s, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>As a service does: again with the same key while it is told to.</summary>
    private static async Task<string> AskAsync(NodeProcess node, string collection)
    {
        var request = new StartRequest(new(new(ClusterBed.Milvus), "default", collection), new(TargetSize.Automatic, false, false), $"new-{collection}", TimeSpan.FromHours(1));
        RunDocument? run = null;
        await Shell.UntilAsync($"the start of {collection} is taken", async () => (run = await TryAsync(node.Runs, request)) is not null, TimeSpan.FromSeconds(120));
        return run!.Id;
    }
}
