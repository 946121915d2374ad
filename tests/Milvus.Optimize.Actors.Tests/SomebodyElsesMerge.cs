using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>What the segments alone must tell: a merge whose id was lost, and one that was never ours.</summary>
public sealed class SomebodyElsesMerge : SimulatedTest
{
    [Fact]
    public async Task A_merge_whose_answer_was_lost_is_over_when_its_slow_plan_is_not_when_its_quick_one_is()
    {
        await SimulateAsync(speed: 5);
        Control.AddCollection(new()
        {
            Name = "two",
            Partitions = ["quick", "slow"],
            Segments = [new() { Partition = "quick", Rows = 1_000, Count = 3 }, new() { Partition = "slow", Rows = 1_000, Count = 3, Bytes = 600L << 20 }],
        });
        Control.ArmFault(new ErrorAfterEffect("ManualCompaction"));
        await using var host = await HostAsync(OptimizeHost.Quick with { QuietWindow = TimeSpan.FromSeconds(20) });
        var run = await host.FinishAsync("two");
        Assert.Equal("Succeeded", run.State);
        Assert.Single(Triggers);
        Assert.Equal(2, Control.Find("two")!.Segments.Count);
        Assert.Contains(run.Warnings, w => w.Code == nameof(WarningCode.MergedByServer));
        Assert.Null(run.Progress.Compaction!.Id);
    }

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

    /// <summary>Something happens before the first trigger, and before the first look at what became of it.</summary>
    private sealed class LateLook(IMilvusGateway inner) : ForwardingGateway(inner)
    {
        private int _triggered;
        private int _looked;

        public required Action BeforeTrigger { get; init; }

        public required Func<Task> BeforeLook { get; init; }

        public bool Struck => _looked != 0;

        public override Task<TriggerOutcome> TriggerForceMergeAsync(TriggerRequest request, ISendPermit permit, CancellationToken cancellationToken)
        {
            if (Interlocked.Exchange(ref _triggered, 1) == 0) BeforeTrigger();
            return base.TriggerForceMergeAsync(request, permit, cancellationToken);
        }

        public override async Task<CompactionObservation> GetCompactionAsync(CollectionName name, long compactionId, CancellationToken cancellationToken)
        {
            if (Interlocked.Exchange(ref _looked, 1) == 0) await BeforeLook();
            return await base.GetCompactionAsync(name, compactionId, cancellationToken);
        }
    }
}
