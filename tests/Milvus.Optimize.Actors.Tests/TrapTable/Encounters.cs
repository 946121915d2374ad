using System.Globalization;
using Grpc.Net.Client;
using Milvus.Optimize.Actors.Collections;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Simulator;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Actors.Tests.TrapTable;

/// <summary>The traps that are played by hand.</summary>
internal static partial class Encounters
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);
    private static readonly ServerTimings SlowMerge = new() { CompactionOverheadSeconds = 180 };
    private static readonly ServerTimings NoIndexInTime = new() { IndexOverheadSeconds = 1_000_000 };
    private static readonly ServerTimings NeverLoaded = new() { LoadSeconds = 1_000_000 };

    public static IReadOnlyList<Encounter> All { get; } =
    [
        new("12.2 #2", "an index build is stuck, and the caller has a timeout", Setup("index builds take days", "timeout 1 s"),
            () => Python(NoIndexInTime, (p, _) => p.RunAsync("books", Timeout, TrapTableTests.PythonsPatience), before: Unindexed),
            () => Ours(NoIndexInTime, r => r.EndAsync(new() { Deadline = Timeout }), before: Unindexed), IsSlow: true),
        new("12.2 #12, #16", "the same, and the other of pymilvus's two clients", Setup("index builds take days", "timeout 1 s", "asyncio"),
            () => Python(NoIndexInTime, (p, _) => p.RunAsync("books", Timeout, TrapTableTests.PythonsPatience), isAsync: true, before: Unindexed),
            () => Ours(NoIndexInTime, r => r.EndAsync(new() { Deadline = Timeout }), before: Unindexed), IsSlow: true),
        new("12.2 #8", "somebody's load of the collection is not over at the end", Setup("loads take days"),
            () => Python(NeverLoaded, (p, _) => p.RunAsync("books", TrapTableTests.PythonsPatience), before: Loading),
            () => Ours(NeverLoaded, r => r.EndAsync(), before: Loading), IsSlow: true),
        new("12.2 #10", "cancelled while the server merges", Setup("a merge takes minutes"),
            () => Python(SlowMerge, async (p, r) => await CancelledAsync(p, r.TriggeredAsync)),
            () => Ours(SlowMerge, r => r.EndAsync(meanwhile: async task =>
            {
                await r.TriggeredAsync();
                await task.CancelAsync("a person's wish");
            }))),
        new("12.2 #10", "cancelled while it waits for an index", Setup("index builds take days"),
            () => Python(NoIndexInTime, async (p, _) => await CancelledAsync(p, () => Ring.UntilAsync(() => p.Progress.Contains("waiting for indexes"))), before: Unindexed),
            () => Ours(NoIndexInTime, r => r.EndAsync(meanwhile: task => task.CancelAsync("a person's wish")), before: Unindexed), IsSlow: true),
        new("12.2 #11", "the caller's timeout is over while the server merges", Setup("a merge takes minutes", "timeout 1 s"),
            () => Python(SlowMerge, (p, _) => p.RunAsync("books", Timeout, TrapTableTests.PythonsPatience)),
            () => Waiting(SlowMerge), IsSlow: true),
        new("12.2 #12", "the same with asyncio", Setup("a merge takes minutes", "timeout 1 s", "asyncio"),
            () => Python(SlowMerge, (p, _) => p.RunAsync("books", Timeout, TrapTableTests.PythonsPatience), isAsync: true),
            () => Waiting(SlowMerge), IsSlow: true),
        new("12.2 #15", "the collection is in another database, where one of its name is in the default one too", Setup("`several`", "asyncio"),
            () => Python(null, (p, _) => p.RunAsync("books", TrapTableTests.PythonsPatience), isAsync: true, scenario: "several", database: "archive"),
            () => Ours(null, r => r.EndAsync(database: "archive"), scenario: "several", database: "archive")),
        new("12.2 #17", "the process is killed while the server merges, and started again", Setup("a merge takes minutes"), PythonDies, OursDies),
        new("12.2 #18", "a merge of ten minutes is waited for", "its pauses, counted; each look is one call of pymilvus's and two of ours",
            () => Task.FromResult(Looks(_ => TimeSpan.FromMilliseconds(500))),
            () => Task.FromResult(Looks(new Watch().Next))),
        new("12.2 #20", "what is told of the way", Setup("nothing goes wrong"), PythonsProgress, OurProgress),
        new("17.1: killed", "2.3: the server is killed while it merges, and started again", Setup("a merge takes minutes"),
            () => Python(SlowMerge, (p, r) => WhileAsync(p.RunAsync("books", TrapTableTests.PythonsPatience), r, r.Control.Restart), generation: "2.3"),
            () => Ours(SlowMerge, r => r.EndAsync(meanwhile: async _ =>
            {
                await Ring.UntilAsync(() => JournalFile.Count(r.Journal, "pr1") > 0);
                r.Control.Restart();
            }), generation: "2.3"), IsSlow: true),
        new("17.1: dropped", "2.3: the collection is dropped while the server merges it", Setup("a merge takes minutes"),
            () => Python(SlowMerge, (p, r) => WhileAsync(p.RunAsync("books", TrapTableTests.PythonsPatience), r, () => r.Control.DropCollection("books")), generation: "2.3"),
            () => Ours(SlowMerge, r => r.EndAsync(meanwhile: async _ =>
            {
                await r.TriggeredAsync();
                r.Control.DropCollection("books");
            }), generation: "2.3"), IsSlow: true),
        .. OfServers,
    ];

    private static string Setup(params string[] words) => string.Join(", ", words);

    private static async Task<string> Python(
        ServerTimings? timings, Func<PythonsOptimize, Ring, Task<string>> play, bool isAsync = false, string scenario = "pleasant", string generation = "g4", string database = "default",
        Func<Ring, Task>? before = null)
    {
        await using var ring = await Ring.OpenAsync(scenario, generation, timings, host: false, before);
        var told = await play(new(ring.Simulator.Address, database, isAsync), ring);
        var others = database != "default" && ring.Control.Find("books")!.Segments.Count == 1 ? ", of the other collection" : "";
        return $"{told}; {ring.Left(database)}{others}";
    }

    private static async Task<string> Ours(
        ServerTimings? timings, Func<Ring, Task<RunDocument>> play, string scenario = "pleasant", string generation = "g4", string database = "default", Func<Ring, Task>? before = null)
    {
        await using var ring = await Ring.OpenAsync(scenario, generation, timings, host: true, before);
        string told;
        try
        {
            told = TrapTableTests.Told(await play(ring));
        }
        catch (OptimizeProblemException e)
        {
            told = TrapTableTests.Told(e);
        }

        return $"{told}; {ring.Left(database)}";
    }

    /// <summary>A wait that is over is no end of the run.</summary>
    private static async Task<string> Waiting(ServerTimings timings)
    {
        await using var ring = await Ring.OpenAsync("pleasant", "g4", timings, host: true);
        var key = Guid.NewGuid().ToString("N");
        var told = await Assert.ThrowsAsync<TimeoutException>(() => ring.Host.Optimizer.OptimizeAsync(new(OptimizeHost.Cluster, "default", "books"), new() { Wait = Timeout, Key = key }));
        return $"{told.GetType().Name}, and the run goes on: {TrapTableTests.Told(await ring.EndAsync(new() { Key = key }))}; {ring.Left()}";
    }

    private static async Task<string> CancelledAsync(PythonsOptimize python, Func<Task> when)
    {
        var work = python.RunAsync("books", TrapTableTests.PythonsPatience);
        await when();
        python.Cancel();
        return await work;
    }

    private static async Task<string> WhileAsync(Task<string> work, Ring ring, Action act)
    {
        await ring.TriggeredAsync();
        act();
        return await work;
    }

    private static async Task<string> PythonDies()
    {
        await using var ring = await Ring.OpenAsync("pleasant", "g4", SlowMerge, host: false);
        var first = new PythonsOptimize(ring.Simulator.Address).RunAsync("books", TimeSpan.FromSeconds(0.5));
        await ring.TriggeredAsync();
        await first;
        return $"nothing, and then {await new PythonsOptimize(ring.Simulator.Address).RunAsync("books", TrapTableTests.PythonsPatience)}; {ring.Left()}";
    }

    private static async Task<string> OursDies()
    {
        await using var ring = await Ring.OpenAsync("pleasant", "g4", SlowMerge, host: true);
        var task = await ring.Host.Optimizer.StartAsync(new(OptimizeHost.Cluster, "default", "books"), new(), default);
        await Ring.UntilAsync(() => JournalFile.Count(ring.Journal, "ta1") > 0);
        await ring.Host.KillAsync();
        await ring.Host.DisposeAsync();
        await ring.StartHostAsync();
        using var over = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        return $"{TrapTableTests.Told(await OptimizeHost.EndAsync(ring.Host.Optimizer.GetTask(task.RunId), over.Token))}; {ring.Left()}";
    }

    private static async Task<string> PythonsProgress()
    {
        await using var ring = await Ring.OpenAsync("pleasant", "g4", null, host: false);
        var python = new PythonsOptimize(ring.Simulator.Address);
        return $"{await python.RunAsync("books", TrapTableTests.PythonsPatience)}; {python.Progress.Count} words";
    }

    private static async Task<string> OurProgress()
    {
        await using var ring = await Ring.OpenAsync("pleasant", "g4", null, host: true);
        var run = await ring.EndAsync();
        var timed = run.Timeline.Count(t => t.End is not null);
        return $"{TrapTableTests.Told(run)}; {timed} stages with their beginning and end, plan {run.Progress.Compaction?.Plans.Done} of {run.Progress.Compaction?.Plans.Total}, "
            + $"{run.Segments.Before?.Rows} rows before and {run.Segments.After?.Rows} after";
    }

    /// <summary>How often somebody with these pauses looks in ten minutes.</summary>
    private static string Looks(Func<TimeSpan, TimeSpan> pause)
    {
        var looks = 0;
        for (var waited = TimeSpan.Zero; waited < TimeSpan.FromMinutes(10); waited += pause(waited)) looks++;
        return string.Create(CultureInfo.InvariantCulture, $"{looks:N0} looks");
    }

    private static async Task Unindexed(Ring ring)
    {
        // What the server would merge by itself meanwhile is another trap.
        ring.Control.Configure(ring.Control.Settings with { AutoCompaction = false });
        ring.Control.Insert("books", 20_000);
        ring.Control.Flush("books");
        await Ring.UntilAsync(() => ring.Control.Find("books")!.Segments.Count(s => s.State == "Flushed") > 6);
    }

    private static async Task Loading(Ring ring)
    {
        using var channel = GrpcChannel.ForAddress(ring.Simulator.Address);
        var milvus = new MilvusService.MilvusServiceClient(channel);
        await milvus.ReleaseCollectionAsync(new() { CollectionName = "books" });
        await milvus.LoadCollectionAsync(new() { CollectionName = "books", ReplicaNumber = 1 });
    }

    /// <summary>Our own pauses, on a clock that goes as they say.</summary>
    private sealed class Watch : TimeProvider
    {
        private readonly PollSchedule _polls;
        private TimeSpan _now;

        public Watch() => _polls = new(this, new Random(1));

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now.Ticks;

        public TimeSpan Next(TimeSpan waited)
        {
            _now = waited;
            return _polls.Next();
        }
    }
}
