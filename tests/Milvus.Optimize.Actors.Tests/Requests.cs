using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>What callers and operators may ask of a run in any of its stages.</summary>
public sealed class Requests : SimulatedTest
{
    [Fact]
    public async Task Cancelled_before_the_merge_nothing_is_triggered()
    {
        await SimulateAsync();
        var gate = Gate();
        gate.BeforeIndexes = () => new TaskCompletionSource().Task;
        await using var host = await OptimizeHost.StartAsync(Journal, gate);
        var task = await StartAsync(host);
        await Until(() => JournalFile.Count(Journal, "iw1") == 0 && JournalFile.Count(Journal, "st1") == 1);
        var cancelled = await task.CancelAsync("changed my mind");
        Assert.Equal("Cancelled", cancelled.State);
        Assert.Empty(Triggers);
    }

    [Fact]
    public async Task A_run_after_a_cancelled_one_does_not_wait_for_the_old_look()
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
        await using var host = await OptimizeHost.StartAsync(Journal, gate);
        var first = await StartAsync(host);
        await looking.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await first.CancelAsync("no");
        gate.BeforeSegments = () => Task.CompletedTask;
        var second = await StartAsync(host);
        look.SetResult();
        Assert.Equal("Succeeded", (await EndAsync(host, second.RunId)).State);
    }

    [Fact]
    public async Task Cancelled_while_the_server_merges_the_record_waits_for_the_servers_end_and_later_asks_are_told()
    {
        await SimulateAsync("slow", speed: 400);
        await using var host = await HostAsync();
        var task = await StartAsync(host);
        await Until(() => JournalFile.Count(Journal, "pr1") > 0);
        Assert.Equal("CancelRequested", (await task.CancelAsync("enough")).State);
        var end = await EndAsync(host, task.RunId);
        Assert.Equal("Cancelled", end.State);
        Assert.Contains(Control.Log, l => l.Event == "compactionEnded");
        var late = await Assert.ThrowsAsync<OptimizeProblemException>(() => task.CancelAsync("again"));
        Assert.Equal(OptimizeProblem.InvalidStateTransition, late.Problem.Code);
    }

    [Fact]
    public async Task An_abandoned_run_leaves_its_lane_taken_and_the_next_run_waits_for_the_server()
    {
        await SimulateAsync("slow", speed: 300);
        await using var host = await HostAsync();
        var old = await AbandonMergingAsync(host, freeLane: false);
        var next = await StartAsync(host, new() { Force = true });
        Assert.NotEqual(old, next.RunId);
        Assert.Equal("Succeeded", (await EndAsync(host, next.RunId)).State);
        Assert.Equal(2, Triggers.Count);
        Assert.Equal(0, Triggers[1].Overlaps ?? 0);
    }

    [Fact]
    public async Task A_freed_lane_lets_the_next_run_trigger_at_once()
    {
        await SimulateAsync("slow", speed: 20);
        await using var host = await HostAsync();
        await AbandonMergingAsync(host, freeLane: true);
        await StartAsync(host, new() { Force = true });
        await Until(() => Triggers.Count == 2);
        Assert.DoesNotContain(Control.Log, l => l.Event == "compactionEnded");
    }

    [Fact]
    public async Task A_parked_run_goes_on_when_a_person_says_so()
    {
        await SimulateAsync();
        Control.ArmFault(new Simulator.ErrorBeforeEffect("ManualCompaction") { Count = 2 });
        await using var host = await HostAsync();
        var task = await StartAsync(host);
        var parked = await EndAsync(host, task.RunId);
        Assert.Equal(("NeedsOperator", "Paused"), (parked.State, parked.Phase));
        Assert.Equal(2, Triggers.Count);
        NoTriggerWithinW();
        await host.Runs.RetryAsync(task.RunId, "the server is well", default);
        Assert.Equal("Succeeded", (await EndAsync(host, task.RunId)).State);
        Assert.Equal(3, Triggers.Count);
    }

    [Fact]
    public async Task A_wait_ends_with_a_change_or_with_its_time()
    {
        await SimulateAsync("slow", speed: 1);
        await using var host = await HostAsync();
        var task = await StartAsync(host);
        var merging = await TableShowsAsync(host, r => r.State == "WaitingForCompaction" && r.Progress.Compaction is { Plans.Total: > 0 });
        var same = await host.Runs.GetAsync(task.RunId, merging.Revision, TimeSpan.FromMilliseconds(200), default);
        Assert.Equal(merging.Revision, same.Revision);
        var changed = host.Runs.GetAsync(task.RunId, merging.Revision, TimeSpan.FromSeconds(20), default);
        Assert.False(changed.IsCompleted);
        await task.CancelAsync("a change");
        Assert.Equal("CancelRequested", (await changed.WaitAsync(TimeSpan.FromSeconds(5))).State);
    }

    [Fact]
    public async Task Whoever_waits_is_answered_when_the_entity_dies_and_meets_the_next_one()
    {
        await SimulateAsync("slow", speed: 300);
        await using var host = await HostAsync();
        var task = await StartAsync(host);
        var end = EndAsync(host, task.RunId);
        await Until(() => JournalFile.Count(Journal, "pr1") > 0);
        host.System.Stop(await host.System.ActorSelection(host.Supervisor.Path / task.RunId.Collection.ToString()).ResolveOne(TimeSpan.FromSeconds(5)));
        Assert.Equal("Succeeded", (await end.WaitAsync(TimeSpan.FromSeconds(12))).State);
    }

    [Fact]
    public async Task A_run_of_a_cluster_that_is_not_configured_is_held_whatever_its_limits_and_goes_on_when_it_is()
    {
        await SimulateAsync();
        await using (var first = await HostAsync(spy: new KillAfterWrite(2)))
        {
            await StartAsync(first, new() { Deadline = TimeSpan.FromSeconds(30) });
            await first.GoneAsync();
        }

        await using var second = await OptimizeHost.StartAsync(Journal, gateway: null, OptimizeHost.Quick with { NoProgressLimit = W + TimeSpan.FromMilliseconds(100) });
        var held = await TableShowsAsync(second, r => r.State == "Held");
        Assert.Equal("ClusterNotConfigured", held.StateReason);
        var kept = await second.Runs.GetAsync(RunId.Parse(held.Id), held.Revision, W + TimeSpan.FromMilliseconds(400), default);
        Assert.Equal("Held", kept.State);
        await using var gateway = OptimizeHost.Gateway(Simulator.Address);
        second.Clusters.Set(OptimizeHost.Cluster, gateway);
        Assert.Equal("Succeeded", (await EndAsync(second, RunId.Parse(held.Id))).State);
    }

    [Fact]
    public async Task A_deadline_ends_the_run_and_says_what_still_runs_on_the_server()
    {
        await SimulateAsync("slow", speed: 1);
        await using var host = await HostAsync();
        var task = await StartAsync(host, new() { Deadline = TimeSpan.FromSeconds(2) });
        var end = await EndAsync(host, task.RunId);
        Assert.Equal(("TimedOut", "DeadlineExceeded"), (end.State, end.StateReason));
        Assert.Contains(Assert.Single(Triggers).CompactionId!, end.StateMessage, StringComparison.Ordinal);
    }

    private async Task<RunId> AbandonMergingAsync(OptimizeHost host, bool freeLane)
    {
        var task = await StartAsync(host);
        await Until(() => JournalFile.Count(Journal, "pr1") > 0);
        Assert.Equal("Abandoned", (await host.Runs.AbandonAsync(task.RunId, "give up", freeLane, default)).State);
        return task.RunId;
    }
}
