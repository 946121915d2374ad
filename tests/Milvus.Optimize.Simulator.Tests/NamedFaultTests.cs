using Grpc.Core;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>A fault of "database/collection" leaves namesakes in other databases alone; a bare name strikes them all.</summary>
public sealed class NamedFaultTests
{
    private static readonly CollectionSpec Namesake = new() { Name = "books", Database = "archive", Segments = [new() { Rows = 50_000, Count = 6 }] };

    [Theory]
    [InlineData("archive/books", "0 Unavailable 0 Unavailable")]
    [InlineData("default/books", "Unavailable 0 Unavailable 0")]
    [InlineData("books", "Unavailable Unavailable Unavailable Unavailable")]
    [InlineData("other/books", "0 0 0 0")]
    public async Task Of_calls_by_name(string collection, string said)
    {
        await using var milvus = await Start();
        milvus.Control.ArmFault(new ErrorBeforeEffect("Flush") { Collection = collection, Count = 100 });
        var header = new Metadata { { "dbname", "archive" } };
        var heard = new List<string>();
        foreach (var call in (AsyncUnaryCall<FlushResponse>[])
                 [Flush("", null), Flush("archive", null), Flush("default", header), Flush("", header)]) heard.Add(await Switches.PlainClient.Said(call));
        Assert.Equal(said, string.Join(' ', heard));

        AsyncUnaryCall<FlushResponse> Flush(string database, Metadata? headers) =>
            milvus.Milvus.FlushAsync(new() { DbName = database, CollectionNames = { "books" } }, headers);
    }

    [Theory]
    [InlineData("archive/books", "0 Unavailable")]
    [InlineData("default/books", "Unavailable 0")]
    public async Task Of_a_compaction_where_its_header_does_not_count(string collection, string said)
    {
        await using var milvus = await RunningSimulator.Start(scenario: "header-ignored");
        milvus.Control.ArmFault(new ErrorBeforeEffect("ManualCompaction") { Collection = collection, Count = 100 });
        var byHeader = await Switches.PlainClient.Said(Compact("", new Metadata { { "dbname", "archive" } }));
        Assert.Equal(said, $"{byHeader} {await Switches.PlainClient.Said(Compact("archive", null))}");
        Assert.Equal(["default", "archive"], milvus.Triggers.Select(line => line.Database));

        AsyncUnaryCall<ManualCompactionResponse> Compact(string database, Metadata? headers) =>
            milvus.Milvus.ManualCompactionAsync(new() { DbName = database, CollectionName = "books", TargetSize = RunningSimulator.Auto }, headers);
    }

    [Fact]
    public async Task Of_calls_by_an_id_alone()
    {
        await using var milvus = await Start("2.3");
        var archive = milvus.Control.Find("books", "archive")!.Id;
        var plans = (await milvus.Milvus.ManualCompactionAsync(new() { CollectionID = archive })).CompactionID;
        var others = (await milvus.Milvus.ManualCompactionAsync(new() { CollectionID = milvus.Books.Id })).CompactionID;
        milvus.Control.ArmFault(new ErrorBeforeEffect("GetCompactionState") { Collection = "archive/books" });
        milvus.Control.ArmFault(new ErrorBeforeEffect("ManualCompaction") { Collection = "archive/books" });
        await milvus.State(others);
        await milvus.Milvus.ManualCompactionAsync(new() { CollectionID = milvus.Books.Id });
        await Assert.ThrowsAsync<RpcException>(() => milvus.State(plans));
        await Assert.ThrowsAsync<RpcException>(async () => await milvus.Milvus.ManualCompactionAsync(new() { CollectionID = archive }));
    }

    [Theory]
    [InlineData("planFailed", 6)]
    [InlineData("planForgotten", 6)]
    [InlineData("enqueueFailed", 6)]
    public async Task Of_the_servers_own_work(string kind, int segments)
    {
        await using var milvus = await Start();
        milvus.Control.ArmFault(FaultText.Parse($"{kind},collection=archive/books"));
        await milvus.Compact();
        await milvus.Milvus.ManualCompactionAsync(new() { DbName = "archive", CollectionName = "books", TargetSize = RunningSimulator.Auto });
        milvus.Pass(60);
        Assert.Equal((1, segments), (milvus.Books.Segments.Count, milvus.Control.Find("books", "archive")!.Segments.Count));
    }

    [Theory]
    [InlineData("indexBuildFailed")]
    [InlineData("indexBuildStuck")]
    public async Task Of_index_builds(string kind)
    {
        await using var milvus = await Start();
        milvus.Control.ArmFault(FaultText.Parse($"{kind},collection=archive/books"));
        await milvus.Compact();
        await milvus.Milvus.ManualCompactionAsync(new() { DbName = "archive", CollectionName = "books", TargetSize = RunningSimulator.Auto });
        milvus.Pass(60);
        Assert.True(milvus.Books.Segments.Single().IsIndexed);
        Assert.False(milvus.Control.Find("books", "archive")!.Segments.Single().IsIndexed);
    }

    [Fact]
    public async Task Of_a_collection_that_moved_to_another_database_meanwhile()
    {
        await using var milvus = await Start();
        milvus.Control.ArmFault(new PlanFailed { Collection = "archive/moved" });
        await milvus.Compact("films");
        Assert.Equal(0, (await milvus.Milvus.RenameCollectionAsync(new() { OldName = "films", NewName = "moved", NewDBName = "archive" })).Code);
        milvus.Pass(60);
        Assert.Equal(4, milvus.Control.Find("moved", "archive")!.Segments.Count);
    }

    [Fact]
    public async Task Plans_are_forgotten_of_one_database()
    {
        await using var milvus = await Start();
        await milvus.Compact();
        await milvus.Milvus.ManualCompactionAsync(new() { DbName = "archive", CollectionName = "books", TargetSize = RunningSimulator.Auto });
        milvus.Control.ForgetPlans("archive/books");
        milvus.Pass(60);
        Assert.Equal((1, 6), (milvus.Books.Segments.Count, milvus.Control.Find("books", "archive")!.Segments.Count));
    }

    [Fact]
    public async Task The_log_tells_calls_apart_by_what_their_requests_say()
    {
        await using var milvus = await Start();
        await milvus.Compact();
        await milvus.Compact();
        await milvus.Compact("films");
        var hashes = milvus.Triggers.Select(line => line.RequestSha256!).ToList();
        Assert.All(hashes, hash => Assert.Matches("^[0-9a-f]{64}$", hash));
        Assert.Equal(hashes[0], hashes[1]);
        Assert.NotEqual(hashes[0], hashes[2]);
    }

    private static async Task<RunningSimulator> Start(string generation = "g4")
    {
        var milvus = await RunningSimulator.Start(generation);
        milvus.Control.AddCollection(Namesake);
        return milvus;
    }
}
