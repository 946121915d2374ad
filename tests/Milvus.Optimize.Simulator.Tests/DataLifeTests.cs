using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>What becomes of rows: candidates, deletes, age, auto compaction, several indexes.</summary>
public sealed class DataLifeTests
{
    [Theory]
    [InlineData("g1", 8)]
    [InlineData("g3", 8)]
    [InlineData("g4", 1)]
    [InlineData("g5", 1)]
    [InlineData("g6", 1)]
    public async Task G4_leaves_out_what_is_unsorted_clustered_invisible_or_in_a_snapshot(string generation, int sources)
    {
        await using var milvus = await RunningSimulator.Start(generation);
        milvus.Control.AddCollection(new CollectionSpec
        {
            Name = "mixed",
            GrowingRows = 500,
            Segments =
            [
                new() { Rows = 2000 },
                new() { Rows = 2000, Count = 2, Sorted = false },
                new() { Rows = 2000, Count = 2, Level = "L2" },
                new() { Rows = 2000, Count = 2, Protected = true },
                new() { Rows = 2000, Invisible = true },
                new() { Rows = 10, Level = "L0" },
            ],
        });

        var id = (await milvus.Compact("mixed")).CompactionID;

        Assert.Equal(sources, (await milvus.Plans(id)).MergeInfos.Sum(info => info.Sources.Count));
    }

    [Theory]
    [InlineData("g1")]
    [InlineData("g2")]
    [InlineData("g3")]
    [InlineData("g4")]
    public async Task Plain_compaction_left_that_out_before_force_merge_did(string generation)
    {
        await using var milvus = await RunningSimulator.Start(generation);
        milvus.Control.AddCollection(new CollectionSpec
        {
            Name = "mixed",
            Segments = [new() { Rows = 2000 }, new() { Rows = 2000, Sorted = false }, new() { Rows = 2000, Level = "L2" }, new() { Rows = 2000, Protected = true }, new() { Rows = 2000, Invisible = true }],
        });
        var id = (await milvus.Compact("mixed", targetSize: 0)).CompactionID;
        Assert.Single(Assert.Single((await milvus.Plans(id)).MergeInfos).Sources);
    }

    [Theory]
    [InlineData("g1")]
    [InlineData("g4")]
    public async Task Auto_compaction_leaves_alone_what_a_snapshot_holds(string generation)
    {
        await using var milvus = await RunningSimulator.Start(generation);
        milvus.Control.AddCollection(new CollectionSpec { Name = "held", Segments = [new() { Rows = 2000, Count = 3, Protected = true }] });
        milvus.Control.Insert("held", 2000);
        milvus.Control.Flush("held");
        milvus.Pass(120);
        Assert.Equal(4, (await milvus.Segments("held")).Count);
        Assert.DoesNotContain(milvus.Control.Log, entry => entry.Event == "compactionStarted");
    }

    [Theory]
    [InlineData("g4")]
    [InlineData("2.3")]
    public async Task Deleted_rows_stay_until_a_merge_rewrites_their_segment(string generation)
    {
        await using var milvus = await RunningSimulator.Start(generation);
        milvus.Control.Delete("books", 70_000);
        milvus.Control.Flush("books");
        milvus.Pass(15);
        Assert.Equal(300_000, (await milvus.Segments()).Sum(segment => segment.NumRows));

        await milvus.Compact();
        milvus.Pass(30);

        Assert.Equal(230_000, (await milvus.Segments()).Sum(segment => segment.NumRows));
    }

    [Fact]
    public async Task A_flushed_delete_is_an_L0_segment_for_ten_seconds()
    {
        await using var milvus = await RunningSimulator.Start();
        milvus.Control.Delete("books", 100);
        Assert.DoesNotContain(await milvus.Segments(), segment => segment.Level == SegmentLevel.L0);
        milvus.Control.Flush("books");
        milvus.Pass(3);
        Assert.Single(await milvus.Segments(), segment => segment is { Level: SegmentLevel.L0, NumRows: 100 });
        milvus.Pass(10);
        Assert.DoesNotContain(await milvus.Segments(), segment => segment.Level == SegmentLevel.L0);
    }

    [Fact]
    public async Task A_plan_whose_rows_have_all_expired_has_no_product_and_its_target_stays_minus_one()
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        milvus.Control.AddCollection(new CollectionSpec
        {
            Name = "aged",
            Properties = new Dictionary<string, string> { ["collection.ttl.seconds"] = "3600" },
            Segments = [new() { Rows = 2000, Count = 3, AgeSeconds = 7200 }],
        });
        var id = (await milvus.Compact("aged")).CompactionID;
        milvus.Pass(30);

        var plan = (await milvus.Plans(id)).MergeInfos.Single();
        Assert.Equal((-1, 3), (plan.Target, plan.Sources.Count));
        Assert.Empty(await milvus.Segments("aged"));
    }

    [Theory]
    [InlineData("2.3", true, 1)]
    [InlineData("2.3", false, 3)]
    public async Task Auto_compaction_merges_flushed_segments_within_half_a_minute_under_an_id_nobody_was_told(string generation, bool isOn, int segments)
    {
        await using var milvus = await RunningSimulator.Start(generation, more: o => o with { Settings = new() { AutoCompaction = isOn } });
        await Fill(milvus);
        milvus.Pass(35);

        Assert.Equal(segments, (await milvus.Segments("fresh")).Count);
        var started = milvus.Control.Log.Where(entry => entry.Event == "compactionStarted").ToList();
        if (!isOn) Assert.Empty(started);
        else Assert.Equal((true, "fresh", 3), (started.Single().Foreign, started.Single().Collection, started.Single().SegmentsBefore!.Count));
    }

    [Fact]
    public async Task A_growing_segment_that_is_full_is_sealed_without_a_flush()
    {
        await using var milvus = await RunningSimulator.Start(more: o => o with { Settings = new() { AutoCompaction = false, SegmentMaxSizeMb = 1 } });
        milvus.Control.AddCollection(new CollectionSpec { Name = "fresh" });
        milvus.Control.Insert("fresh", 5000);
        milvus.Pass(30);

        var flushed = await milvus.Segments("fresh");
        var all = milvus.Control.Find("fresh")!.Segments;
        Assert.True(flushed.Count > 1, $"{flushed.Count} flushed");
        Assert.All(all, segment => Assert.True(segment.Bytes <= 1024 * 1024, $"{segment.Bytes} bytes"));
        Assert.Equal((5000, 1), (all.Sum(segment => segment.Rows), all.Count(segment => segment.State == "Growing")));
    }

    [Fact]
    public async Task A_collection_can_switch_auto_compaction_off_for_itself()
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        await Fill(milvus, new Dictionary<string, string> { ["collection.autocompaction.enabled"] = "false" });
        milvus.Pass(120);
        Assert.Equal(3, (await milvus.Segments("fresh")).Count);
    }

    [Fact]
    public async Task Every_index_is_built_for_itself_and_a_scalar_one_can_be_the_last()
    {
        await using var milvus = await RunningSimulator.Start(more: o => o with { Timings = new() { IndexOverheadSeconds = 5, IndexRegistrationSeconds = 0.2 } });
        milvus.Control.AddCollection(new CollectionSpec { Name = "both", Scalars = ["year"], ScalarIndexes = ["year"], Segments = [new() { Rows = 2000, Count = 3 }] });
        await milvus.Compact("both");
        while (milvus.Control.Find("both")!.Segments.Count > 1) milvus.Pass(0.5);
        var timestamp = await milvus.Timestamp();

        var seen = new List<string>();
        for (var i = 0; i < 60; i++)
        {
            var indexes = (await milvus.Milvus.DescribeIndexAsync(new() { CollectionName = "both", Timestamp = timestamp })).IndexDescriptions;
            var states = string.Join(' ', indexes.OrderBy(index => index.FieldName).Select(index => $"{index.FieldName}:{index.State}"));
            if (seen.LastOrDefault() != states) seen.Add(states);
            milvus.Pass(0.5);
        }

        Assert.Equal(["v:InProgress year:InProgress", "v:Finished year:InProgress", "v:Finished year:Finished"], seen);
    }

    [Fact]
    public async Task A_small_product_is_finished_without_being_built()
    {
        await using var milvus = await RunningSimulator.Start(more: o => o with { Timings = new() { IndexOverheadSeconds = 1000 } });
        milvus.Control.AddCollection(new CollectionSpec { Name = "small", Segments = [new() { Rows = 300, Count = 3 }] });
        milvus.Control.AddCollection(new CollectionSpec { Name = "large", Segments = [new() { Rows = 400, Count = 3 }] });
        await milvus.Compact("small");
        await milvus.Compact("large");
        milvus.Pass(10);

        Assert.Equal((0, 1200), ((await milvus.Index(0, "small")).PendingIndexRows, (await milvus.Index(0, "large")).PendingIndexRows));
    }

    [Fact]
    public async Task One_plan_can_have_several_products_and_old_answers_show_the_first_alone()
    {
        await using var older = await RunningSimulator.Start();
        await using var newer = await RunningSimulator.Start("g6");
        foreach (var milvus in new[] { older, newer })
        {
            milvus.Control.AddCollection(new CollectionSpec { Name = "huge", Segments = [new() { Rows = 1_000_001, Bytes = 4000L << 20 }] });
            var id = (await milvus.Compact("huge", 1024)).CompactionID;
            milvus.Pass(120);
            var segments = await milvus.Segments("huge");
            Assert.Equal((4, 1_000_001), (segments.Count, segments.Sum(segment => segment.NumRows)));
            var plan = (await milvus.Plans(id)).MergeInfos.Single();
            Assert.Equal(segments.Min(segment => segment.SegmentID), plan.Target);
            Assert.Equal(milvus == newer ? 4 : 0, plan.Targets.Count);
        }
    }

    [Fact]
    public async Task Until_the_last_product_is_indexed_the_sources_serve_and_no_row_twice()
    {
        await using var milvus = await RunningSimulator.Start(more: o => o with { Timings = new() { IndexOverheadSeconds = 30, HandOverSeconds = 1 } });
        milvus.Control.AddCollection(new CollectionSpec { Name = "huge", Segments = [new() { Rows = 1_000_000, Bytes = 4000L << 20 }] });
        await milvus.Compact("huge", 1024);
        var seen = new List<int>();
        for (var i = 0; i < 300; i++)
        {
            var served = await milvus.Served("huge");
            Assert.Equal(1_000_000, served.Sum(segment => segment.NumRows));
            if (seen.LastOrDefault() != served.Count) seen.Add(served.Count);
            milvus.Pass(1);
        }

        Assert.Equal([1, 4], seen);
    }

    /// <summary>A new collection of three flushed segments.</summary>
    internal static async Task Fill(RunningSimulator milvus, IReadOnlyDictionary<string, string>? properties = null)
    {
        milvus.Control.AddCollection(new CollectionSpec { Name = "fresh", Properties = properties ?? new Dictionary<string, string>() });
        for (var i = 0; i < 3; i++)
        {
            milvus.Control.Insert("fresh", 2000);
            await milvus.Milvus.FlushAsync(new() { CollectionNames = { "fresh" } });
        }
    }
}
