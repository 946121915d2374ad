using Milvus.Optimize.Actors.Tests;
using Milvus.Optimize.Contracts;
using Xunit.Abstractions;

namespace Milvus.Optimize.RealServer.Tests;

/// <summary>What the user sees on a real Milvus 2.3: each answer true, and no other collection touched.</summary>
[Collection("real server")]
public sealed class OptimizesARealServer(SharedMilvus milvus, ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RealServerFact]
    public async Task Six_segments_become_one_and_the_next_run_has_nothing_to_do()
    {
        using var seed = new Seed(milvus.Address);
        var bystander = await seed.MakeAsync(new(Name("bystander"), 2));
        var untouched = await seed.SegmentsAsync(bystander);
        var name = await seed.MakeAsync(new(Name("books"), 6));
        await using var host = await OptimizeHost.StartAsync(_folder.Journal, milvus.Address);

        var run = await host.FinishAsync(name);
        output.WriteLine($"first run: {run.Since - run.StartedAt}");
        Assert.Equal("Succeeded", run.State);
        Assert.Equal((6, 12000L), (run.Segments.Before!.Count, run.Segments.Before.Rows));
        Assert.Equal((1, 12000L), (run.Segments.After!.Count, run.Segments.After.Rows));
        Assert.Contains(run.Warnings, w => w.Code == "TargetSizeIgnored");
        var merged = await seed.SegmentsAsync(name);
        Assert.Single(merged);

        var again = await host.FinishAsync(name);
        output.WriteLine($"again: {again.Since - again.StartedAt}");
        Assert.Equal(("SucceededNoWork", "NothingToMerge"), (again.State, again.StateReason));
        Assert.Equal(merged, await seed.SegmentsAsync(name));
        Assert.Equal(untouched, await seed.SegmentsAsync(bystander));
    }

    [RealServerFact]
    public async Task An_empty_collection_has_nothing_to_merge()
    {
        using var seed = new Seed(milvus.Address);
        var name = await seed.MakeAsync(new(Name("empty"), 0));
        await using var host = await OptimizeHost.StartAsync(_folder.Journal, milvus.Address);
        var run = await host.FinishAsync(name);
        Assert.Equal(("SucceededNoWork", "NothingToMerge"), (run.State, run.StateReason));
    }

    [RealServerFact]
    public async Task A_collection_without_an_index_cannot_be_merged()
    {
        using var seed = new Seed(milvus.Address);
        var name = await seed.MakeAsync(new(Name("noindex"), 2, Index: false));
        var before = await seed.SegmentsAsync(name);
        await using var host = await OptimizeHost.StartAsync(_folder.Journal, milvus.Address);
        var run = await host.FinishAsync(name);
        Assert.Equal(("Failed", "NoIndex"), (run.State, run.StateReason));
        Assert.Equal(before, await seed.SegmentsAsync(name));
    }

    [RealServerFact]
    public async Task Two_shards_keep_a_segment_each_and_the_next_run_knows_it()
    {
        using var seed = new Seed(milvus.Address);
        var name = await seed.MakeAsync(new(Name("shards"), 3, Shards: 2));
        await using var host = await OptimizeHost.StartAsync(_folder.Journal, milvus.Address);
        var run = await host.FinishAsync(name);
        Assert.Equal("Succeeded", run.State);
        Assert.Equal(2, run.Segments.After!.Count);
        var merged = await seed.SegmentsAsync(name);
        var again = await host.FinishAsync(name);
        Assert.Equal(("SucceededNoWork", "NothingToMerge"), (again.State, again.StateReason));
        Assert.Equal(merged, await seed.SegmentsAsync(name));
    }

    [RealServerFact]
    public async Task A_collection_in_another_database_is_found_there_by_name_and_alias()
    {
        using var seed = new Seed(milvus.Address);
        var database = Name("library");
        await seed.DatabaseAsync(database);
        var name = Name("books");
        var spec = new Seed.Spec(name, 3);
        await seed.MakeAsync(spec);
        await seed.MakeAsync(spec with { Database = database });
        var untouched = await seed.SegmentsAsync(name);
        await using var host = await OptimizeHost.StartAsync(_folder.Journal, milvus.Address);
        using var over = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        var task = await host.Optimizer.StartAsync(new(OptimizeHost.Cluster, database, name), new OptimizeRequest(), over.Token);
        var run = await OptimizeHost.EndAsync(task, over.Token);
        Assert.Equal(("Succeeded", database), (run.State, run.Database));
        Assert.Single(await seed.SegmentsAsync(name, database));
        Assert.Equal(untouched, await seed.SegmentsAsync(name));
    }

    private static string Name(string what) => $"{what}_{Guid.NewGuid():N}"[..24];
}
