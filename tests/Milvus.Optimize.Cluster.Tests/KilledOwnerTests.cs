using System.Diagnostics;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Npgsql;
using Xunit.Abstractions;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>
/// kill -9, and SIGTERM, of the node that owns five runs, each at another point: before its intent is written, after it, after the call, while it polls, while the load is
/// refreshed. All end on other nodes, with one trigger each.
/// </summary>
public sealed class KilledOwnerTests(ITestOutputHelper output)
{
    private readonly Figures _figures = new(output);
    private const string HeldAtItsIntent = "books";
    private const string AfterItsIntent = "papers";
    private const string AfterTheCall = "songs";
    private const string Polling = "images";
    private const string Refreshing = "films";

    [ClusterTheory, InlineData("KILL"), InlineData("TERM")]
    public async Task Runs_go_on_elsewhere_from_wherever_they_were_with_one_trigger_each(string signal)
    {
        await using var bed = await ClusterBed.CreateAsync(speed: 3, callTimeout: 10);
        var owner = bed.Nodes[0];
        owner.Start();
        await owner.UntilUpAsync();

        // The first node gets all the shards: it is asked for something of each collection before the others come.
        foreach (var collection in (string[])[Refreshing, AfterTheCall, HeldAtItsIntent, Polling, AfterItsIntent]) await TouchAsync(owner, await bed.IdOfAsync(collection));
        bed.Nodes[1].Start();
        bed.Nodes[2].Start();
        await bed.Nodes[1].UntilUpAsync();
        await bed.Nodes[2].UntilUpAsync();
        await using var gate = await HoldIntentsAsync(bed, HeldAtItsIntent);
        await bed.Simulator.TimingsAsync("{\"refreshSeconds\":180}");
        var runs = new Dictionary<string, string> { [Refreshing] = await owner.OptimizeAsync(Refreshing) };
        await bed.UntilAsync(runs[Refreshing], "RefreshingLoad");

        // Held at their first look at the segments, so that all come to their points together, one after the other, and within the time of a call.
        foreach (var (collection, seconds) in ((string, int)[])[(AfterTheCall, 4), (Polling, 5), (AfterItsIntent, 6), (HeldAtItsIntent, 7)])
            await bed.Simulator.FaultAsync($"{{\"kind\":\"delay\",\"rpc\":\"GetPersistentSegmentInfo\",\"collection\":\"{collection}\",\"by\":\"00:00:0{seconds}\"}}");
        await bed.Simulator.FaultAsync($"{{\"kind\":\"hang\",\"rpc\":\"ManualCompaction\",\"collection\":\"{AfterTheCall}\",\"afterEffect\":true}}");
        foreach (var collection in (string[])[AfterTheCall, HeldAtItsIntent, Polling, AfterItsIntent]) runs[collection] = await owner.OptimizeAsync(collection);
        await Shell.UntilAsync("the call whose answer is lost", async () => bed.Triggers(await bed.IdOfAsync(AfterTheCall)) == 1);
        await bed.Simulator.TimingsAsync("{\"compactionOverheadSeconds\":60}");
        await Shell.UntilAsync("the acknowledged trigger", async () => await bed.EventsAsync(Polling, "ta1") == 1);
        await bed.Simulator.FaultAsync("{\"kind\":\"hang\",\"rpc\":\"GetVersion\"}");
        await Shell.UntilAsync("the intent whose call hangs before it is sent", async () => await bed.EventsAsync(AfterItsIntent, "ia1") == 1);
        await Shell.UntilAsync("the intent whose write stands still", gate.IsWaitedForAsync);
        Assert.Equal("RefreshingLoad", (await bed.SeeAsync(runs[Refreshing]))!.State);
        Assert.Equal((0, 0, 0, 0), (await bed.EventsAsync(HeldAtItsIntent, "ia1"), await bed.EventsAsync(AfterItsIntent, "ta1"), await bed.EventsAsync(AfterTheCall, "ta1"), await bed.EventsAsync(AfterTheCall, "tu1")));
        var ids = (await CompactionAsync(bed, runs[Polling]), await CompactionAsync(bed, runs[Refreshing]));

        // A node that is told to end leaves behind its last write.
        var killed = Stopwatch.GetTimestamp();
        await owner.Process.SignalAsync(signal);
        if (signal == "TERM") await gate.ReleaseAsync();
        await bed.Simulator.NoFaultsAsync();
        await bed.Simulator.TimingsAsync("{\"refreshSeconds\":1,\"compactionOverheadSeconds\":1}");
        foreach (var run in runs.Values)
        {
            await bed.UntilClaimedByAnotherAsync(owner, run);
            _figures.WriteLine($"{run} resumed {Stopwatch.GetElapsedTime(killed).TotalSeconds:F1} s after SIG{signal}");
        }

        // What the dead process was writing may now be stored, and is refused: another one has written the next event.
        if (signal == "KILL") await gate.ReleaseAsync();
        await owner.Process.UntilExitAsync(TimeSpan.FromSeconds(20));
        _figures.WriteLine($"the process ended with {owner.Process.ExitCode} within {Stopwatch.GetElapsedTime(killed).TotalSeconds:F1} s");
        Assert.Equal(signal == "KILL" ? 137 : 0, owner.Process.ExitCode);
        foreach (var run in runs.Values) await bed.UntilAsync(run, "Succeeded");
        foreach (var collection in runs.Keys) Assert.Equal((collection, 1), (collection, bed.Triggers(await bed.IdOfAsync(collection))));
        Assert.Equal(ids, (await CompactionAsync(bed, runs[Polling]), await CompactionAsync(bed, runs[Refreshing])));
        bed.AssertJudged([.. runs.Values]);
    }

    /// <summary>Asks for a run that there is not: its collection is placed for that.</summary>
    private static async Task TouchAsync(NodeProcess node, string collection)
    {
        var none = RunId.Parse($"{ClusterBed.Milvus}.{collection}.{new string('0', 26)}");
        await Shell.UntilAsync($"{collection} is placed", async () => await Record.ExceptionAsync(() => node.Runs.GetAsync(none, -1, TimeSpan.FromSeconds(1), CancellationToken.None)) is
            OptimizeProblemException { Problem.Code: OptimizeProblem.NotFound });
    }

    private static async Task<string?> CompactionAsync(ClusterBed bed, string run) => (await bed.SeeAsync(run))!.Progress.Compaction!.Id;

    /// <summary>From now on the write of that collection's intent stands still, in the middle, until the gate is opened. It sleeps: a wait for a lock would end by itself.</summary>
    private static async Task<Gate> HoldIntentsAsync(ClusterBed bed, string collection)
    {
        var id = await bed.IdOfAsync(collection);
        var gate = new NpgsqlConnection(bed.Database.ConnectionString + ";Pooling=false");
        await gate.OpenAsync();
        await using var command = new NpgsqlCommand($"""
            select pg_advisory_lock(1);
            create function hold() returns trigger language plpgsql as $$ begin while not pg_try_advisory_xact_lock(1) loop perform pg_sleep(0.05); end loop; return new; end $$;
            create trigger hold before insert on optimize_journal for each row when (new.manifest = 'ia1' and new.persistence_id = 'optimize-sim.{id}') execute function hold()
            """, gate);
        await command.ExecuteNonQueryAsync();
        return new(gate);
    }

    private sealed class Gate(NpgsqlConnection connection) : IAsyncDisposable
    {
        public async Task ReleaseAsync()
        {
            await using var command = new NpgsqlCommand("select pg_advisory_unlock(1)", connection);
            await command.ExecuteNonQueryAsync();
        }

        public async Task<bool> IsWaitedForAsync()
        {
            await using var command = new NpgsqlCommand("select count(*) > 0 from pg_stat_activity where wait_event = 'PgSleep'", connection);
            return (bool)(await command.ExecuteScalarAsync())!;
        }

        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}
