using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>Which collection a ManualCompaction means, and what its target size does.</summary>
public sealed class WhatIsCompactedTests
{
    [Fact]
    public async Task On_2_3_collection_id_0_compacts_every_collection_and_the_log_says_so()
    {
        await using var milvus = await RunningSimulator.Start("2.3");

        var trigger = await milvus.Milvus.ManualCompactionAsync(new() { CollectionName = "books", TargetSize = RunningSimulator.Auto });

        Assert.Equal(2, (await milvus.Plans(trigger.CompactionID)).MergeInfos.Count);
        var line = milvus.Triggers.Single();
        Assert.Equal(("books", "0"), (line.Collection, line.CollectionId));
        Assert.Equal(["default/films"], line.TouchedUnnamed);
        milvus.Pass(30);
        Assert.Equal((1, 1), ((await milvus.Segments()).Count, (await milvus.Segments("films")).Count));
    }

    [Theory]
    [InlineData("books")]
    [InlineData("library")]
    public async Task G4_resolves_a_name_or_an_alias_when_the_id_is_0(string name)
    {
        await using var milvus = await RunningSimulator.Start();

        var trigger = await milvus.Milvus.ManualCompactionAsync(new() { CollectionName = name, TargetSize = RunningSimulator.Auto });

        Assert.Equal(6, (await milvus.Plans(trigger.CompactionID)).MergeInfos.Single().Sources.Count);
        Assert.Null(milvus.Triggers.Single().TouchedUnnamed);
    }

    [Fact]
    public async Task An_id_of_none_is_an_error_on_g4_and_a_success_on_2_3()
    {
        await using var newer = await RunningSimulator.Start();
        await using var older = await RunningSimulator.Start("2.3");

        var refused = await newer.Milvus.ManualCompactionAsync(new() { CollectionID = 1, TargetSize = RunningSimulator.Auto });
        var accepted = await older.Milvus.ManualCompactionAsync(new() { CollectionID = 1, TargetSize = RunningSimulator.Auto });

        Assert.Equal((100, "collection not found[collection=1]", 0L), (refused.Status.Code, refused.Status.Reason, refused.CompactionID));
        Assert.Equal(0, accepted.Status.Code);
        Assert.True(accepted.CompactionID > 0);
        Assert.Equal((100, false), (newer.Triggers.Single().Code, newer.Triggers.Single().Effect));
    }

    [Theory]
    [InlineData("books", 512)]
    [InlineData("empty", 512)]
    [InlineData("books", -1)]
    public async Task A_target_below_the_segment_size_is_refused_even_with_nothing_to_merge(string name, long target)
    {
        await using var milvus = await RunningSimulator.Start();

        var refused = await milvus.Compact(name, target);

        Assert.Equal(1100, refused.Status.Code);
        Assert.Equal($"targetSize {target} MB should be greater than or equal to configMaxSize 1024 MB: invalid parameter", refused.Status.Reason);
#pragma warning disable CS0612 // The legacy field is what is compared.
        Assert.Equal(ErrorCode.IllegalArgument, refused.Status.ErrorCode);
#pragma warning restore CS0612
        Assert.False(refused.Status.Retriable);
        Assert.DoesNotContain(milvus.Books.Segments, segment => segment.IsCompacting);
    }

    [Theory]
    [InlineData("2.3", true)]
    [InlineData("g0", true)]
    [InlineData("g1", true)]
    [InlineData("g2", false)]
    [InlineData("g3", false)]
    public async Task A_small_target_is_ignored_or_refused_by_generation(string generation, bool accepted)
    {
        await using var milvus = await RunningSimulator.Start(generation);
        Assert.Equal(accepted, (await milvus.Compact("books", 512)).Status.Code == 0);
    }

    [Theory]
    [InlineData("g4", 1100, 1)]
    [InlineData("g4", RunningSimulator.Auto, 10)]
    [InlineData("g5", RunningSimulator.Auto, 10)]
    [InlineData("g0", RunningSimulator.Auto, 40)]
    public async Task Plans_are_made_of_what_fills_the_target(string generation, long target, int plans)
    {
        // Forty segments of 753 MB: four fill the safe maximum to the byte; nothing adds up to 1100 MB, so g4 cuts nowhere.
        await using var milvus = await RunningSimulator.Start(generation, "large");
        Assert.Equal(plans, (await milvus.Compact("books", target)).CompactionPlanCount);
    }

    [Fact, ShowsScenario("two-shards")]
    public async Task Nothing_crosses_a_shard()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "two-shards");
        Assert.Equal(2, (await milvus.Compact()).CompactionPlanCount);
        milvus.Pass(30);
        Assert.Equal(2, milvus.Books.Segments.Select(segment => segment.Channel).Distinct().Count());
        Assert.Equal(2, (await milvus.Segments()).Count);
    }

    [Fact]
    public async Task A_lone_segment_is_rewritten_each_time()
    {
        await using var milvus = await RunningSimulator.Start();
        await milvus.Compact();
        milvus.Pass(60);
        var once = Assert.Single(await milvus.Segments()).SegmentID;

        Assert.Equal(1, (await milvus.Compact()).CompactionPlanCount);
        milvus.Pass(60);

        Assert.NotEqual(once, Assert.Single(await milvus.Segments()).SegmentID);
    }

    [Theory]
    [InlineData("g4", "empty", -1)]
    [InlineData("2.3", "empty", 1)]
    [InlineData("lite", "books", 0)]
    public async Task Nothing_to_do_has_an_id_of_its_own_in_each_generation(string generation, string name, int sign)
    {
        await using var milvus = await RunningSimulator.Start(generation);
        Assert.Equal(sign, Math.Sign((await milvus.Compact(name)).CompactionID));
    }

    [Theory, ShowsScenario("no-index")]
    [InlineData("g4", 1)]
    [InlineData("2.3", 0)]
    public async Task Without_an_index_g4_merges_and_2_3_does_nothing(string generation, int plans)
    {
        await using var milvus = await RunningSimulator.Start(generation, "no-index");
        var trigger = await milvus.Compact();
        Assert.True(trigger.CompactionID > 0);
        Assert.Equal(plans, (await milvus.Plans(trigger.CompactionID)).MergeInfos.Count);
    }

    [Fact]
    public async Task The_dbname_header_counts_where_the_field_is_empty()
    {
        await using var milvus = await RunningSimulator.Start();
        var id = milvus.Control.AddCollection(new CollectionSpec { Name = "books", Database = "archive", Segments = [new() { Rows = 2000, Count = 2 }] });

        var described = await milvus.Milvus.DescribeCollectionAsync(new() { CollectionName = "books" }, new Grpc.Core.Metadata { { "dbname", "archive" } });
        var trigger = await milvus.Milvus.ManualCompactionAsync(
            new() { CollectionName = "books", TargetSize = RunningSimulator.Auto }, new Grpc.Core.Metadata { { "dbname", "archive" } });

        Assert.Equal((id, "archive"), (described.CollectionID, described.DbName));
        Assert.Equal(2, (await milvus.Plans(trigger.CompactionID)).MergeInfos.Single().Sources.Count);
    }
}
