using System.Collections.Immutable;
using Milvus.Optimize.Actors.Collections;
using Milvus.Optimize.Actors.Supervision;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>What all runs of a node share: triggers at once, calls a second, and the beginning.</summary>
public sealed class NodeBudgets : SimulatedTest
{
    [Fact]
    public async Task So_many_triggers_at_once_and_the_others_write_no_intent_before_their_turn()
    {
        await SimulateAsync();
        string[] names = ["one", "two", "three"];
        foreach (var name in names) Control.AddCollection(new() { Name = name, Segments = [new() { Rows = 50_000, Count = 6 }] });
        var gate = Gate();
        var answer = new TaskCompletionSource();
        gate.AfterTrigger = answer.Task;
        await using var host = await OptimizeHost.StartAsync(Journal, gate, OptimizeHost.Quick with { MaxTriggers = 1, Budgets = OptimizeHost.Quick.Budgets with { CallTimeout = TimeSpan.FromSeconds(20) } });
        var tasks = await Task.WhenAll(names.Select(n => StartAsync(host, collection: n)));
        await gate.Arrived;
        await Until(() => JournalFile.Count(Journal, "cc1") == 3);

        // The next one has its turn when the first is answered, not before; nothing else could make a second intent wait.
        Assert.Equal(1, JournalFile.Count(Journal, "ia1"));
        Assert.Single(Triggers);
        answer.SetResult();
        foreach (var task in tasks) Assert.Equal("Succeeded", (await EndAsync(host, task.RunId)).State);
        Assert.Equal(3, JournalFile.Count(Journal, "ia1"));
        Assert.Equal(0, JournalFile.Count(Journal, "tn1"));
        Assert.Equal(3, Triggers.Count);
    }

    [Fact]
    public async Task A_slot_comes_back_when_the_one_who_waits_for_it_is_cancelled_or_dies()
    {
        await SimulateAsync();
        string[] names = ["one", "two", "three"];
        foreach (var name in names) Control.AddCollection(new() { Name = name, Segments = [new() { Rows = 50_000, Count = 6 }] });
        var gate = Gate();
        var answer = new TaskCompletionSource();
        gate.AfterTrigger = answer.Task;
        await using var host = await OptimizeHost.StartAsync(Journal, gate, OptimizeHost.Quick with { MaxTriggers = 1, Budgets = OptimizeHost.Quick.Budgets with { CallTimeout = TimeSpan.FromSeconds(20) } });
        var one = await StartAsync(host, collection: "one");
        await gate.Arrived;
        var two = await StartAsync(host, collection: "two");
        await Until(() => JournalFile.Count(Journal, "cc1") == 2);
        var three = await StartAsync(host, collection: "three");
        await Until(() => JournalFile.Count(Journal, "cc1") == 3);
        Assert.Equal("Cancelled", (await two.CancelAsync("no")).State);
        answer.SetResult();
        Assert.Equal("Succeeded", (await EndAsync(host, one.RunId)).State);
        Assert.Equal("Succeeded", (await EndAsync(host, three.RunId)).State);
    }

    [Fact]
    public async Task A_slot_comes_back_when_the_run_that_has_it_is_held_with_its_intent_written()
    {
        var (books, films) = (new ScriptedGateway(), new ScriptedGateway());
        books.Make("books", segments: 4);
        films.Make("films", segments: 4);
        var spy = new AtIntent();
        await using var host = await OptimizeHost.StartAsync(Journal, books, OptimizeHost.Quick with { MaxTriggers = 1 }, spy);
        spy.Act = () => host.Clusters.Hold(OptimizeHost.Cluster, new("ClusterNotConfigured", "taken out of the settings"));
        var other = new ClusterName("other");
        host.Clusters.Set(other, films);
        var held = await StartAsync(host);
        await TableShowsAsync(host, r => r.State == "Held");
        Assert.Equal(1, JournalFile.Count(Journal, "ia1"));

        using var over = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var task = await host.Optimizer.StartAsync(new(other, "default", "films"), new(), over.Token);
        Assert.Equal("Succeeded", (await OptimizeHost.EndAsync(task, over.Token)).State);
        host.Clusters.Set(OptimizeHost.Cluster, books);
        Assert.Equal("Succeeded", (await EndAsync(host, held.RunId)).State);
        Assert.Equal((1, 1), (books.Triggers, films.Triggers));
    }

    [Fact]
    public async Task Every_call_counts_and_the_state_of_a_compaction_is_two()
    {
        using var reads = new ReadBudgets(10);
        await using var milvus = new AtOnce();
        var gateway = new BudgetedGateway(milvus, reads, SelfFence.None, OptimizeHost.Cluster, ReadTurn.First);
        var name = new CollectionName("default", "books", 1);
        for (var i = 0; i < 4; i++) await gateway.GetCompactionAsync(name, 1, default);
        await gateway.ListSegmentsAsync(name, default);
        await gateway.ListSegmentsAsync(name, default);
        Assert.False(gateway.IsWaiting);

        // Ten are gone; the next one waits for the next tenth of a second, and says so.
        var next = gateway.ListSegmentsAsync(name, default);
        Assert.True(gateway.IsWaiting);
        await next.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.False(gateway.IsWaiting);
    }

    [Fact]
    public async Task Whoever_looks_again_leaves_a_fifth_to_the_others()
    {
        using var reads = new ReadBudgets(10);
        await using var milvus = new AtOnce();
        var name = new CollectionName("default", "books", 1);
        using var over = new CancellationTokenSource();
        var again = new BudgetedGateway(milvus, reads, SelfFence.None, OptimizeHost.Cluster, ReadTurn.Again);
        var looks = Enumerable.Range(0, 1000).Select(_ => again.ListSegmentsAsync(name, over.Token)).ToList();

        // Those before it would take a hundred seconds.
        var first = new BudgetedGateway(milvus, reads, SelfFence.None, OptimizeHost.Cluster, ReadTurn.First);
        for (var i = 0; i < 4; i++) await first.ListSegmentsAsync(name, default).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Contains(looks, l => !l.IsCompleted);
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(looks));
    }

    [Fact]
    public async Task Whoever_looks_again_has_his_turn_however_many_others_come_after_him()
    {
        using var reads = new ReadBudgets(20);
        using var over = new CancellationTokenSource();
        var before = Enumerable.Range(0, 60).Select(_ => reads.AcquireAsync("a", ReadTurn.First, over.Token).AsTask()).ToList();
        var again = reads.AcquireAsync("a", ReadTurn.Again, default).AsTask();
        var after = Enumerable.Range(0, 2000).Select(_ => reads.AcquireAsync("a", ReadTurn.First, over.Token).AsTask()).ToList();

        // Those after him take a hundred seconds.
        await again.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Contains(after, a => !a.IsCompleted);
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(before.Concat(after)));
    }

    [Fact]
    public async Task Many_that_wait_for_their_merges_do_not_keep_another_from_its_start()
    {
        await SimulateAsync(speed: 1);
        Control.Configure(new ServerTimings { CompactionOverheadSeconds = 1000 });
        const int Waiting = 100;
        var names = Enumerable.Range(0, Waiting + 1).Select(i => $"many_{i}").ToList();
        foreach (var name in names) Control.AddCollection(new() { Name = name, Segments = [new() { Rows = 50_000, Count = 6 }] });
        await using (var first = await HostAsync())
        {
            await Task.WhenAll(names.Take(Waiting).Select(n => StartAsync(first, collection: n)));
            await Until(() => JournalFile.Count(Journal, "ta1") == Waiting);
        }

        // They ask for far more than there is. In one queue with them each read of a start would wait for some hundred of theirs, and a start has a dozen.
        var counted = new Counted(OptimizeHost.Gateway(Simulator.Address));
        await using var host = await OptimizeHost.StartAsync(Journal, counted, OptimizeHost.Quick with { ReadsPerSecond = 40 });
        await Until(() => counted.Compactions >= Waiting);
        var before = counted.Compactions;
        await StartAsync(host, collection: names[Waiting]);
        await Until(() => JournalFile.Count(Journal, "ta1") == Waiting + 1);
        Assert.InRange(counted.Compactions - before, 0, 4 * Waiting);
    }

    [Fact]
    public async Task A_small_budget_stretches_a_run_and_changes_nothing_else()
    {
        await SimulateAsync();
        await using var host = await HostAsync(OptimizeHost.Quick with { ReadsPerSecond = 8, EffectBudget = TimeSpan.FromMilliseconds(200) });
        var run = await host.FinishAsync("books");
        Assert.Equal("Succeeded", run.State);
        Assert.Single(Triggers);
    }

    [Fact]
    public void The_first_step_after_a_start_is_spread_by_ten_milliseconds_a_run_up_to_fifteen_seconds()
    {
        var pace = new StartPace(new Random(1)) { Unfinished = 100 };
        var few = Enumerable.Range(0, 1000).Select(_ => pace.Next().TotalSeconds).ToList();
        Assert.InRange(few.Max(), 0.9, 1);
        Assert.InRange(few.Average(), 0.4, 0.6);
        pace.Unfinished = 10_000;
        Assert.InRange(Enumerable.Range(0, 1000).Max(_ => pace.Next().TotalSeconds), 14, 15);
    }

    [Fact]
    public void Whoever_stands_still_is_not_settled_before_its_window_is_over()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var watch = new SettleWatch(time, TimeSpan.FromMinutes(30));
        Assert.False(watch.Observe([Segment(1), Segment(2)]));
        time.Advance(TimeSpan.FromMinutes(29));
        Assert.False(watch.Observe([Segment(1), Segment(2)]));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(watch.Observe([Segment(2), Segment(1)]));
        Assert.False(watch.Observe([Segment(1), Segment(3)]));
        Assert.True(watch.SawNew);
        time.Advance(TimeSpan.FromMinutes(29));
        Assert.False(watch.Observe(null));
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.False(watch.Observe([Segment(1), Segment(3)]));
    }

    private static SegmentObservation Segment(long id) => new(id, 1, 100, SegmentState.Flushed, SegmentLevel.L1, true, "");

    /// <summary>Does something once, right before the first intent is written.</summary>
    private sealed class AtIntent : JournalSpy
    {
        private Action? _act;

        public Action Act { set => _act = value; }

        public override Task BeforeAsync(IReadOnlyList<OptimizeEvent> events)
        {
            if (events.Any(e => e is OptimizeEvent.IntentAccepted)) Interlocked.Exchange(ref _act, null)?.Invoke();
            return Task.CompletedTask;
        }
    }

    /// <summary>Counts how often a compaction is asked for.</summary>
    private sealed class Counted(IMilvusGateway inner) : ForwardingGateway(inner)
    {
        private int _compactions;

        public int Compactions => Volatile.Read(ref _compactions);

        public override Task<CompactionObservation> GetCompactionAsync(CollectionName name, long compactionId, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _compactions);
            return base.GetCompactionAsync(name, compactionId, cancellationToken);
        }
    }

    /// <summary>A Milvus that answers before the budget is filled up again.</summary>
    private sealed class AtOnce() : ForwardingGateway(null!)
    {
        public override Task<CompactionObservation> GetCompactionAsync(CollectionName name, long compactionId, CancellationToken cancellationToken) =>
            Task.FromResult(new CompactionObservation(false, [], 0, 0, 0));

        public override Task<ImmutableArray<SegmentObservation>?> ListSegmentsAsync(CollectionName name, CancellationToken cancellationToken) =>
            Task.FromResult<ImmutableArray<SegmentObservation>?>([]);
    }
}
