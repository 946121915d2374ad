using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>Two nodes that both believe to own a journal: they must not take a run from each other for ever.</summary>
public sealed class DuellingOwners : SimulatedTest
{
    // W is an hour: whoever is fenced does not come back within the test.
    private static OptimizeOptions Patient { get; } = OptimizeHost.Quick with
    {
        Budgets = OptimizeHost.Quick.Budgets with { Margin = TimeSpan.FromHours(1) },
        NoProgressLimit = TimeSpan.FromHours(9),
    };

    [Fact]
    public async Task Whoever_is_fenced_answers_reads_claims_nothing_and_sends_others_away()
    {
        await SimulateAsync("slow", speed: 80);
        await using var stale = await HostAsync(Patient);
        var task = await StartAsync(stale);
        await Until(() => JournalFile.Count(Journal, "pr1") > 0);
        await using var owner = await HostAsync();
        await Until(() => JournalFile.Count(Journal, "ow1") == 1);

        // Its next write is refused; from then on it knows.
        OptimizeProblem? problem = null;
        await Until(async () =>
        {
            var refused = await Assert.ThrowsAsync<OptimizeProblemException>(() => StartAsync(stale, new() { Key = "another" }));
            problem = refused.Problem;
            return problem.Code == OptimizeProblem.Unavailable;
        });
        Assert.True(problem!.Retryable);
        Assert.Contains("another node owns", problem.Detail, StringComparison.Ordinal);
        Assert.Equal(task.RunId.ToString(), (await stale.Runs.GetAsync(task.RunId, 0, TimeSpan.Zero, default)).Id);
        Assert.True((await stale.Services.GetNodeStatusAsync()).Ready);

        // It sees the end that the other one wrote, and never claimed the run back.
        Assert.Equal("Succeeded", (await EndAsync(owner, task.RunId)).State);
        Assert.Equal("Succeeded", (await EndAsync(stale, task.RunId)).State);
        Assert.Equal(1, JournalFile.Count(Journal, "ow1"));
        Assert.Single(Triggers);
    }

    [Fact]
    public async Task A_run_ends_although_the_other_node_takes_it_back_while_its_trigger_has_no_answer()
    {
        await SimulateAsync("hang");
        await using var one = await HostAsync();
        var task = await StartAsync(one);
        await using var other = await HostAsync();
        var end = await TableShowsAsync(other, r => r.Done);
        Assert.Equal((task.RunId.ToString(), "Succeeded"), (end.Id, end.State));
        Assert.InRange(Triggers.Count(t => t.Effect is true), 1, 1);
        NoTriggerWithinW();
    }

    [Fact]
    public async Task A_node_that_loses_three_collections_within_a_minute_is_unready()
    {
        await SimulateAsync("slow", speed: 20);
        foreach (var name in new[] { "one", "two", "three" }) Control.AddCollection(new() { Name = name, Segments = [new() { Rows = 50_000, Count = 6 }] });
        await using var stale = await HostAsync(Patient);
        foreach (var name in new[] { "one", "two", "three" }) await StartAsync(stale, collection: name);
        await Until(() => JournalFile.Count(Journal, "pr1") == 3);
        await using var owner = await HostAsync();
        await Until(() => JournalFile.Count(Journal, "ow1") == 3);
        await Until(async () =>
        {
            foreach (var name in new[] { "one", "two", "three" }) await Assert.ThrowsAsync<OptimizeProblemException>(() => StartAsync(stale, new() { Key = "more" }, name));
            return !(await stale.Services.GetNodeStatusAsync()).Ready;
        });
        Assert.Contains("share a journal", (await stale.Services.GetNodeStatusAsync()).Reason, StringComparison.Ordinal);
        Assert.True((await owner.Services.GetNodeStatusAsync()).Ready);
    }
}
