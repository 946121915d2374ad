using System.Text.Json;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Host.Nodes;

namespace Milvus.Optimize.Host.Tests;

public sealed class VerbTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly CommandRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task A_run_is_followed_to_its_end_and_its_request_comes_before_the_others_are_woken()
    {
        _run.Runs.Next.Enqueue(Documents.Succeeded());
        Assert.Equal(0, await _run.InvokeHereAsync("optimize", "books").WaitAsync(Bound));
        Assert.Equal(["start", "wake", $"get {Documents.Run} 3 20"], _run.Runs.Calls);
        Assert.Equal("simulator", _run.Runs.Started!.Collection.Cluster.Value);
        Assert.Equal("set", _run.Clusters["simulator"]);
        Assert.Contains("built-in simulator", _run.Error.ToString(), StringComparison.Ordinal);
        Assert.Contains("[2.0s] compacting", _run.Out.ToString(), StringComparison.Ordinal);
        Assert.Contains("41 -> 4", _run.Out.ToString(), StringComparison.Ordinal);
        Assert.Empty(_run.HandedOver);
    }

    [Fact]
    public async Task Json_is_alone_on_standard_output()
    {
        _run.Runs.Next.Enqueue(Documents.Succeeded());
        Assert.Equal(0, await _run.InvokeHereAsync("optimize", "books", "--output", "json").WaitAsync(Bound));
        Assert.Equal("Succeeded", JsonDocument.Parse(_run.Out.ToString()).RootElement.GetProperty("state").GetString());
        Assert.Contains("compacting", _run.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_failed_is_3()
    {
        _run.Runs.Next.Enqueue(Documents.Ended("Failed", "index-failed"));
        Assert.Equal(3, await _run.InvokeHereAsync("optimize", "books").WaitAsync(Bound));
    }

    [Fact]
    public async Task Ctrl_C_hands_over_and_is_6()
    {
        (_run.Runs.Hangs, _run.Runs.Running) = (true, 1);
        var command = _run.InvokeHereAsync("optimize", "books", "--output", "json");
        await _run.Runs.Hanging.Task.WaitAsync(Bound);
        _run.Interruption.Leave();
        Assert.Equal(6, await command.WaitAsync(Bound));
        Assert.Equal("all", Assert.Single(_run.HandedOver));
        Assert.Contains("pid 4711", _run.Error.ToString(), StringComparison.Ordinal);
        using var free = NodeLock.TryTake(StateFolder.Open(_run.Folder.Path));
        Assert.NotNull(free);
    }

    [Fact]
    public async Task Sigterm_leaves_nothing_behind_and_says_that_the_run_stands()
    {
        (_run.Runs.Hangs, _run.Runs.Running) = (true, 1);
        var command = _run.InvokeHereAsync("optimize", "books");
        await _run.Runs.Hanging.Task.WaitAsync(Bound);
        _run.Interruption.Terminate();
        Assert.Equal(6, await command.WaitAsync(Bound));
        Assert.Empty(_run.HandedOver);
        Assert.Contains("it stands", _run.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wait_that_is_over_is_6()
    {
        (_run.Runs.Hangs, _run.Runs.Running) = (true, 1);
        Assert.Equal(6, await _run.InvokeHereAsync("optimize", "books", "--timeout", "300ms").WaitAsync(Bound));
        Assert.Single(_run.HandedOver);
    }

    [Fact]
    public async Task No_wait_hands_over_and_is_0()
    {
        _run.Runs.Running = 1;
        Assert.Equal(0, await _run.InvokeHereAsync("optimize", "books", "--no-wait").WaitAsync(Bound));
        Assert.Single(_run.HandedOver);
        Assert.DoesNotContain(_run.Runs.Calls, c => c.StartsWith("get", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Another_run_that_holds_the_collection_is_7_and_is_named()
    {
        _run.Runs.Problem = new(OptimizeProblem.RunConflict, "it is held", false, Core.Identity.RunId.Parse(Documents.Run));
        Assert.Equal(7, await _run.InvokeHereAsync("optimize", "books").WaitAsync(Bound));
        Assert.Contains($"status {Documents.Run}", _run.Error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", _run.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_the_simulator_does_not_know_is_2_and_says_what_it_has()
    {
        _run.Runs.Problem = new(OptimizeProblem.NotFound, "no collection");
        Assert.Equal(2, await _run.InvokeHereAsync("optimize", "nope").WaitAsync(Bound));
        Assert.Contains("built-in simulator has no 'nope'; it has ", _run.Error.ToString(), StringComparison.Ordinal);
        Assert.Contains("--milvus", _run.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reading_wakes_nothing()
    {
        Assert.Equal(0, await _run.InvokeHereAsync("status", Documents.Run).WaitAsync(Bound));
        Assert.Equal(0, await _run.InvokeHereAsync("status", "books").WaitAsync(Bound));
        Assert.Equal(0, await _run.InvokeHereAsync("history", "books").WaitAsync(Bound));
        Assert.Equal(0, await _run.InvokeHereAsync("status").WaitAsync(Bound));
        Assert.Equal(["find", "list", "list", "list"], _run.Runs.Calls);
        Assert.Empty(_run.Clusters);
    }

    [Fact]
    public async Task A_run_that_nobody_knows_is_2() =>
        Assert.Equal(2, await _run.InvokeHereAsync("status", "simulator.4601.01J9ZK3N5W8Q0000000000000B").WaitAsync(Bound));

    [Fact]
    public async Task A_verb_wakes_its_run_alone_and_hands_over_what_still_goes_on()
    {
        _run.Runs.Now = Documents.Running() with { State = "CancelRequested" };
        Assert.Equal(0, await _run.InvokeHereAsync("cancel", Documents.Run, "--reason", "why").WaitAsync(Bound));
        Assert.Equal(["cancel why"], _run.Runs.Calls);
        Assert.Equal(Documents.Run, Assert.Single(_run.HandedOver));
    }

    [Fact]
    public async Task Abandon_can_free_the_lane_and_retry_needs_no_reason()
    {
        _run.Runs.Now = Documents.Ended("Abandoned", "abandoned");
        Assert.Equal(0, await _run.InvokeHereAsync("abandon", Documents.Run, "--reason", "why", "--free-lane").WaitAsync(Bound));
        Assert.Equal(0, await _run.InvokeHereAsync("retry", Documents.Run).WaitAsync(Bound));
        Assert.Equal("abandon why True", _run.Runs.Calls.First());
        Assert.StartsWith("retry ", _run.Runs.Calls.Last(), StringComparison.Ordinal);
        Assert.Empty(_run.HandedOver);
    }

    [Fact]
    public async Task Other_commands_talk_to_the_node_that_holds_the_folder()
    {
        using var second = new CommandRun();
        var node = _run.InvokeHereAsync("node");
        await _run.Error.Line("answers on");
        Assert.Equal(0, await second.InvokeAsync("status", Documents.Run, "--state", _run.Folder.Path).WaitAsync(Bound));
        Assert.Contains("books", second.Out.ToString(), StringComparison.Ordinal);
        Assert.Empty(second.Runs.Calls);
        Assert.Equal(1, await second.InvokeAsync("node", "--state", _run.Folder.Path).WaitAsync(Bound));
        Assert.Contains("one node a state folder", second.Error.ToString(), StringComparison.Ordinal);
        _run.Interruption.Terminate();
        Assert.Equal(0, await node.WaitAsync(Bound));
    }

    [Fact]
    public async Task A_command_whose_node_goes_away_carries_on_itself_with_the_same_key()
    {
        using var second = new CommandRun();
        _run.Runs.Hangs = true;
        second.Runs.Next.Enqueue(Documents.Succeeded());
        var node = _run.InvokeHereAsync("node");
        await _run.Error.Line("answers on");
        var command = second.InvokeAsync("optimize", "books", "--key", "k1", "--state", _run.Folder.Path);
        await _run.Runs.Hanging.Task.WaitAsync(Bound);
        _run.Interruption.Terminate();
        Assert.Equal(0, await command.WaitAsync(Bound));
        Assert.Equal(("k1", "k1"), (_run.Runs.Started!.Key, second.Runs.Started!.Key));
        Assert.Equal(0, await node.WaitAsync(Bound));
    }

    [Fact]
    public async Task A_run_that_its_actor_still_recovers_is_no_reason_to_end()
    {
        _run.Runs.Unfinished = true;
        _run.Runs.Next.Enqueue(Documents.Running());
        _run.Runs.Next.Enqueue(Documents.Running());
        _run.Runs.Next.Enqueue(Documents.Succeeded());
        Assert.Equal(0, await _run.InvokeHereAsync("node", "--until-idle").WaitAsync(Bound));
        Assert.True(_run.Runs.Calls.Count(c => c.StartsWith("get", StringComparison.Ordinal)) > 3);
    }

    [Fact]
    public async Task A_node_until_idle_ends_when_nothing_can_go_on() =>
        Assert.Equal(0, await _run.InvokeHereAsync("node", "--until-idle").WaitAsync(Bound));
}
