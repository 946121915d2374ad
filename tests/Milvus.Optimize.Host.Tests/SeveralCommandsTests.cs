using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.Host.Tests;

/// <summary>Several real commands over one state folder: one node, one run, one trigger.</summary>
public sealed class SeveralCommandsTests
{
    [Fact]
    public async Task A_name_an_alias_and_the_name_at_once_are_one_run()
    {
        await using var folder = await CommandFolder.OpenAsync(speed: 5);
        var commands = new[] { "books", "library", "books" }.Select(c => folder.OptimizeAs(c)).ToList();
        var ends = await Task.WhenAll(commands.Select(folder.EndAsync));
        Assert.All(ends, e => Assert.Equal((0, "Succeeded"), (e.ExitCode, e.Run.State)));
        Assert.Single(ends.Select(e => e.Run.Id).Distinct());
        Assert.Single(folder.Triggers);
        Assert.Equal(2, folder.Count("jo1"));
        Assert.Empty(folder.Verdict());
    }

    [Fact]
    public async Task The_same_key_after_the_end_gets_the_same_run_and_other_parameters_are_refused_meanwhile()
    {
        await using var folder = await CommandFolder.OpenAsync(speed: 5);
        var first = folder.Optimize("--key", "nightly");
        await folder.UntilAsync(() => folder.Count("ta1") > 0);
        var other = folder.Optimize("--target-size", "2GB");
        await other.WaitForExitAsync(folder.Over.Token);
        Assert.Equal(7, other.ExitCode);
        var (_, run) = await folder.EndAsync(first);
        var (exit, again) = await folder.EndAsync(folder.Optimize("--key", "nightly"));
        Assert.Equal((0, run.Id, "Succeeded"), (exit, again.Id, again.State));
        Assert.Single(folder.Triggers);
        Assert.Empty(folder.Verdict());
    }

    [Fact]
    public async Task A_run_that_nobody_watches_any_more_is_cancelled_by_its_id()
    {
        await using var folder = await CommandFolder.OpenAsync(speed: 3);
        await folder.KillAfterAsync(folder.Optimize(), "pr1");
        var run = folder.Column("select run_id from optimize_run")[0]!;
        var cancel = folder.Start("cancel", run, "--reason", "nobody needs it", "--output", "json");
        Assert.Equal((0, "CancelRequested"), await folder.OutcomeAsync(cancel));

        // The node that the verb left behind follows the merge to its end.
        await folder.UntilAsync(() => folder.Count("en1") > 0);
        Assert.Equal((0, "Cancelled"), await folder.OutcomeAsync(folder.Start("status", run, "--output", "json")));
        Assert.Empty(folder.Verdict());
    }

    [Fact]
    public async Task A_run_that_needs_a_person_goes_on_when_somebody_says_retry()
    {
        await using var folder = await CommandFolder.OpenAsync(speed: 10);
        folder.Simulator.Control.ArmFault(new Hang("ManualCompaction") { Count = 2 });
        var (exit, parked) = await folder.EndAsync(folder.Optimize());
        Assert.Equal((6, "NeedsOperator"), (exit, parked.State));
        var retry = folder.Start("retry", parked.Id, "--output", "json");
        await retry.WaitForExitAsync(folder.Over.Token);
        await folder.UntilAsync(() => folder.Count("en1") > 0);
        Assert.Equal((0, "Succeeded"), await folder.OutcomeAsync(folder.Start("status", parked.Id, "--output", "json")));
        Assert.Single(folder.Triggers, t => t.Effect is true);
        Assert.Empty(folder.Verdict());
    }
}
