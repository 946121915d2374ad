namespace Milvus.Optimize.Host.Tests;

/// <summary>
/// The command as a real process: killed right after an event reached the journal, given again, and asked what became of the run. The simulator's own log
/// and the judge are the witnesses. Not here, because no process writes them by itself: <c>cn1</c> (a rename), <c>lo1</c> and <c>tn1</c> (an outbox that
/// outlives its collection), <c>me1</c>, <c>lf1</c>; the actors' tests kill after those.
/// </summary>
public sealed class KilledProcessTests
{
    public static TheoryData<string> Usual => new("st1", "ci1", "iw1", "ib1", "cc1", "ia1", "ta1", "pr1", "ce1", "ls1", "le1");

    [Theory, MemberData(nameof(Usual))]
    public async Task The_same_command_ends_the_same_run_with_at_most_one_trigger(string killedAfter) =>
        await EndsAfterKill(killedAfter, "pleasant", speed: 8, triggers: 1);

    [Theory]
    [InlineData("tu1", "unavailable-after", 1)]
    [InlineData("ro1", "half-busy", null)]
    public async Task So_does_one_that_had_to_look_for_its_merge_or_needs_another_round(string killedAfter, string scenario, int? triggers) =>
        await EndsAfterKill(killedAfter, scenario, speed: 10, triggers);

    [Theory, Trait("Category", "Long")]
    [InlineData("fs1", "growing", 1, "--flush")]
    [InlineData("fc1", "growing", 1, "--flush")]
    [InlineData("wa1", "growing", 1)]
    [InlineData("rc1", "unavailable-after", 1)]
    [InlineData("tr1", "rate-limited", 4)]
    [InlineData("ml1", "forgotten-plans", 2)]
    [InlineData("ns1", "busy", null)]
    public async Task So_does_one_that_met_something_else(string killedAfter, string scenario, int? triggers, params string[] more) =>
        await EndsAfterKill(killedAfter, scenario, speed: 5, triggers, more);

    [Fact]
    public async Task Killed_after_a_cancel_was_asked_for_it_is_cancelled_when_the_merge_is_over()
    {
        await using var folder = await CommandFolder.OpenAsync(speed: 3);
        var first = folder.Optimize();
        await folder.UntilAsync(() => folder.Count("pr1") > 0);
        var run = folder.Column("select run_id from optimize_run")[0]!;
        var cancel = folder.Start("cancel", run, "--reason", "changed my mind", "--output", "json");
        await folder.KillAfterAsync(first, "cr1");

        // The verb may have had its answer before the kill: said again it leaves a node behind that follows the merge, unless that is over already.
        Assert.Equal(0, (await folder.EndAsync(cancel)).ExitCode);
        await folder.Start("cancel", run, "--reason", "changed my mind").WaitForExitAsync(folder.Over.Token);
        await folder.UntilAsync(() => folder.Count("en1") > 0);
        var (exit, end) = await folder.EndAsync(folder.Start("status", run, "--output", "json"));
        Assert.Equal((0, "Cancelled"), (exit, end.State));
        Assert.Equal(folder.Triggers.Single().CompactionId, end.Progress.Compaction?.Id);
        Assert.Empty(folder.Verdict());
    }

    [Fact, Trait("Category", "Long")]
    public async Task Killed_after_somebody_joined_the_one_who_joined_carries_the_run_on()
    {
        await using var folder = await CommandFolder.OpenAsync(speed: 5);
        var first = folder.Optimize();
        await folder.UntilAsync(() => folder.Count("cc1") > 0);
        var second = folder.OptimizeAs("library");
        await folder.KillAfterAsync(first, "jo1");
        Assert.Equal((0, "Succeeded"), await folder.OutcomeAsync(second));
        Assert.Equal(1, folder.Count("st1"));
        Assert.Empty(folder.Verdict());
    }

    [Fact, Trait("Category", "Long")]
    public async Task Killed_twice_the_second_time_as_soon_as_it_owns_the_run()
    {
        await using var folder = await CommandFolder.OpenAsync(speed: 3);
        await folder.KillAfterAsync(folder.Optimize(), "pr1");
        await folder.KillAfterAsync(folder.Optimize(), "ow1");
        Assert.Equal((0, "Succeeded"), await folder.OutcomeAsync(folder.Optimize()));
        Assert.Single(folder.Triggers);
        Assert.Empty(folder.Verdict());
    }

    [Theory, Trait("Category", "Long")]
    [InlineData("on1")]
    [InlineData("rr1")]
    public async Task Killed_while_a_person_is_needed_or_right_after_one_decided(string killedAfter)
    {
        await using var folder = await CommandFolder.OpenAsync(speed: 10);
        folder.Simulator.Control.ArmFault(new Simulator.Hang("ManualCompaction") { Count = 2 });
        var command = folder.Optimize();
        if (killedAfter == "on1") await folder.KillAfterAsync(command, "on1");
        else Assert.Equal((6, "NeedsOperator"), await folder.OutcomeAsync(command));
        var run = folder.Column("select run_id from optimize_run")[0]!;
        var retry = folder.Start("retry", run, "--output", "json");

        // The verb leaves a node behind, unless it is killed: then the next command carries the run on.
        if (killedAfter == "rr1") await folder.KillAfterAsync(retry, "rr1");
        var carrier = killedAfter == "rr1" ? folder.Optimize() : retry;
        await folder.UntilAsync(() => carrier.HasExited && folder.Count("en1") > 0);
        Assert.Equal((0, "Succeeded"), await folder.OutcomeAsync(folder.Start("status", run, "--output", "json")));
        Assert.Single(folder.Triggers, t => t.Effect is true);
        Assert.Empty(folder.Verdict());
    }

    private static async Task EndsAfterKill(string killedAfter, string scenario, double speed, int? triggers, params string[] more)
    {
        await using var folder = await CommandFolder.OpenAsync(scenario, speed);
        await folder.KillAfterAsync(folder.Optimize(more), killedAfter);
        var compaction = folder.Column("select json_extract(document, '$.progress.compaction.id') from optimize_run").FirstOrDefault(id => id is not null);
        var run = folder.Column("select message from journal where manifest = 'st1'");

        var (exit, end) = await folder.EndAsync(folder.Optimize(more));
        Assert.Equal((0, "Succeeded"), (exit, end.State));
        Assert.Equal(run, folder.Column("select message from journal where manifest = 'st1'"));
        Assert.Empty(folder.Verdict());
        if (triggers is { } expected) Assert.InRange(folder.Triggers.Count, 1, expected);
        if (compaction is not null && triggers == 1) Assert.Equal(compaction, end.Progress.Compaction?.Id);
    }
}
