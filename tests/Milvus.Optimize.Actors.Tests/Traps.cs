using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>What every SDK's optimize reports as success, and what it really was.</summary>
public sealed class Traps : SimulatedTest
{
    [Theory]
    [InlineData("failed-plans", "g4", "Failed", "CompactionFailed", 1)]
    [InlineData("forgotten-plans", "g4", "Succeeded", "", 2)]
    [InlineData("index-failure", "g4", "Failed", "IndexFailed", 1)]
    [InlineData("no-index", "2.3", "Failed", "NoIndex", 0)]
    [InlineData("pleasant", "lite", "SucceededNoWork", "ServerDoesNotCompact", 0)]
    [InlineData("two-shards", "g4", "Succeeded", "", 1)]
    [InlineData("compaction-disabled", "g4", "Failed", "RejectedByServer", 1)]
    [InlineData("rate-limited", "g4", "Succeeded", "", 4)]
    public async Task A_trap_ends_as_what_it_was(string scenario, string generation, string state, string reason, int triggers)
    {
        await SimulateAsync(scenario, generation);
        await using var host = await HostAsync();
        var run = await host.FinishAsync("books");
        Assert.Equal((state, reason, triggers), (run.State, run.StateReason, Triggers.Count));
        NoTriggerWithinW();
    }

    [Theory]
    [InlineData("unavailable-before")]
    [InlineData("unavailable-after")]
    [InlineData("hang")]
    [InlineData("hang-after")]
    public async Task A_trigger_without_an_answer_is_reconciled_before_another_one(string scenario)
    {
        await SimulateAsync(scenario);
        await using var host = await HostAsync();
        var run = await host.FinishAsync("books");
        Assert.Equal("Succeeded", run.State);
        Assert.InRange(Triggers.Count(t => t.Effect is true), 1, 1);
        Assert.InRange(Triggers.Count, 1, 2);
        Assert.Single(Control.Find("books")!.Segments);
        NoTriggerWithinW();
    }

    [Fact]
    public async Task A_restart_of_an_old_server_that_forgets_its_plans_costs_exactly_one_more_trigger()
    {
        await SimulateAsync(generation: "2.3", speed: 20);

        // Three seconds of the wall: the restart is to come before the merge is over.
        Control.Configure(new ServerTimings { CompactionOverheadSeconds = 60 });
        await using var host = await HostAsync();
        var task = await StartAsync(host);
        await Until(() => JournalFile.Count(Journal, "pr1") > 0);
        Control.Restart();
        var run = await EndAsync(host, task.RunId);
        Assert.Equal(("Succeeded", 2), (run.State, Triggers.Count));
        Assert.Single(Control.Find("books")!.Segments);
    }

    [Fact]
    public async Task A_merge_that_is_called_executing_for_ever_after_its_end_ends_its_run()
    {
        await SimulateAsync("executing-for-ever");
        await using var host = await HostAsync();
        var run = await host.FinishAsync("books");
        Assert.Equal(("Succeeded", 1), (run.State, Triggers.Count));
        Assert.Contains(run.Warnings, w => w.Code == "RowsNotCompared");
    }

    [Fact]
    public async Task And_holds_no_later_run_where_its_own_gave_up_before()
    {
        await SimulateAsync("executing-for-ever");
        await using var host = await HostAsync(OptimizeHost.Quick with { Policy = OptimizeHost.Quick.Policy with { NoPlanPatience = TimeSpan.FromMinutes(10) } });
        Assert.Equal("TimedOut", (await host.FinishAsync("books", new() { Deadline = TimeSpan.FromSeconds(3) })).State);
        Assert.Equal("SucceededNoWork", (await host.FinishAsync("books")).State);
        Assert.Single(Triggers);
    }

    [Theory]
    [InlineData("busy")]
    [InlineData("half-busy")]
    public async Task Segments_that_somebody_else_holds_are_waited_for(string scenario)
    {
        await SimulateAsync(scenario, speed: 40);
        await using var host = await HostAsync(OptimizeHost.Quick with { Policy = OptimizeHost.Quick.Policy with { FruitlessWindow = TimeSpan.FromSeconds(20) } });
        var run = await host.FinishAsync("books");
        Assert.Contains(run.State, new[] { "Succeeded", "SucceededNoWork" });

        // Somebody else's merge may end beside ours: then two segments stand, and the record says so.
        var standing = Control.Find("books")!.Segments;
        Assert.Equal(standing.Select(s => $"{s.Id}").Order(), run.Segments.After!.Ids.Order());
        Assert.Equal(standing.Count > 1, run.Warnings.Any(w => w.Code == "FlushedMeanwhile"));
    }

    [Fact]
    public async Task Where_the_server_lists_compactions_no_trigger_is_sent_while_somebody_else_holds_every_segment()
    {
        await SimulateAsync("busy", "g6", speed: 40);
        await using var host = await HostAsync();
        var run = await host.FinishAsync("books");
        Assert.Equal(("SucceededNoWork", "NothingToMerge", 0), (run.State, run.StateReason, Triggers.Count));
        Assert.Contains(run.Warnings, w => w.Code == "ForeignCompaction");
    }

    [Fact]
    public async Task Where_it_does_an_unanswered_trigger_is_waited_for_while_something_is_at_work()
    {
        await SimulateAsync("unavailable-after", "g6", speed: 20);
        Control.Configure(new ServerTimings { CompactionOverheadSeconds = 80 });
        await using var host = await HostAsync();
        var run = await host.FinishAsync("books");
        Assert.Equal(("Succeeded", 1), (run.State, Triggers.Count));
        Assert.Null(run.Progress.Compaction?.Id);
        Assert.Equal(["MergedByServer", "RowsNotCompared", "TriggerUnanswered"], run.Warnings.Select(w => w.Code).Order());
    }

    [Fact]
    public async Task An_empty_collection_has_nothing_to_merge()
    {
        await SimulateAsync();
        await using var host = await HostAsync();
        Assert.Equal("NothingToMerge", (await host.FinishAsync("empty")).StateReason);
        Assert.Empty(Triggers);
    }

    [Fact]
    public async Task Again_there_is_nothing_to_merge_and_force_merges_all_the_same()
    {
        await SimulateAsync();
        await using var host = await HostAsync();
        await host.FinishAsync("books");
        Assert.Equal("NothingToMerge", (await host.FinishAsync("books")).StateReason);
        Assert.Single(Triggers);
        Assert.Equal("Succeeded", (await host.FinishAsync("books", new() { Force = true })).State);
        Assert.Equal(2, Triggers.Count);
    }

    [Fact]
    public async Task Growing_rows_left_outside_are_a_warning_and_a_flush_takes_them_in()
    {
        await SimulateAsync("growing");
        await using var host = await HostAsync();
        var without = await host.FinishAsync("books");
        Assert.Contains(without.Warnings, w => w.Code == "GrowingRowsLeft");
        Assert.Equal(300_000, without.Segments.After!.Rows);
        var with = await host.FinishAsync("books", new() { Flush = true });
        Assert.Equal(("Succeeded", 330_000), (with.State, with.Segments.After!.Rows));
    }

    [Theory]
    [InlineData(false, "CollectionDropped")]
    [InlineData(true, "CollectionReplaced")]
    public async Task A_collection_that_goes_in_the_middle_is_named_as_such(bool madeAgain, string reason)
    {
        await SimulateAsync("slow", speed: 20);
        await using var host = await HostAsync();
        var task = await StartAsync(host);
        await Until(() => JournalFile.Count(Journal, "pr1") > 0);
        Control.DropCollection("books");
        if (madeAgain) Control.AddCollection(new CollectionSpec { Name = "books" });
        var run = await EndAsync(host, task.RunId);
        Assert.Equal(("Failed", reason), (run.State, run.StateReason));

        if (madeAgain) Assert.NotEqual(task.RunId.Collection, (await StartAsync(host)).RunId.Collection);
    }
}
