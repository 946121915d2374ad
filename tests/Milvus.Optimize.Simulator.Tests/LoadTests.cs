using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>Query nodes follow the persisted segments with a lag; a refresh shortens it and may still not be the end.</summary>
public sealed class LoadTests
{
    [Theory]
    [InlineData("g4")]
    [InlineData("2.3")]
    public async Task The_old_segments_serve_for_twenty_seconds_after_the_index_is_built(string generation)
    {
        await using var milvus = await RunningSimulator.Start(generation);
        await milvus.Compact();
        milvus.Pass(20);
        Assert.Equal(IndexState.Finished, (await milvus.Index(await milvus.Timestamp())).State);
        Assert.Equal(6, (await milvus.Served()).Count);

        milvus.Pass(15);

        var served = Assert.Single(await milvus.Served());
        Assert.Equal((milvus.Books.Segments.Single().Id, 300_000L, "v", SegmentState.Sealed), (served.SegmentID, served.NumRows, served.IndexName, served.State));
    }

    [Fact]
    public async Task A_refresh_goes_from_0_to_100_and_swaps_the_view()
    {
        await using var milvus = await RunningSimulator.Start();
        await milvus.Compact();
        milvus.Pass(12);
        Assert.Equal((100, 100), await Progress(milvus));

        Assert.Equal(0, (await Refresh(milvus)).Code);
        Assert.Equal((100, 0), await Progress(milvus));
        milvus.Pass(4.9);
        Assert.Equal((100, 0), await Progress(milvus));
        Assert.Equal(6, (await milvus.Served()).Count);
        milvus.Pass(0.2);
        Assert.Equal((100, 100), await Progress(milvus));
        Assert.Single(await milvus.Served());
    }

    [Fact]
    public async Task A_refresh_before_the_index_is_built_ends_at_100_on_the_old_segments()
    {
        var slowIndex = new ServerTimings { IndexOverheadSeconds = 60 };
        await using var milvus = await RunningSimulator.Start(more: options => options with { Timings = slowIndex });
        await milvus.Compact();
        milvus.Pass(6);
        await Refresh(milvus);
        milvus.Pass(6);

        Assert.Equal((100, 100), await Progress(milvus));
        Assert.Equal(6, (await milvus.Served()).Count);
        milvus.Pass(90);
        Assert.Single(await milvus.Served());
    }

    [Fact, ShowsScenario("unloaded")]
    public async Task Loading_takes_its_time_and_a_refresh_meanwhile_is_refused()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "unloaded");
        Assert.Equal(0, (await milvus.Milvus.LoadCollectionAsync(new() { CollectionName = "books" })).Code);
        milvus.Pass(1);
        Assert.Equal(LoadState.Loading, (await milvus.Milvus.GetLoadStateAsync(new() { CollectionName = "books" })).State);
        Assert.Equal((0, 100), await Progress(milvus));
        Assert.Equal(101, (await Refresh(milvus)).Code);
        milvus.Pass(0.5);
        // One channel of one channel and six segments.
        Assert.Equal((14, 100), await Progress(milvus));
        milvus.Pass(2);
        Assert.Equal(LoadState.Loaded, (await milvus.Milvus.GetLoadStateAsync(new() { CollectionName = "books" })).State);
        Assert.Equal(6, (await milvus.Served()).Count);
    }

    [Fact]
    public async Task After_a_restart_nothing_is_served_until_the_collection_is_loaded_again()
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        milvus.Control.Restart();
        Assert.Equal(LoadState.Loading, (await milvus.Milvus.GetLoadStateAsync(new() { CollectionName = "books" })).State);
        Assert.Empty(await milvus.Served());
        milvus.Pass(3.3);
        Assert.Equal(6, (await milvus.Served()).Count);
    }

    private static async Task<Status> Refresh(RunningSimulator milvus) =>
        await milvus.Milvus.LoadCollectionAsync(new() { CollectionName = "books", Refresh = true });

    private static async Task<(long, long)> Progress(RunningSimulator milvus)
    {
        var reply = await milvus.Milvus.GetLoadingProgressAsync(new() { CollectionName = "books" });
        Assert.Equal(0, reply.Status.Code);
        return (reply.Progress, reply.RefreshProgress);
    }
}
