using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.Judge.Tests;

/// <summary>The product over every trap that the simulator has: whatever a run ends as, the judge finds nothing.</summary>
public sealed class EveryScenario
{
    // They wait by our own clock, for minutes or (the last one) longer than anybody waits here, or ask for what this client does not bring.
    private static readonly string[] NotHere = ["unsorted", "memory-short", "short-retention", "starting", "denied", "index-stuck"];

    // What the server leaves undone is no success of a run.
    private static readonly Dictionary<string, string> Others = new()
    {
        ["compaction-disabled"] = "Failed/RejectedByServer",
        ["failed-plans"] = "Failed/CompactionFailed",
        ["failed-index-before"] = "Failed/IndexFailed",
        ["index-failure"] = "Failed/IndexFailed",
        ["snapshot"] = "PartiallySucceeded/CoverageIncomplete",
        // A code that says nothing: what became of the call is not known, and a look at the segments finds no compaction of it.
        ["snapshots-unread"] = "NeedsOperator/OutcomeUnknown",
        ["merged"] = "SucceededNoWork/NothingToMerge",
    };

    public static TheoryData<string> Names => [.. Scenarios.All.Select(s => s.Name).Except(NotHere)];

    [Theory, MemberData(nameof(Names))]
    public async Task Keeps_every_promise(string scenario)
    {
        // The first minute of "busy" is to be met, however long this process takes to come to it.
        await using var court = await Court.OpenAsync(scenario, speed: scenario == "busy" ? 20 : 200);
        var run = await court.RunAsync();
        Assert.Equal(Others.GetValueOrDefault(scenario, "Succeeded/"), $"{run.State}/{run.StateReason}");
        Assert.Empty(court.Verdict());
    }

    [Fact]
    public void Those_left_out_are_there() => Assert.Empty(NotHere.Except(Scenarios.All.Select(s => s.Name)));

    [Fact]
    public async Task A_plan_whose_record_was_lost_is_not_called_one_that_removed_its_rows()
    {
        await using var court = await Court.OpenAsync("metadata-lost");
        var run = await court.RunAsync();
        Assert.Contains(run.Warnings, w => w.Code == "RowsNotCompared");
        Assert.DoesNotContain(run.Warnings, w => w.Code is "RowsRemoved" or "FlushedMeanwhile");
    }

    [Fact]
    public async Task A_second_run_with_nothing_to_do_keeps_them_too()
    {
        await using var court = await Court.OpenAsync();
        await court.RunAsync();
        Assert.Equal("SucceededNoWork", (await court.RunAsync()).State);
        Assert.Empty(court.Verdict());
    }
}
