using Milvus.Optimize.Contracts;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>Collections that nobody serves just now: resting, asleep, quarantined, held. Each says so, and each comes back.</summary>
public sealed class Away : SimulatedTest
{
    [Fact]
    public async Task A_collection_that_stopped_several_times_rests_says_so_and_goes_on_by_itself()
    {
        await SimulateAsync("slow", speed: 200);
        await using var host = await HostAsync(OptimizeHost.Quick with { RestartPause = TimeSpan.FromSeconds(1) });
        var task = await StartAsync(host);
        await Until(() => JournalFile.Count(Journal, "pr1") > 0);
        await StopAsync(host, task);
        await Until(() => JournalFile.Count(Journal, "ow1") == 1);
        await StopAsync(host, task);

        OptimizeProblem? problem = null;
        await Until(async () =>
        {
            try
            {
                await StartAsync(host, new() { Key = "another" });
            }
            catch (OptimizeProblemException e)
            {
                problem = e.Problem;
            }

            return problem is not null;
        });
        Assert.Equal((OptimizeProblem.Unavailable, true), (problem!.Code, problem.Retryable));
        Assert.Contains("rests", problem.Detail, StringComparison.Ordinal);
        var seen = await host.Runs.GetAsync(task.RunId, 0, TimeSpan.FromMilliseconds(50), default);
        Assert.Equal((task.RunId.ToString(), "Resting"), (seen.Id, seen.StateReason));
        Assert.Equal("Succeeded", (await EndAsync(host, task.RunId)).State);
        Assert.Single(Triggers);
    }

    [Fact]
    public async Task Waking_one_collection_wakes_no_other()
    {
        await SimulateAsync();
        RunId books, films;
        await using (var first = await HostAsync(spy: new KillAfterWrite(2)))
        {
            books = (await StartAsync(first)).RunId;
            await first.GoneAsync();
        }

        await using (var second = await HostAsync(OptimizeHost.Quick with { WakeAtStart = false }, new KillAfterWrite(2)))
        {
            films = (await StartAsync(second, collection: "films")).RunId;
            await second.GoneAsync();
        }

        await using var host = await HostAsync(OptimizeHost.Quick with { WakeAtStart = false });
        await host.Services.NodeOf().WakeAsync(books.Collection, default);
        await Until(async () => (await host.Runs.GetAsync(books, 0, TimeSpan.Zero, default)).Done);
        Assert.Equal(0, await host.Services.NodeOf().CountRunningAsync(default));
        Assert.Equal(1, JournalFile.Count(Journal, "ow1"));
        await host.Services.NodeOf().WakeAsync(films.Collection, default);
        Assert.Equal("Succeeded", (await EndAsync(host, films)).State);
    }

    [Fact]
    public async Task A_quarantined_run_shows_as_such_to_whoever_asks_and_in_lists_and_heals()
    {
        await SimulateAsync();
        RunId run;
        await using (var first = await HostAsync(spy: new KillAfterWrite(3)))
        {
            run = (await StartAsync(first)).RunId;
            await first.GoneAsync();
        }

        JournalFile.Execute(Journal, "update journal set manifest = 'zz9' where sequence_number = 2");
        await using (var second = await HostAsync(OptimizeHost.Quick with { IdleTime = TimeSpan.FromMilliseconds(300) }))
        {
            var listed = await TableShowsAsync(second, r => r.State == "Quarantined");
            Assert.Equal((run.ToString(), "Paused", "UnreadableHistory", false), (listed.Id, listed.Phase, listed.StateReason, listed.Done));
            var asked = await second.Runs.GetAsync(run, 0, TimeSpan.FromMilliseconds(10), default);
            Assert.Equal(("Quarantined", listed.Revision), (asked.State, asked.Revision));
            Assert.Contains("zz9", asked.StateMessage, StringComparison.Ordinal);
            Assert.Equal(0, await second.Services.NodeOf().CountRunningAsync(default));
            Assert.Equal(3, JournalFile.Events(Journal).Count);

            // Mended while the node lives: it rests, and the next one who asks makes it read again.
            JournalFile.Execute(Journal, "update journal set manifest = 'ci1' where manifest = 'zz9'");
            var collection = second.System.ActorSelection(second.Supervisor.Path / run.Collection.ToString());
            await Until(async () => await collection.ResolveOne(TimeSpan.FromSeconds(1)).ContinueWith(t => t.IsFaulted, TaskScheduler.Default));
            await second.Services.NodeOf().WakeAsync(run.Collection, default);
            Assert.Equal("Succeeded", (await EndWhenHealedAsync(second, run)).State);
        }

        await using var later = await HostAsync();
        Assert.Equal("Succeeded", (await TableShowsAsync(later, r => r.Done)).State);
    }

    [Fact]
    public async Task A_run_that_had_ended_is_not_listed_as_quarantined()
    {
        await SimulateAsync();
        string run;
        await using (var first = await HostAsync()) run = (await first.FinishAsync("books")).Id;
        JournalFile.Execute(Journal, "delete from snapshot");
        IsJudged = false;
        JournalFile.Execute(Journal, "update journal set manifest = 'zz9' where sequence_number = 4");
        await using var second = await HostAsync();
        var refused = await Assert.ThrowsAsync<OptimizeProblemException>(() => StartAsync(second));
        Assert.Equal(OptimizeProblem.Quarantined, refused.Problem.Code);
        Assert.Equal((run, "Succeeded"), (await second.Runs.ListAsync(new(), default)).Select(r => (r.Id, r.State)).Single());
    }

    [Fact]
    public async Task Whoever_waits_for_a_held_run_hears_when_it_is_held_no_more()
    {
        await SimulateAsync();
        await using (var first = await HostAsync(spy: new KillAfterWrite(2)))
        {
            await StartAsync(first);
            await first.GoneAsync();
        }

        await using var second = await OptimizeHost.StartAsync(Journal, gateway: null);
        var held = await TableShowsAsync(second, r => r.State == "Held");
        var waiting = second.Runs.GetAsync(RunId.Parse(held.Id), held.Revision, TimeSpan.FromSeconds(20), default);
        var gate = Gate();
        gate.BeforeIndexes = () => new TaskCompletionSource().Task;
        await using (gate)
        {
            second.Clusters.Set(OptimizeHost.Cluster, gate);
            var heard = await waiting.WaitAsync(TimeSpan.FromSeconds(10));
            Assert.NotEqual("Held", heard.State);
            Assert.Equal(held.Revision + 1, heard.Revision);
        }
    }

    private static async Task<RunDocument> EndWhenHealedAsync(OptimizeHost host, RunId run)
    {
        RunDocument? seen = null;
        await Until(async () => (seen = await host.Runs.GetAsync(run, 0, TimeSpan.Zero, default)).Done, () => $"{seen?.State}");
        return seen!;
    }

    private static async Task StopAsync(OptimizeHost host, OptimizeTask task) =>
        host.System.Stop(await host.System.ActorSelection(host.Supervisor.Path / task.RunId.Collection.ToString()).ResolveOne(TimeSpan.FromSeconds(5)));
}
