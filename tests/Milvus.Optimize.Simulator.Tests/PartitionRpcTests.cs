using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>Partitions over the wire; codes and texts as a real 2.3.5 gave them.</summary>
public sealed class PartitionRpcTests
{
    [Theory]
    [InlineData("2.3")]
    [InlineData("g4")]
    public async Task A_partition_is_made_and_dropped_twice_without_an_error_and_its_rows_go_with_it(string generation)
    {
        await using var milvus = await Start(generation);
        var m = milvus.Milvus;
        await m.ReleaseCollectionAsync(new() { CollectionName = "c" });
        for (var i = 0; i < 2; i++) Success(await m.CreatePartitionAsync(new() { CollectionName = "c", PartitionName = "p" }));
        Assert.True((await m.HasPartitionAsync(new() { CollectionName = "c", PartitionName = "p" })).Value);
        await m.InsertAsync(new() { CollectionName = "c", PartitionName = "p", NumRows = 30 });
        await m.FlushAsync(new() { CollectionNames = { "c" } });
        milvus.Pass(60);
        Assert.Equal(("30", "2030"), (await Rows(m, "p"), (await m.GetCollectionStatisticsAsync(new() { CollectionName = "c" })).Stats.Single().Value));

        for (var i = 0; i < 2; i++) Success(await m.DropPartitionAsync(new() { CollectionName = "c", PartitionName = "p" }));

        Assert.False((await m.HasPartitionAsync(new() { CollectionName = "c", PartitionName = "p" })).Value);
        Assert.Equal("2000", (await m.GetCollectionStatisticsAsync(new() { CollectionName = "c" })).Stats.Single().Value);
        Assert.Equal(["_default", "a", "b"], (await m.ShowPartitionsAsync(new() { CollectionName = "c" })).PartitionNames);
        Refused(200, "partition not found[partition=p]", (await m.GetPartitionStatisticsAsync(new() { CollectionName = "c", PartitionName = "p" })).Status);
    }

    [Fact]
    public async Task What_cannot_be_done_to_a_partition_is_refused_in_the_servers_words()
    {
        await using var milvus = await Start("2.3");
        var m = milvus.Milvus;
        const string missing = "collection not found[database=default][collection=no]";
        Refused(100, missing, (await m.HasPartitionAsync(new() { CollectionName = "no", PartitionName = "p" })).Status);
        Refused(100, missing, await m.DropPartitionAsync(new() { CollectionName = "no", PartitionName = "p" }));
        Refused(100, missing, await m.LoadPartitionsAsync(new() { CollectionName = "no", PartitionNames = { "p" } }));
        Refused(100, missing, await m.ReleasePartitionsAsync(new() { CollectionName = "no", PartitionNames = { "p" } }));
        Refused(100, missing, (await m.GetPartitionStatisticsAsync(new() { CollectionName = "no", PartitionName = "p" })).Status);
        Refused(65535, "Invalid partition name: . Partition name should not be empty.", (await m.HasPartitionAsync(new() { CollectionName = "c" })).Status);
        Refused(65535, "Invalid partition name: p-q. Partition name can only contain numbers, letters and underscores.", await m.CreatePartitionAsync(new() { CollectionName = "c", PartitionName = "p-q" }));
        Refused(65535, "default partition cannot be deleted", await m.DropPartitionAsync(new() { CollectionName = "c", PartitionName = "_default" }));
        Refused(65535, "partition cannot be dropped, partition is loaded, please release it first", await m.DropPartitionAsync(new() { CollectionName = "c", PartitionName = "a" }));
        Refused(200, "partition not found[partition=z]", await m.LoadPartitionsAsync(new() { CollectionName = "c", PartitionNames = { "z" } }));
        Refused(200, "partition not found[partition=z]", await m.ReleasePartitionsAsync(new() { CollectionName = "c", PartitionNames = { "z" } }));
        Refused(65535, "failed to load partition, due to no partition specified", await m.LoadPartitionsAsync(new() { CollectionName = "c" }));
        Refused(1100, "invalid parameter[expected=any parttiion][actual=empty partition list]", await m.ReleasePartitionsAsync(new() { CollectionName = "c" }));
        Refused(1100, "can't change the replica number for loaded partitions: invalid parameter[expected=1][actual=2]", await m.LoadPartitionsAsync(new() { CollectionName = "c", PartitionNames = { "a" }, ReplicaNumber = 2 }));
        milvus.Control.AddCollection(new CollectionSpec { Name = "keyed", PartitionKey = true });
        foreach (var (verb, answer) in new[]
        {
            ("create partition", await m.CreatePartitionAsync(new() { CollectionName = "keyed", PartitionName = "p" })),
            ("drop partition", await m.DropPartitionAsync(new() { CollectionName = "keyed", PartitionName = "_default_1" })),
            ("load partitions", await m.LoadPartitionsAsync(new() { CollectionName = "keyed", PartitionNames = { "_default_1" } })),
            ("release partitions", await m.ReleasePartitionsAsync(new() { CollectionName = "keyed", PartitionNames = { "_default_1" } })),
        }) Refused(65535, $"disable {verb} if partition key mode is used", answer);
        milvus.Control.AddCollection(new CollectionSpec { Name = "bare", Index = null });
        Refused(700, "index not found[collection=bare]", await m.LoadPartitionsAsync(new() { CollectionName = "bare", PartitionNames = { "_default" } }));
    }

    [Theory]
    [InlineData("2.3")]
    [InlineData("g6")]
    public async Task Partitions_are_loaded_and_released_one_by_one(string generation)
    {
        await using var milvus = await Start(generation);
        var m = milvus.Milvus;
        Success(await m.ReleaseCollectionAsync(new() { CollectionName = "c" }));
        Refused(101, "collection not loaded[collection=" + milvus.Control.Find("c")!.Id + "]", await m.LoadPartitionsAsync(new() { CollectionName = "c", PartitionNames = { "a" }, Refresh = true }));

        Success(await m.LoadPartitionsAsync(new() { CollectionName = "c", PartitionNames = { "a" }, ReplicaNumber = 1 }));
        Assert.Equal((LoadState.Loading, LoadState.Loading, LoadState.NotLoad), (await State(m), await State(m, "a"), await State(m, "b")));
        milvus.Pass(5);
        Assert.Equal((LoadState.Loaded, LoadState.Loaded, LoadState.NotLoad), (await State(m), await State(m, "a"), await State(m, "a", "b")));
        Assert.Equal(1000, (await milvus.Served("c")).Sum(segment => segment.NumRows));
        Refused(201, $"partition not loaded[partition={await Id(m, "b")}]", (await m.GetLoadingProgressAsync(new() { CollectionName = "c", PartitionNames = { "b" } })).Status);

        // What loads beside it halves the collection's progress, and what served serves on.
        Success(await m.LoadPartitionsAsync(new() { CollectionName = "c", PartitionNames = { "b" }, ReplicaNumber = 1 }));
        Assert.Equal((LoadState.Loading, LoadState.Loaded, 50), (await State(m), await State(m, "a"), (await m.GetLoadingProgressAsync(new() { CollectionName = "c" })).Progress));
        Assert.Equal(1000, (await milvus.Served("c")).Sum(segment => segment.NumRows));
        milvus.Pass(5);
        Assert.Equal(2000, (await milvus.Served("c")).Sum(segment => segment.NumRows));

        Success(await m.ReleasePartitionsAsync(new() { CollectionName = "c", PartitionNames = { "a" } }));
        Assert.Equal((LoadState.Loaded, LoadState.NotLoad), (await State(m), await State(m, "a")));
        Assert.Equal(1000, (await milvus.Served("c")).Sum(segment => segment.NumRows));
        var shown = await m.ShowPartitionsAsync(Shown());
        Assert.Equal("b", Assert.Single(shown.PartitionNames));
        Assert.Equal(100, Assert.Single(Percentages(shown)));
        Refused(201, $"partition not loaded[partition={await Id(m, "a")}]", (await m.ShowPartitionsAsync(Shown("a"))).Status);
        Success(await m.DropPartitionAsync(new() { CollectionName = "c", PartitionName = "a" }));

        Success(await m.ReleasePartitionsAsync(new() { CollectionName = "c", PartitionNames = { "b" } }));
        Assert.Equal(LoadState.NotLoad, await State(m));
    }

    [Fact]
    public async Task A_new_partition_is_loaded_with_a_loaded_collection_and_not_beside_loaded_partitions()
    {
        await using var milvus = await Start("2.3");
        var m = milvus.Milvus;
        await m.CreatePartitionAsync(new() { CollectionName = "c", PartitionName = "later" });
        Assert.Equal(LoadState.Loaded, await State(m, "later"));

        await m.ReleaseCollectionAsync(new() { CollectionName = "c" });
        await m.LoadPartitionsAsync(new() { CollectionName = "c", PartitionNames = { "a" } });
        milvus.Pass(5);
        await m.CreatePartitionAsync(new() { CollectionName = "c", PartitionName = "latest" });
        Assert.Equal(LoadState.NotLoad, await State(m, "latest"));

        Success(await m.LoadCollectionAsync(new() { CollectionName = "c", ReplicaNumber = 1 }));
        milvus.Pass(5);
        await m.CreatePartitionAsync(new() { CollectionName = "c", PartitionName = "last" });
        Assert.Equal((LoadState.Loaded, LoadState.Loaded), (await State(m, "latest"), await State(m, "last")));
    }

    [Theory]
    [InlineData("2.3", 1)]
    [InlineData("g4", 0)]
    public async Task A_plan_whose_partition_is_dropped_fails_or_is_forgotten_and_makes_no_segment(string generation, int failed)
    {
        await using var milvus = await Start(generation);
        await milvus.Milvus.ReleaseCollectionAsync(new() { CollectionName = "c" });
        var id = (await milvus.Compact("c", generation == "2.3" ? 0 : RunningSimulator.Auto)).CompactionID;
        Assert.Equal(2, (await milvus.Plans(id)).MergeInfos.Count);

        Success(await milvus.Milvus.DropPartitionAsync(new() { CollectionName = "c", PartitionName = "a" }));
        milvus.Pass(60);

        Assert.Equal((CompactionState.Completed, failed), ((await milvus.State(id)).State, (int)(await milvus.State(id)).FailedPlanNo));
        Assert.Equal(1000, (await milvus.Segments("c")).Single().NumRows);
    }

    [Theory]
    [InlineData("2.3", null, 64)]
    [InlineData("g4", null, 16)]
    [InlineData("2.3", 5, 5)]
    public async Task A_partition_key_makes_as_many_partitions_as_the_generation_does(string generation, int? asked, int partitions)
    {
        await using var milvus = await RunningSimulator.Start(generation);
        milvus.Control.AddCollection(new CollectionSpec { Name = "keyed", PartitionKey = true, NumPartitions = asked });
        Assert.Equal(partitions, (await milvus.Milvus.DescribeCollectionAsync(new() { CollectionName = "keyed" })).NumPartitions);
    }

    [Fact]
    public async Task Lite_has_partitions_and_loads_none_by_itself()
    {
        await using var milvus = await RunningSimulator.Start("lite");
        var m = milvus.Milvus;
        Success(await m.CreatePartitionAsync(new() { CollectionName = "books", PartitionName = "p" }));
        Assert.Equal(200, (await m.DropPartitionAsync(new() { CollectionName = "books", PartitionName = "z" })).Code);
        Success(await m.DropPartitionAsync(new() { CollectionName = "books", PartitionName = "p" }));
        var refused = await Assert.ThrowsAsync<Grpc.Core.RpcException>(async () => await m.LoadPartitionsAsync(new() { CollectionName = "books", PartitionNames = { "_default" } }));
        Assert.Equal(Grpc.Core.StatusCode.Unimplemented, refused.StatusCode);
    }

    private static async Task<RunningSimulator> Start(string generation)
    {
        var milvus = await RunningSimulator.Start(generation);
        milvus.Control.AddCollection(new CollectionSpec
        {
            Name = "c",
            Partitions = ["_default", "a", "b"],
            Segments = [new() { Rows = 500, Count = 2, Partition = "a" }, new() { Rows = 500, Count = 2, Partition = "b" }],
        });
        return milvus;
    }

    private static async Task<string> Rows(MilvusService.MilvusServiceClient m, string partition) =>
        (await m.GetPartitionStatisticsAsync(new() { CollectionName = "c", PartitionName = partition })).Stats.Single().Value;

    private static async Task<LoadState> State(MilvusService.MilvusServiceClient m, params string[] partitions) =>
        (await m.GetLoadStateAsync(new() { CollectionName = "c", PartitionNames = { partitions } })).State;

    private static async Task<long> Id(MilvusService.MilvusServiceClient m, string partition)
    {
        var all = await m.ShowPartitionsAsync(new() { CollectionName = "c" });
        return all.PartitionIDs[all.PartitionNames.IndexOf(partition)];
    }

#pragma warning disable CS0612 // Deprecated in the proto, and still what old clients ask for.
    private static ShowPartitionsRequest Shown(params string[] names) => new() { CollectionName = "c", Type = ShowType.InMemory, PartitionNames = { names } };

    private static long[] Percentages(ShowPartitionsResponse shown) => [.. shown.InMemoryPercentages];
#pragma warning restore CS0612

    private static void Success(Status status) => Assert.Equal((0, ""), (status.Code, status.Reason));

    private static void Refused(int code, string reason, Status status) => Assert.Equal((code, reason), (status.Code, status.Reason));
}
