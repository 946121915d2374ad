using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>The one call that is never repeated blindly, cut off at each of its edges.</summary>
public sealed class KilledAroundTheCall : SimulatedTest
{
    [Fact]
    public async Task Killed_between_the_servers_answer_and_its_record_the_merge_is_found_by_its_segments()
    {
        await SimulateAsync();
        var gate = Gate();
        gate.AfterTrigger = new TaskCompletionSource().Task;
        await using var first = await OptimizeHost.StartAsync(Journal, gate);
        var task = await StartAsync(first);
        await gate.Arrived;
        await first.KillAsync();

        await using var second = await HostAsync();
        var end = await TableShowsAsync(second, r => r.Done);

        Assert.Equal(("Succeeded", task.RunId.ToString()), (end.State, end.Id));
        Assert.Single(Triggers);
        Assert.Contains(end.Warnings, w => w.Code == nameof(WarningCode.MergedByServer));
    }

    [Fact]
    public async Task Killed_before_the_call_goes_out_exactly_one_trigger_follows_and_not_before_W()
    {
        await SimulateAsync();
        var gate = Gate();
        gate.BeforeTrigger = new TaskCompletionSource().Task;
        await using var first = await OptimizeHost.StartAsync(Journal, gate);
        await StartAsync(first);
        await gate.Arrived;
        await first.KillAsync();
        var killed = TimeProvider.System.GetTimestamp();

        await using var second = await HostAsync();
        var end = await TableShowsAsync(second, r => r.Done);

        Assert.Equal("Succeeded", end.State);
        var trigger = Assert.Single(Triggers);
        var waited = TimeSpan.FromMilliseconds(trigger.MonotonicMs) - TimeSpan.FromSeconds((double)killed / TimeProvider.System.TimestampFrequency);
        Assert.True(waited >= W, $"the trigger came {waited} after the kill, W is {W}");
    }

    [Fact]
    public async Task An_entity_that_dies_while_its_trigger_is_under_way_gets_the_answer_in_its_next_life()
    {
        await SimulateAsync();
        var gate = Gate();
        var answer = new TaskCompletionSource();
        gate.AfterTrigger = answer.Task;
        await using var host = await OptimizeHost.StartAsync(Journal, gate);
        var task = await StartAsync(host);
        await gate.Arrived;
        host.System.Stop(await host.System.ActorSelection(host.Supervisor.Path / task.RunId.Collection.ToString()).ResolveOne(TimeSpan.FromSeconds(5)));
        await Until(() => JournalFile.Count(Journal, "ow1") == 1);
        answer.SetResult();

        var end = await EndAsync(host, task.RunId);

        Assert.Equal("Succeeded", end.State);
        Assert.Equal(Assert.Single(Triggers).CompactionId, end.Result!.CompactionId);
    }

    [Fact]
    public async Task An_answer_whose_write_fails_is_brought_again_until_it_is_stored()
    {
        await SimulateAsync("slow", speed: 300);
        await using var host = await HostAsync(spy: new FailsOnce(typeof(OptimizeEvent.TriggerAcknowledged)));
        var end = await host.FinishAsync("books");
        Assert.Equal("Succeeded", end.State);
        Assert.Equal(Assert.Single(Triggers).CompactionId, end.Result!.CompactionId);
    }

    [Fact]
    public async Task An_answer_that_comes_while_its_traces_are_looked_for_moves_the_run_on()
    {
        await SimulateAsync();
        var gate = Gate();
        var answer = new TaskCompletionSource();
        gate.AfterTrigger = answer.Task;
        await using var host = await OptimizeHost.StartAsync(Journal, gate);
        var task = await StartAsync(host);
        await gate.Arrived;
        var looking = new TaskCompletionSource();
        var look = new TaskCompletionSource();
        gate.BeforeSegments = () =>
        {
            looking.TrySetResult();
            return look.Task;
        };
        host.System.Stop(await host.System.ActorSelection(host.Supervisor.Path / task.RunId.Collection.ToString()).ResolveOne(TimeSpan.FromSeconds(5)));
        await looking.Task.WaitAsync(TimeSpan.FromSeconds(10));
        answer.SetResult();
        await Until(() => JournalFile.Count(Journal, "ta1") == 1);
        gate.BeforeSegments = () => Task.CompletedTask;
        look.SetResult();

        var end = await EndAsync(host, task.RunId);

        Assert.Equal("Succeeded", end.State);
        Assert.Equal(Assert.Single(Triggers).CompactionId, end.Result!.CompactionId);
    }

    [Fact]
    public async Task A_graceful_stop_waits_for_the_answer_and_the_id_is_in_the_journal()
    {
        await SimulateAsync();
        var gate = Gate();
        var answer = new TaskCompletionSource();
        gate.AfterTrigger = answer.Task;
        var first = await OptimizeHost.StartAsync(Journal, gate);
        var task = await StartAsync(first);
        await gate.Arrived;
        var stopped = first.DisposeAsync().AsTask();
        Assert.False(first.System.WhenTerminated.IsCompleted);
        answer.SetResult();
        await stopped;
        Assert.Equal(1, JournalFile.Count(Journal, "ta1"));

        await using var second = await HostAsync();
        var end = await EndAsync(second, task.RunId);

        Assert.Equal("Succeeded", end.State);
        Assert.Equal(Assert.Single(Triggers).CompactionId, end.Result!.CompactionId);
    }
}
