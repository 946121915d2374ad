using Grpc.Core;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Wire;
using WireStatus = Milvus.Optimize.Wire.Status;

namespace Milvus.Optimize.Gateway.Tests;

public sealed class CollectionFinderTests
{
    private static readonly WireStatus Ok = new();

    [Fact]
    public async Task The_id_leads_to_the_present_name()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.Answer<DescribeCollectionRequest>("DescribeCollection", r => Described("db1", "renamed", r.CollectionID));
        await using var gateway = Gateways.To(server);
        Assert.Equal(new CollectionName("db1", "renamed", 42), (await gateway.FindCollectionAsync("db1", 42, default))!.Name);
        Assert.Equal((42L, "", "db1"), (server.Last<DescribeCollectionRequest>("DescribeCollection").CollectionID, server.Last<DescribeCollectionRequest>("DescribeCollection").CollectionName, server.Last<DescribeCollectionRequest>("DescribeCollection").DbName));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1100)]
    public async Task What_the_id_does_not_find_the_lists_may(int code)
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.Answer<DescribeCollectionRequest>("DescribeCollection", r => r.CollectionID != 0 ? Refused(code) : Described(r.DbName, r.CollectionName, 42));
        Lists(server, ("default", "other", 41), ("db2", "moved", 42));
        await using var gateway = Gateways.To(server);
        Assert.Equal(new CollectionName("db2", "moved", 42), (await gateway.FindCollectionAsync("db1", 42, default))!.Name);
    }

    [Fact]
    public async Task Another_id_in_the_answer_is_another_collection()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.Answer<DescribeCollectionRequest>("DescribeCollection", r => Described("db1", "books", 43));
        Lists(server, ("db1", "books", 43));
        await using var gateway = Gateways.To(server);
        Assert.Null(await gateway.FindCollectionAsync("db1", 42, default));
        Assert.Equal(1, server.Count("ShowCollections"));
    }

    [Fact]
    public async Task A_failing_list_is_no_proof_of_absence()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.Answer("DescribeCollection", Refused(100));
        Lists(server, ("db1", "books", 43));
        server.Fail("ShowCollections", StatusCode.Unavailable, "down");
        await using var gateway = Gateways.To(server);
        Assert.Equal(MilvusFailureKind.Transient, (await Gateways.FailureOf(() => gateway.FindCollectionAsync("db1", 42, default))).Kind);
    }

    [Theory]
    [InlineData(StatusCode.Unimplemented)]
    [InlineData(StatusCode.PermissionDenied)]
    public async Task Without_a_list_of_databases_the_known_one_is_listed(StatusCode status)
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.Answer("DescribeCollection", Refused(100));
        Lists(server);
        server.Fail("ListDatabases", status, "no");
        await using var gateway = Gateways.To(server);
        Assert.Null(await gateway.FindCollectionAsync("db1", 42, default));
        Assert.Equal("db1", server.Last<ShowCollectionsRequest>("ShowCollections").DbName);
    }

    [Fact]
    public async Task A_collection_that_moves_under_our_hands_is_asked_for_again_by_the_caller()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.Answer("DescribeCollection", Refused(100));
        Lists(server, ("db1", "books", 42));
        await using var gateway = Gateways.To(server);
        Assert.Equal(MilvusFailureKind.Transient, (await Gateways.FailureOf(() => gateway.FindCollectionAsync("db1", 42, default))).Kind);
    }

    private static void Lists(ScriptedMilvus server, params (string Database, string Name, long Id)[] collections)
    {
        var databases = new ListDatabasesResponse { Status = Ok };
        databases.DbNames.AddRange(collections.Select(c => c.Database).Distinct());
        server.Answer("ListDatabases", databases);
        server.Answer<ShowCollectionsRequest>("ShowCollections", request =>
        {
            var answer = new ShowCollectionsResponse { Status = Ok };
            foreach (var (_, name, id) in collections.Where(c => c.Database == request.DbName))
            {
                answer.CollectionNames.Add(name);
                answer.CollectionIds.Add(id);
            }
            return answer;
        });
    }

    private static DescribeCollectionResponse Described(string database, string name, long id) =>
        new() { Status = Ok, DbName = database, CollectionName = name, CollectionID = id, ShardsNum = 1 };

    private static DescribeCollectionResponse Refused(int code) => new() { Status = new() { Code = code, Reason = "no" } };
}
