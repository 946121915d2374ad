using Akka.Actor;
using Milvus.Optimize.Contracts;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>What one collection may hold up, and what it costs when it has nothing to do.</summary>
public sealed class Bounds : SimulatedTest
{
    [Fact]
    public async Task One_request_too_many_is_told_to_come_again_and_all_others_get_their_answer()
    {
        await SimulateAsync();
        var held = new HeldJournal(typeof(OptimizeEvent.Started));
        await using var host = await HostAsync(OptimizeHost.Quick with { MaxOpenRequests = 5 }, held);
        var first = StartAsync(host, new() { Key = "first" });
        await held.Arrived;
        var others = Enumerable.Range(0, 9).Select(i => StartAsync(host, new() { Key = $"key-{i}" })).ToList();
        await Until(() => others.Count(t => t.IsFaulted) == 4);

        var busy = await Task.WhenAll(others.Where(t => t.IsFaulted).Select(async t => (await Assert.ThrowsAsync<OptimizeProblemException>(() => t)).Problem));
        Assert.All(busy, p => Assert.Equal((OptimizeProblem.Unavailable, true), (p.Code, p.Retryable)));
        Assert.Contains("busy", busy[0].Detail, StringComparison.Ordinal);

        // Nothing that was taken in is lost, and there is room again.
        held.Release();
        var run = (await first).RunId;
        Assert.All(await Task.WhenAll(others.Where(t => !t.IsFaulted)), t => Assert.Equal(run, t.RunId));
        Assert.Equal(5, JournalFile.Count(Journal, "jo1"));
        Assert.Equal(run, (await StartAsync(host, new() { Key = "late" })).RunId);
    }

    [Fact]
    public async Task An_answer_is_taken_however_many_requests_wait()
    {
        await SimulateAsync();
        var held = new HeldJournal(typeof(OptimizeEvent.CollectionInspected));
        await using var host = await HostAsync(OptimizeHost.Quick with { MaxOpenRequests = 1 }, held);
        var task = await StartAsync(host, new() { Key = "first" });
        await held.Arrived;
        var others = Enumerable.Range(0, 3).Select(i => StartAsync(host, new() { Key = $"key-{i}" })).ToList();
        await Until(() => others.Count(t => t.IsFaulted) == 2);
        held.Release();
        Assert.Equal(task.RunId, (await others.Single(t => !t.IsFaulted)).RunId);
        Assert.Equal("Succeeded", (await EndAsync(host, task.RunId)).State);
    }

    [Fact]
    public async Task An_idle_collection_is_stopped_and_comes_back_when_somebody_asks()
    {
        await SimulateAsync();
        await using var host = await HostAsync(OptimizeHost.Quick with { IdleTime = TimeSpan.FromMilliseconds(300), RestartPause = TimeSpan.FromSeconds(20) });
        var task = await StartAsync(host, new() { Key = "k" });
        Assert.Equal("Succeeded", (await EndAsync(host, task.RunId)).State);

        // Again and again: no rest is taken for a failure, after which it would be turned away.
        for (var i = 0; i < 4; i++)
        {
            await Until(async () => !await IsAwakeAsync(host, task));
            Assert.Equal(task.RunId, (await StartAsync(host, new() { Key = "k" })).RunId);
            Assert.True(await IsAwakeAsync(host, task));
        }
    }

    [Fact]
    public async Task A_request_that_meets_the_stop_reaches_the_next_incarnation()
    {
        await SimulateAsync();
        await using var host = await HostAsync(OptimizeHost.Quick with { IdleTime = TimeSpan.FromMilliseconds(1) });
        var task = await StartAsync(host, new() { Key = "k" });
        await EndAsync(host, task.RunId);
        for (var i = 0; i < 300; i++) Assert.Equal(task.RunId, (await StartAsync(host, new() { Key = "k" })).RunId);
    }

    [Fact]
    public async Task A_run_that_waits_for_a_person_keeps_its_collection_awake()
    {
        await SimulateAsync();
        Control.ArmFault(new Simulator.ErrorBeforeEffect("ManualCompaction") { Count = 2 });
        await using var host = await HostAsync(OptimizeHost.Quick with { IdleTime = TimeSpan.FromMilliseconds(50) });
        var task = await StartAsync(host);
        Assert.Equal("NeedsOperator", (await EndAsync(host, task.RunId)).State);
        var films = await StartAsync(host, collection: "films");
        await EndAsync(host, films.RunId);
        await Until(async () => !await IsAwakeAsync(host, films));
        Assert.True(await IsAwakeAsync(host, task));
    }

    private static async Task<bool> IsAwakeAsync(OptimizeHost host, OptimizeTask task)
    {
        try
        {
            await host.System.ActorSelection(host.Supervisor.Path / task.RunId.Collection.ToString()).ResolveOne(TimeSpan.FromSeconds(1));
            return true;
        }
        catch (ActorNotFoundException)
        {
            return false;
        }
    }
}
