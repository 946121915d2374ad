using Milvus.Optimize.Actors.Tests;
using Milvus.Optimize.Contracts.Runs;
using Xunit.Abstractions;

namespace Milvus.Optimize.RealServer.Tests;

/// <summary>Somebody else merges, flushes or drops while a run goes on: each outcome true, each seen twice.</summary>
[Collection("real server"), Trait("Category", "Long")]
public sealed class WhileOthersWork(SharedMilvus milvus, ITestOutputHelper output) : IDisposable
{
    private const int BusyRows = 10_000;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RealServerFact]
    public Task A_merge_of_somebody_else_is_waited_for_and_not_counted_as_ours() => TwiceAsync(async (seed, host) =>
    {
        // Some are over before a run can begin: those are not what this is about.
        string name;
        long theirs;
        var tries = 0;
        do
        {
            Assert.True(++tries <= 5, "no merge was still at work right after it was asked for");
            name = await seed.MakeAsync(new(Name("busy"), 6, Rows: BusyRows));
            theirs = await seed.CompactAsync(name);
        }
        while (!await seed.IsAtWorkAsync(theirs));

        var run = await EndAsync(host, name, _ => Task.CompletedTask);
        Assert.False(await seed.IsAtWorkAsync(theirs), "the run ended before they did");
        Assert.Contains(run.State, new[] { "Succeeded", "SucceededNoWork" });
        Assert.Equal(6L * BusyRows, run.Segments.After!.Rows);
        Assert.Equal(await seed.SegmentsAsync(name), run.Segments.After.Ids.Select(long.Parse).Order());
        Assert.Single(run.Segments.After.Ids);

        // Theirs took all six: no plan of ours can have held them.
        if (run.State == "Succeeded") Assert.Contains(run.Warnings, w => w.Code is "MergedByServer" or "RowsNotCompared");
        return run;
    });

    [RealServerFact]
    public Task What_is_flushed_while_it_runs_is_told() => TwiceAsync(async (seed, host) =>
    {
        var spec = new Seed.Spec(Name("flushed"), 6);
        await seed.MakeAsync(spec);
        var run = await AtCompactionAsync(host, spec.Name, () => seed.AddAsync(spec, 100_000));
        Assert.Equal("Succeeded", run.State);
        Assert.Equal(14_000, run.Segments.After!.Rows);
        Assert.Equal(await seed.SegmentsAsync(spec.Name), run.Segments.After.Ids.Select(long.Parse).Order());
        Assert.Equal(run.Segments.After.Count > 1, run.Warnings.Any(w => w.Code == "FlushedMeanwhile"));
        return run;
    });

    [RealServerFact]
    public Task A_partition_key_leaves_one_segment_a_partition() => TwiceAsync(async (seed, host) =>
    {
        var name = await seed.MakeAsync(new(Name("keyed"), 3, PartitionKey: true));
        var run = await host.FinishAsync(name);
        Assert.Equal("Succeeded", run.State);
        Assert.Equal((3 * Seed.Partitions, Seed.Partitions, Seed.Partitions), (run.Segments.Before!.Count, run.Segments.After!.Count, run.Segments.ReachableMinimum!.Count));
        Assert.Equal(run.Segments.Before.Rows, run.Segments.After.Rows);
        return run;
    });

    [RealServerFact]
    public Task A_collection_that_is_dropped_in_the_middle_is_said_to_be() => TwiceAsync(async (seed, host) =>
    {
        var name = await seed.MakeAsync(new(Name("dropped"), 6));
        var run = await AtCompactionAsync(host, name, () => seed.DropAsync(name));
        Assert.Equal(("Failed", "CollectionDropped"), (run.State, run.StateReason));
        return run;
    });

    [RealServerFact]
    public Task One_that_is_made_again_in_the_middle_is_another_one() => TwiceAsync(async (seed, host) =>
    {
        var spec = new Seed.Spec(Name("again"), 6);
        await seed.MakeAsync(spec);
        var run = await AtCompactionAsync(host, spec.Name, async () =>
        {
            await seed.DropAsync(spec.Name);
            await seed.MakeAsync(spec with { Segments = 0, Index = false });
        });
        Assert.Equal(("Failed", "CollectionReplaced"), (run.State, run.StateReason));
        return run;
    });

    private async Task TwiceAsync(Func<Seed, OptimizeHost, Task<RunDocument>> see)
    {
        using var seed = new Seed(milvus.Address);
        await using var host = await OptimizeHost.StartAsync(_folder.Journal, milvus.Address);
        for (var i = 0; i < 2; i++)
        {
            var run = await see(seed, host);
            output.WriteLine($"{run.State}/{run.StateReason} in {run.Since - run.StartedAt}: {run.StateMessage}; {run.Segments.Before?.Count} -> {run.Segments.After?.Count}, "
                + $"at least {run.Segments.ReachableMinimum?.Count} ({run.Segments.ReachableMinimum?.Basis}); {string.Join(", ", run.Warnings.Select(w => w.Code))}");
        }
    }

    /// <summary>Follows the run to its end and does something once when it waits for its merge.</summary>
    private static async Task<RunDocument> AtCompactionAsync(OptimizeHost host, string name, Func<Task> act)
    {
        var acted = false;
        var last = await EndAsync(host, name, async run =>
        {
            if (acted || run.State != "WaitingForCompaction") return;
            acted = true;
            await act();
        });
        Assert.True(acted);
        return last;
    }

    /// <summary>Follows the run to its end, however busy the machine is.</summary>
    private static async Task<RunDocument> EndAsync(OptimizeHost host, string name, Func<RunDocument, Task> seen)
    {
        using var over = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        var task = await host.Optimizer.StartAsync(new(OptimizeHost.Cluster, "default", name), new(), over.Token);
        var last = await task.GetProgressAsync(over.Token);
        try
        {
            await foreach (var run in task.WatchAsync(over.Token)) await seen(last = run);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{last.State} since {last.Since:T}: {last.StateMessage}");
        }

        return last;
    }

    private static string Name(string what) => $"{what}_{Guid.NewGuid():N}"[..24];
}
