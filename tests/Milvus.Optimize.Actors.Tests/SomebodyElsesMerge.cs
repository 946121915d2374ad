using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>What the segments alone must tell: a merge whose id was lost, and one that was never ours.</summary>
public sealed class SomebodyElsesMerge : SimulatedTest
{
    [Fact]
    public async Task A_merge_whose_answer_was_lost_is_over_when_its_slow_plan_is_not_when_its_quick_one_is()
    {
        await SimulateAsync(speed: 10);
        Control.AddCollection(new()
        {
            Name = "two",
            Partitions = ["quick", "slow"],
            Segments = [new() { Partition = "quick", Rows = 1_000, Count = 3 }, new() { Partition = "slow", Rows = 1_000, Count = 3, Bytes = 200L << 20 }],
        });

        // Longer than W, although the result is one segment.
        Control.Configure(new ServerTimings { CompactionMbPerSecond = 16 });
        Control.ArmFault(new ErrorAfterEffect("ManualCompaction"));
        await using var host = await HostAsync(OptimizeHost.Quick with { QuietWindow = TimeSpan.FromSeconds(20) });
        var run = await host.FinishAsync("two");
        Assert.Equal("Succeeded", run.State);
        Assert.Single(Triggers);
        Assert.Equal(2, Control.Find("two")!.Segments.Count);
        Assert.Contains(run.Warnings, w => w.Code == nameof(WarningCode.MergedByServer));
        Assert.Null(run.Progress.Compaction!.Id);
    }

    [Theory]
    [InlineData("g4")]
    [InlineData("g5")]
    public async Task A_merge_whose_answer_was_lost_is_seen_at_the_management_port_while_all_its_segments_stand(string generation)
    {
        var (run, triggers) = await LostAnswerAsync(generation, asked: true);
        Assert.Equal(("Succeeded", 1), (run.State, triggers));
        Assert.Null(run.Progress.Compaction!.Id);
        Assert.Single(Control.Find("books")!.Segments);
    }

    [Fact]
    public async Task Where_that_port_is_not_asked_the_same_costs_another_trigger() => Assert.True((await LostAnswerAsync("g4", asked: false)).Triggers > 1);

    [Fact]
    public async Task A_foreign_merge_that_ends_before_our_first_look_at_the_plans_is_told_as_one_that_nobody_compared()
    {
        // An old server acknowledges with an id also where it starts nothing.
        await SimulateAsync(generation: "2.3");
        await using var late = new LateLook(OptimizeHost.Gateway(Simulator.Address))
        {
            // All are taken right before our trigger, which then finds nothing to do; when we first look, they are merged and gone.
            BeforeTrigger = () => Control.StartForeignCompaction("books", TimeSpan.FromSeconds(20)),
            BeforeLook = () => Until(() => Control.Find("books")!.Segments.Count == 1),
        };
        await using var host = await OptimizeHost.StartAsync(Journal, late);
        var run = await host.FinishAsync("books");
        Assert.True(late.Struck);
        Assert.Equal("Succeeded", run.State);
        Assert.Equal(0, run.Progress.Compaction!.Plans.Total);
        Assert.Contains(run.Warnings, w => w.Code == nameof(WarningCode.RowsNotCompared));
        Assert.Equal($"{Assert.Single(Control.Find("books")!.Segments).Id}", Assert.Single(run.Segments.After!.Ids));
        Assert.Single(Triggers);
    }

    /// <summary>The merge is at work for longer than W, and then for longer than segments that stand still are watched.</summary>
    private async Task<(RunDocument Run, int Triggers)> LostAnswerAsync(string generation, bool asked)
    {
        await SimulateAsync("unavailable-after", generation, speed: 20, httpPort: asked);
        Control.Configure(new ServerTimings { CompactionOverheadSeconds = 100 });
        await using var host = await OptimizeHost.StartAsync(Journal, OptimizeHost.Gateway(Simulator.Address, Simulator.ManagementAddress));
        return (await host.FinishAsync("books"), Triggers.Count);
    }

    [Fact]
    public async Task A_server_that_is_started_again_before_the_plans_are_read_has_forgotten_and_did_not_refuse()
    {
        await SimulateAsync(generation: "2.3");
        await using var late = new LateLook(OptimizeHost.Gateway(Simulator.Address))
        {
            BeforeLook = async () =>
            {
                Control.Restart();
                var killed = TimeProvider.System.GetTimestamp();
                await Until(() => TimeProvider.System.GetElapsedTime(killed) > TimeSpan.FromSeconds(3.5));
            },
        };
        await using var host = await OptimizeHost.StartAsync(Journal, late);
        Assert.Equal("Succeeded", (await host.FinishAsync("books")).State);
        Assert.Equal((1, 0), (JournalFile.Count(Journal, "ml1"), JournalFile.Count(Journal, "ns1")));
        Assert.Equal(2, Triggers.Count);
    }
}
