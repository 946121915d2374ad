using System.Net.Http.Json;
using Grpc.Core;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>The fault 'auth': a call is refused as one with a wrong password is, in the same words.</summary>
public sealed class CredentialFaultTests
{
    [Fact]
    public async Task A_call_is_refused_as_with_a_wrong_password_and_nothing_was_done()
    {
        await using var guarded = await RunningSimulator.Start(more: options => options with { Token = "root:Milvus" });
        var wrong = new Metadata { { "authorization", Convert.ToBase64String("root:milvus"u8) } };
        var real = await Assert.ThrowsAsync<RpcException>(async () => await guarded.Milvus.GetVersionAsync(new(), wrong));

        await using var milvus = await RunningSimulator.Start(more: options => options with { Faults = [FaultText.Parse("auth,rpc=ManualCompaction,collection=books,count=2")] });
        Assert.True((await milvus.Compact("films")).CompactionID > 0);
        for (var i = 0; i < 2; i++) Assert.Equal(real.Status, (await Assert.ThrowsAsync<RpcException>(() => milvus.Compact())).Status);
        Assert.Equal([true, false, false], milvus.Triggers.Select(line => line.Effect));
        Assert.True((await milvus.Compact()).CompactionID > 0);
    }

    [Fact]
    public async Task It_comes_over_the_admin_port_while_the_server_runs()
    {
        await using var milvus = await RunningSimulator.Start(more: options => options with { AdminPort = 0 });
        using var http = new HttpClient { BaseAddress = milvus.Server.AdminAddress };
        Assert.True((await http.PostAsJsonAsync("/faults", new { kind = "auth", rpc = "DescribeCollection" })).IsSuccessStatusCode);
        Assert.Contains("\"auth\"", await http.GetStringAsync("/faults"), StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await milvus.Milvus.DescribeCollectionAsync(new() { CollectionName = "books" }));
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
        Assert.Equal(0, (await milvus.Milvus.DescribeCollectionAsync(new() { CollectionName = "books" })).Status.Code);
    }
}
