namespace Milvus.Optimize.Simulator.Tests;

/// <summary>What a server does without being asked: it looks again and again, and sorts what a merge left unsorted.</summary>
public sealed class AutoCompactionTests
{
    [Theory]
    [InlineData("2.3")]
    [InlineData("g4")]
    public async Task A_failed_plan_of_the_server_is_made_anew_at_a_later_look(string generation)
    {
        await using var milvus = await RunningSimulator.Start(generation);
        milvus.Control.ArmFault(new PlanFailed { Collection = "fresh" });
        await DataLifeTests.Fill(milvus);

        Assert.Equal(1, await SegmentsAfter(milvus, 300));
        Assert.Equal(2, milvus.Control.Log.Count(entry => entry is { Event: "compactionStarted", Foreign: true, Collection: "fresh" }));
    }

    [Theory]
    [InlineData("2.3")]
    [InlineData("g4")]
    public async Task What_a_restart_forgot_is_merged_by_a_later_look_and_not_within_the_first_forty_seconds(string generation)
    {
        await using var milvus = await RunningSimulator.Start(generation, more: o => o with { Timings = new() { CompactionOverheadSeconds = 1000 } });
        await DataLifeTests.Fill(milvus);
        Assert.Equal(3, await SegmentsAfter(milvus, 100));
        milvus.Control.Configure(new ServerTimings { CompactionOverheadSeconds = 1 });
        milvus.Control.Restart();

        if (generation == "2.3") Assert.Equal(3, await SegmentsAfter(milvus, 40));
        Assert.Equal(1, await SegmentsAfter(milvus, 120));
    }

    [Fact]
    public async Task Segments_without_an_index_wait_for_it_and_are_merged_then()
    {
        await using var milvus = await RunningSimulator.Start("2.3", more: o => o with { Timings = new() { IndexOverheadSeconds = 40 } });
        await DataLifeTests.Fill(milvus);

        Assert.Equal(3, await SegmentsAfter(milvus, 60));
        Assert.Equal(1, await SegmentsAfter(milvus, 240));
    }

    [Fact]
    public async Task What_a_merge_of_unsorted_segments_made_is_sorted_into_yet_another_segment()
    {
        await using var milvus = await RunningSimulator.Start("g3", "unsorted");
        var plans = (await milvus.Compact()).CompactionID;
        var seen = new HashSet<(long Id, bool Sorted)>();
        for (var i = 0; i < 200; i++)
        {
            milvus.Pass(0.5);
            if (milvus.Books.Segments is [var one]) seen.Add((one.Id, one.IsSorted));
        }

        var target = (await milvus.Plans(plans)).MergeInfos.Single().Target;
        Assert.Equal([(target, false), (milvus.Books.Segments.Single().Id, true)], seen);
        Assert.Equal(300_000, milvus.Books.Segments.Single().Rows);
    }

    [Fact]
    public async Task Until_the_sorted_one_has_its_index_the_sources_of_the_merge_are_served()
    {
        await using var milvus = await RunningSimulator.Start("g3", "unsorted", o => o with { Timings = new() { IndexOverheadSeconds = 600, HandOverSeconds = 5 } });
        var sources = milvus.Books.QuerySegmentIds.Order().ToList();
        await milvus.Compact();
        for (var i = 0; i < 120; i++) milvus.Pass(1);
        Assert.Equal((1, false), (milvus.Books.Segments.Count, milvus.Books.Segments[0].IsIndexed));
        Assert.True(milvus.Books.Segments[0].IsSorted);
        Assert.Equal(sources, milvus.Books.QuerySegmentIds.Order());
        for (var i = 0; i < 900; i++) milvus.Pass(1);
        Assert.Equal([milvus.Books.Segments.Single().Id], milvus.Books.QuerySegmentIds);
    }

    private static async Task<int> SegmentsAfter(RunningSimulator milvus, double seconds)
    {
        for (var passed = 0; passed < seconds; passed++) milvus.Pass(1);
        return (await milvus.Segments("fresh")).Count;
    }
}
