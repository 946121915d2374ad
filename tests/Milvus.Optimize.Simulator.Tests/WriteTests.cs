using Google.Protobuf;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>From inserted rows to segments that a merge may take.</summary>
public sealed class WriteTests
{
    [Fact, ShowsScenario("growing")]
    public async Task On_g4_a_flushed_segment_is_busy_and_unsorted_and_then_another_one()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "growing");
        Assert.Empty(await milvus.Segments("fresh"));
        var flush = await milvus.Milvus.FlushAsync(new() { CollectionNames = { "fresh" } });
        var id = Assert.Single(flush.CollSegIDs["fresh"].Data);
        var ask = new GetFlushStateRequest { SegmentIDs = { id }, FlushTs = flush.CollFlushTs["fresh"], CollectionName = "fresh" };
        Assert.False((await milvus.Milvus.GetFlushStateAsync(ask)).Flushed);

        milvus.Pass(2.4);
        Assert.False((await milvus.Milvus.GetFlushStateAsync(ask)).Flushed);
        milvus.Pass(0.2);
        Assert.True((await milvus.Milvus.GetFlushStateAsync(ask)).Flushed);
        var unsorted = Assert.Single(await milvus.Segments("fresh"));
        Assert.Equal((id, false, SegmentState.Flushed), (unsorted.SegmentID, unsorted.IsSorted, unsorted.State));
        Assert.Equal(-1, (await milvus.Compact("fresh")).CompactionID);

        milvus.Pass(2);
        var sorted = Assert.Single(await milvus.Segments("fresh"));
        Assert.NotEqual(id, sorted.SegmentID);
        Assert.True(sorted.IsSorted);
        Assert.True((await milvus.Compact("fresh")).CompactionID > 0);
    }

    [Fact]
    public async Task On_2_3_a_flushed_segment_is_there_at_once_and_merged_once_indexed()
    {
        await using var milvus = await RunningSimulator.Start("2.3", "growing");
        Assert.Empty((await milvus.Plans((await milvus.Compact("fresh")).CompactionID)).MergeInfos);
        await milvus.Milvus.FlushAsync(new() { CollectionNames = { "fresh" } });
        milvus.Pass(2.6);
        Assert.Empty((await milvus.Plans((await milvus.Compact("fresh")).CompactionID)).MergeInfos);
        milvus.Pass(5);
        Assert.Single((await milvus.Plans((await milvus.Compact("fresh")).CompactionID)).MergeInfos);
    }

    [Fact]
    public async Task A_collection_can_be_made_filled_merged_and_dropped_over_the_wire()
    {
        await using var milvus = await RunningSimulator.Start();
        var m = milvus.Milvus;
        var schema = new CollectionSchema { Name = "made" };
        schema.Fields.Add(new FieldSchema { Name = "id", IsPrimaryKey = true, DataType = DataType.Int64 });
        schema.Fields.Add(new FieldSchema { Name = "v", DataType = DataType.FloatVector, TypeParams = { new KeyValuePair { Key = "dim", Value = "64" } } });
        Assert.Equal(0, (await m.CreateCollectionAsync(new() { CollectionName = "made", Schema = schema.ToByteString(), ShardsNum = 2 })).Code);
        Assert.Equal(0, (await m.CreateIndexAsync(new() { CollectionName = "made", FieldName = "v" })).Code);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(4001, (await m.InsertAsync(new() { CollectionName = "made", NumRows = 4001 })).InsertCnt);
            await m.FlushAsync(new() { CollectionNames = { "made" } });
            milvus.Pass(5);
        }

        Assert.Equal(6, (await milvus.Segments("made")).Count);
        Assert.Equal(2, (await milvus.Compact("made")).CompactionPlanCount);
        milvus.Pass(10);
        Assert.Equal(12003, (await milvus.Segments("made")).Sum(segment => segment.NumRows));
        Assert.Equal("12003", (await m.GetCollectionStatisticsAsync(new() { CollectionName = "made" })).Stats.Single().Value);
        var first = (await m.DescribeCollectionAsync(new() { CollectionName = "made" })).CollectionID;
        await m.DropCollectionAsync(new() { CollectionName = "made" });
        Assert.Equal(100, (await m.DescribeCollectionAsync(new() { CollectionName = "made" })).Status.Code);
        await m.CreateCollectionAsync(new() { CollectionName = "made", Schema = schema.ToByteString() });
        Assert.NotEqual(first, (await m.DescribeCollectionAsync(new() { CollectionName = "made" })).CollectionID);
    }

    [Fact]
    public async Task An_alias_moves_from_one_collection_to_another()
    {
        await using var milvus = await RunningSimulator.Start();
        Assert.Equal("books", (await milvus.Milvus.DescribeCollectionAsync(new() { CollectionName = "library" })).CollectionName);
        Assert.Equal(0, (await milvus.Milvus.AlterAliasAsync(new() { Alias = "library", CollectionName = "films" })).Code);
        Assert.Equal("films", (await milvus.Milvus.DescribeCollectionAsync(new() { CollectionName = "library" })).CollectionName);
    }
}
