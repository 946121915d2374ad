using Akka.Persistence;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>The journal as the fence, and histories that cannot be trusted.</summary>
public sealed class Fencing : SimulatedTest
{
    [Fact]
    public async Task A_rejected_event_gives_no_acceptance_no_effect_and_no_gap()
    {
        await SimulateAsync();
        var poison = new RejectsOnce(typeof(OptimizeEvent.Started));
        await using var host = await HostAsync(spy: poison);
        var problem = await Assert.ThrowsAsync<OptimizeProblemException>(() => StartAsync(host, new() { Key = "k" }));
        Assert.Equal(OptimizeProblem.OutcomeUnknown, problem.Problem.Code);
        Assert.Empty(JournalFile.Events(Journal));

        // Asking again with the same key is safe, and the numbers have no hole.
        var task = await StartAsync(host, new() { Key = "k" });
        Assert.Equal("Succeeded", (await EndAsync(host, task.RunId)).State);
        Gapless();
        Assert.Single(Triggers);
    }

    [Fact]
    public async Task A_rejected_intent_sends_nothing_and_its_successor_sends_once()
    {
        await SimulateAsync();
        var poison = new RejectsOnce(typeof(OptimizeEvent.IntentAccepted));
        await using var host = await HostAsync(spy: poison);
        Assert.Equal("Succeeded", (await host.FinishAsync("books")).State);
        Assert.True(poison.Struck);
        Assert.Single(Triggers);
        Gapless();
    }

    [Fact]
    public async Task A_failed_write_is_answered_as_unknown_and_the_same_key_finds_the_truth()
    {
        await SimulateAsync();
        await using var host = await HostAsync(spy: new FailsAfterStoring(typeof(OptimizeEvent.Started)));
        var problem = await Assert.ThrowsAsync<OptimizeProblemException>(() => StartAsync(host, new() { Key = "k" }));
        Assert.Equal((OptimizeProblem.OutcomeUnknown, true), (problem.Problem.Code, problem.Problem.Retryable));
        var task = await StartAsync(host, new() { Key = "k" });
        Assert.Equal("Succeeded", (await EndAsync(host, task.RunId)).State);
        Assert.Equal(1, JournalFile.Count(Journal, "st1"));
    }

    [Fact]
    public async Task An_intent_whose_write_is_said_to_have_failed_but_was_stored_is_waited_out()
    {
        await SimulateAsync();
        await using var host = await HostAsync(spy: new FailsAfterStoring(typeof(OptimizeEvent.IntentAccepted)));
        Assert.Equal("Succeeded", (await host.FinishAsync("books")).State);
        Assert.Single(Triggers);
        Assert.Equal(1, JournalFile.Count(Journal, "tu1"));
    }

    [Fact]
    public async Task A_run_that_goes_from_one_node_to_another_and_back_recovers()
    {
        await SimulateAsync("slow", speed: 100);
        await using var gateway = Gate();
        string run;
        await using (var a = await HostAsync(spy: new KillAfterWrite(3)))
        {
            run = (await StartAsync(a)).RunId.ToString();
            await a.GoneAsync();
        }

        await using (var b = await HostAsync(spy: new KillAfterWrite(3))) await b.GoneAsync();
        await using var again = await HostAsync();
        var end = await TableShowsAsync(again, r => r.Done);
        Assert.Equal((run, "Succeeded"), (end.Id, end.State));
        Assert.Equal(2, JournalFile.Count(Journal, "ow1"));
        Gapless();
    }

    [Fact]
    public async Task A_stale_owner_cannot_write_and_starts_nothing()
    {
        await SimulateAsync();
        var gate = Gate();
        var looking = new TaskCompletionSource();
        var look = new TaskCompletionSource();
        gate.BeforeSegments = () =>
        {
            looking.TrySetResult();
            return look.Task;
        };

        // The stale one does not come back by itself: a pause longer than the test.
        await using var stale = await OptimizeHost.StartAsync(Journal, gate, OptimizeHost.Quick with { RestartPause = TimeSpan.FromMinutes(1) });
        var task = await StartAsync(stale);
        await looking.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await using var owner = await HostAsync();
        await Until(() => JournalFile.Count(Journal, "ow1") == 1);
        look.SetResult();

        Assert.Equal("Succeeded", (await TableShowsAsync(owner, r => r.Done)).State);
        Assert.Single(Triggers);
        Gapless();
        Assert.Equal(task.RunId.ToString(), (await owner.Runs.ListAsync(new(), default)).Single().Id);
    }

    [Fact]
    public async Task Two_nodes_on_one_journal_end_the_run_with_one_trigger()
    {
        await SimulateAsync();
        await using var one = await HostAsync();
        var task = await StartAsync(one);
        await using var other = await HostAsync();
        var end = await TableShowsAsync(other, r => r.Done);
        Assert.Equal((task.RunId.ToString(), "Succeeded"), (end.Id, end.State));
        Assert.InRange(Triggers.Count(t => t.Effect is true), 1, 1);
        Gapless();
    }

    [Fact]
    public async Task An_event_of_a_newer_version_quarantines_its_collection_alone()
    {
        await SimulateAsync();
        string run;
        await using (var first = await HostAsync(spy: new KillAfterWrite(3)))
        {
            run = (await StartAsync(first)).RunId.ToString();
            await first.GoneAsync();
        }

        JournalFile.Execute(Journal, "update journal set manifest = 'zz9' where sequence_number = 2");
        await using (var second = await HostAsync())
        {
            var refused = await Assert.ThrowsAsync<OptimizeProblemException>(() => StartAsync(second));
            Assert.Equal(OptimizeProblem.Quarantined, refused.Problem.Code);
            Assert.Contains("zz9", refused.Problem.Detail, StringComparison.Ordinal);
            Assert.Equal(3, JournalFile.Events(Journal).Count);
            Assert.Equal("Succeeded", (await second.FinishAsync("films")).State);
        }

        // It heals where the event can be read.
        JournalFile.Execute(Journal, "update journal set manifest = 'ci1' where manifest = 'zz9'");
        await using var healed = await HostAsync();
        Assert.Equal("Succeeded", (await EndAsync(healed, Core.Identity.RunId.Parse(run))).State);
    }

    private void Gapless() => Assert.All(JournalFile.Events(Journal).Index(), e => Assert.Equal(e.Index + 1, e.Item.SequenceNr));

    /// <summary>An event that its serializer refuses, once.</summary>
    private sealed class RejectsOnce(Type type) : JournalSpy
    {
        private int _struck;

        public bool Struck => _struck != 0;

        public override IPersistentRepresentation Replace(IPersistentRepresentation written) =>
            written.Payload.GetType() == type && Interlocked.Exchange(ref _struck, 1) == 0 ? written.WithPayload(new Unserializable()) : written;
    }

    /// <summary>A write that is stored and whose writer is told that it failed, once.</summary>
    private sealed class FailsAfterStoring(Type type) : JournalSpy
    {
        private int _struck;

        public override Task StoredAsync(IReadOnlyList<OptimizeEvent> events, Akka.Actor.ActorSystem system) =>
            events.Any(e => e.GetType() == type) && Interlocked.Exchange(ref _struck, 1) == 0
                ? Task.FromException(new TimeoutException("the commit's answer was lost"))
                : Task.CompletedTask;
    }

    private sealed class Unserializable
    {
        // Json.NET reads members, and reading this one throws.
        public string Text { get => field ?? throw new InvalidOperationException("this event cannot be serialized"); set; }
    }
}
