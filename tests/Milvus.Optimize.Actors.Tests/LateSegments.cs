using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>Three partitions and two shards, whose segments the server leaves out of a merge without a word.</summary>
public sealed class LateSegments : SimulatedTest
{
    private static readonly SegmentSpec Ordinary = new() { Rows = 2_000, Count = 3 };

    [Fact]
    public async Task Segments_that_become_free_late_are_merged_in_another_round_until_six_are_left()
    {
        await ShelvesAsync(Ordinary);

        // The first nine of the eighteen candidates are taken by somebody else right before our trigger, which leaves them out.
        await using var late = new LateLook(OptimizeHost.Gateway(Simulator.Address))
        {
            BeforeTrigger = () => Control.StartForeignCompaction("shelves", TimeSpan.FromSeconds(150), 9), BeforeLook = () => Task.CompletedTask,
        };
        await using var host = await OptimizeHost.StartAsync(Journal, late, OptimizeHost.Quick with { Policy = OptimizeHost.Quick.Policy with { LeftOutPatience = TimeSpan.FromSeconds(20) } });
        var run = await host.FinishAsync("shelves");
        Assert.Equal("Succeeded", run.State);
        Assert.Equal((18, 6, 6), (run.Segments.Before!.Count, run.Segments.After!.Count, run.Segments.ReachableMinimum!.Count));
        Assert.Equal(6, Control.Find("shelves")!.Segments.Count);
        Assert.Equal((2, 2), (run.Result!.Rounds, Triggers.Count));
        Assert.Equal(run.Segments.Before.Rows, run.Segments.After.Rows);
    }

    [Fact]
    public async Task One_that_never_becomes_free_ends_the_run_after_a_round_that_gained_nothing_and_is_named()
    {
        await ShelvesAsync(Ordinary, new() { Rows = 2_000, Partition = "b", Shard = 1, Protected = true });
        var held = Control.Find("shelves")!.Segments[^1];
        await using var host = await HostAsync();
        var run = await host.FinishAsync("shelves");
        Assert.Equal(("PartiallySucceeded", "CoverageIncomplete"), (run.State, run.StateReason));
        Assert.Contains($"1 busy with another compaction, or protected by a snapshot ({held.Id})", run.StateMessage, StringComparison.Ordinal);
        Assert.Equal((7, 6), (run.Segments.After!.Count, run.Segments.ReachableMinimum!.Count));
        Assert.Equal((2, 2), (run.Result!.Rounds, Triggers.Count));
        Assert.NotNull(run.Result.CompactionId);
    }

    private async Task ShelvesAsync(params SegmentSpec[] segments)
    {
        await SimulateAsync(speed: 50);
        Control.AddCollection(new() { Name = "shelves", Partitions = ["a", "b", "c"], Shards = 2, Segments = segments });
    }
}
