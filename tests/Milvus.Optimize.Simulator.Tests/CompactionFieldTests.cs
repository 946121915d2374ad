using Grpc.Core;
using Google.Protobuf;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>What ManualCompaction says beside collection and size: partition, channel, segments, clustering, L0.</summary>
public sealed class CompactionFieldTests
{
    [Theory]
    [InlineData("g0", 2)]
    [InlineData("g4", 2)]
    [InlineData("2.3", 8)]
    public async Task A_plain_compaction_takes_what_the_fields_name_where_the_server_knows_them(string generation, int sources)
    {
        await using var milvus = await Start(generation);
        var segments = milvus.Control.Find("c")!.Segments;
        var one = segments[^1];
        foreach (var ask in new ManualCompactionRequest[]
        {
            new() { PartitionId = one.PartitionId, Channel = one.Channel },
            new() { SegmentIds = { segments.Where(s => s.PartitionId == one.PartitionId && s.Channel == one.Channel).Select(s => s.Id) } },
        })
        {
            var id = (await Compact(milvus, ask)).CompactionID;
            Assert.Equal(sources, (await milvus.Plans(id)).MergeInfos.Sum(info => info.Sources.Count));
            milvus.Control.ForgetPlans();
        }
    }

    [Fact]
    public async Task A_force_merge_listens_to_none_of_them()
    {
        await using var milvus = await Start("g4");
        var one = milvus.Control.Find("c")!.Segments[^1];
        var id = (await Compact(milvus, new() { TargetSize = RunningSimulator.Auto, PartitionId = one.PartitionId, Channel = one.Channel, SegmentIds = { 17 }, MajorCompaction = true, L0Compaction = true })).CompactionID;
        Assert.Equal(8, (await milvus.Plans(id)).MergeInfos.Sum(info => info.Sources.Count));
    }

    [Fact]
    public async Task L0_compaction_applies_the_deletes_and_makes_no_segment()
    {
        await using var milvus = await RunningSimulator.Start("g6", more: o => o with { Timings = new() { ApplyDeletesSeconds = 1000 } });
        Assert.Equal(-1, (await milvus.Milvus.ManualCompactionAsync(new() { CollectionID = milvus.Books.Id, L0Compaction = true })).CompactionID);
        milvus.Control.Delete("books", 100);
        milvus.Control.Flush("books");
        milvus.Pass(3);
        var reply = await milvus.Milvus.ManualCompactionAsync(new() { CollectionID = milvus.Books.Id, L0Compaction = true });
        milvus.Pass(10);

        var plan = Assert.Single((await milvus.Plans(reply.CompactionID)).MergeInfos);
        Assert.Equal((1, 1, 7, -1), (reply.CompactionPlanCount, plan.Sources.Count, plan.Type, plan.Target));
        Assert.DoesNotContain(await milvus.Segments(), segment => segment.Level == SegmentLevel.L0);
        await milvus.Compact();
        milvus.Pass(60);
        Assert.Equal(299_900, (await milvus.Segments()).Sum(segment => segment.NumRows));
    }

    [Fact]
    public async Task Clustering_finds_nothing_without_a_key_and_is_not_modelled_with_one()
    {
        await using var milvus = await RunningSimulator.Start();
        Assert.Equal(-1, (await milvus.Milvus.ManualCompactionAsync(new() { CollectionID = milvus.Books.Id, MajorCompaction = true })).CompactionID);
        var schema = new CollectionSchema { Name = "keyed", Fields = { new FieldSchema { Name = "id", IsPrimaryKey = true, IsClusteringKey = true, DataType = DataType.Int64 } } };
        await milvus.Milvus.CreateCollectionAsync(new() { CollectionName = "keyed", Schema = schema.ToByteString() });
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await milvus.Milvus.ManualCompactionAsync(new() { CollectionName = "keyed", MajorCompaction = true }));
        Assert.Equal(StatusCode.Unimplemented, refused.StatusCode);
    }

    private static async Task<RunningSimulator> Start(string generation)
    {
        var milvus = await RunningSimulator.Start(generation);
        milvus.Control.AddCollection(new CollectionSpec { Name = "c", Shards = 2, Partitions = ["_default", "p"], Segments = [new() { Rows = 2000, Count = 2 }] });
        return milvus;
    }

    private static async Task<ManualCompactionResponse> Compact(RunningSimulator milvus, ManualCompactionRequest ask)
    {
        ask.CollectionID = milvus.Control.Find("c")!.Id;
        return await milvus.Milvus.ManualCompactionAsync(ask);
    }
}
