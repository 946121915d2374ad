using Grpc.Core;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>What an SDK asks a server before anything else, and the list of aliases: as a real 2.3.5 answered beside the simulator.</summary>
public sealed class HealthAndAliasTests
{
    public static TheoryData<string> Generations => [.. GenerationRules.Names];

    [Theory]
    [MemberData(nameof(Generations))]
    public async Task A_server_is_healthy(string generation)
    {
        await using var milvus = await RunningSimulator.Start(generation);
        Assert.Equal(new CheckHealthResponse { Status = new(), IsHealthy = true }, await milvus.Milvus.CheckHealthAsync(new()));
        if (generation == "lite")
        {
            Assert.Equal(StatusCode.Unimplemented, (await Assert.ThrowsAsync<RpcException>(async () => await milvus.Milvus.GetComponentStatesAsync(new()))).StatusCode);
            return;
        }

        var proxy = await milvus.Milvus.GetComponentStatesAsync(new());
        Assert.Equal(0, proxy.Status.Code);
        Assert.Equal((1L, "proxy", StateCode.Healthy), (proxy.State.NodeID, proxy.State.Role, proxy.State.StateCode));
    }

    [Fact]
    public async Task Aliases_are_listed_of_one_collection_by_its_own_name_or_of_a_database()
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        var m = milvus.Milvus;
        await m.CreateAliasAsync(new() { CollectionName = "films", Alias = "cinema" });
        Assert.Equal(["library"], (await m.ListAliasesAsync(new() { CollectionName = "books" })).Aliases);
        Assert.Empty((await m.ListAliasesAsync(new() { CollectionName = "empty" })).Aliases);
        Assert.Equal(["cinema", "library"], (await m.ListAliasesAsync(new())).Aliases.Order());
        foreach (var name in (string[])["no", "library"])
        {
            var refused = await m.ListAliasesAsync(new() { CollectionName = name });
            Assert.Equal((100, $"collection not found[collection={name}]", 0), (refused.Status.Code, refused.Status.Reason, refused.Aliases.Count));
        }

        await m.CreateDatabaseAsync(new() { DbName = "other" });
        Assert.Empty((await m.ListAliasesAsync(new() { DbName = "other" })).Aliases);
        await m.DropAliasAsync(new() { Alias = "cinema" });
        Assert.Equal(["library"], (await m.ListAliasesAsync(new())).Aliases);
    }

    [Fact]
    public async Task Lite_lists_the_aliases_of_an_alias_too()
    {
        await using var milvus = await RunningSimulator.Start("lite");
        Assert.Equal(["library"], (await milvus.Milvus.ListAliasesAsync(new() { CollectionName = "library" })).Aliases);
    }
}
