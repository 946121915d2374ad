using Grpc.Core;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>Users with and without grants; the texts are those of 2.3.5 (milvus-facts 17.2).</summary>
public sealed class AccessTests
{
    [Theory]
    [InlineData("2.3", "PrivilegeCompaction: permission deny to viewer", "PrivilegeLoad: permission deny to viewer")]
    [InlineData("g4", "PrivilegeCompaction: permission deny to viewer in the `default` database", "PrivilegeGetLoadState: permission deny to viewer in the `default` database")]
    public async Task A_user_without_grants_is_denied_by_gRPC_status(string generation, string compaction, string load)
    {
        await using var milvus = await Start(generation);
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await milvus.Milvus.ManualCompactionAsync(new() { CollectionName = "books", CollectionID = 1 }, As("viewer:secret")));
        Assert.Equal((StatusCode.PermissionDenied, compaction), (refused.StatusCode, refused.Status.Detail));
        Assert.Equal(("PermissionDenied", false), (milvus.Triggers.Single().GrpcStatus, milvus.Triggers.Single().Effect));

        refused = await Assert.ThrowsAsync<RpcException>(async () => await milvus.Milvus.GetLoadingProgressAsync(new() { CollectionName = "books" }, As("viewer:secret")));
        Assert.Equal(load, refused.Status.Detail);
        Assert.Equal(0, (await milvus.Milvus.DescribeCollectionAsync(new() { CollectionName = "books" }, As("viewer:secret"))).Status.Code);
        Assert.Equal(0, (await milvus.Milvus.GetCompactionStateAsync(new(), As("viewer:secret"))).Status.Code);
    }

    [Theory]
    [InlineData("root:Milvus")]
    [InlineData("compactor:x")]
    public async Task A_grant_or_all_of_them_let_the_call_through(string user)
    {
        await using var milvus = await Start("g4");
        Assert.True((await milvus.Milvus.ManualCompactionAsync(new() { CollectionName = "books", TargetSize = RunningSimulator.Auto }, As(user))).CompactionID > 0);
    }

    [Fact]
    public async Task Without_credentials_nothing_is_answered_the_handshake_neither()
    {
        await using var milvus = await Start("g4");
        foreach (var call in new Func<Task>[] { async () => await milvus.Milvus.GetVersionAsync(new()), async () => await milvus.Milvus.ConnectAsync(new()) })
        {
            var refused = await Assert.ThrowsAsync<RpcException>(call);
            Assert.Equal((StatusCode.Unauthenticated, "missing authorization in header"), (refused.StatusCode, refused.Status.Detail));
        }
    }

    private static Task<RunningSimulator> Start(string generation) => RunningSimulator.Start(generation, more: o => o with
    {
        Users = [new("root", "Milvus") { Grants = ["*"] }, new("viewer", "secret"), new("compactor", "x") { Grants = ["Compaction"] }],
    });

    private static Metadata As(string user) => new() { { "authorization", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(user)) } };
}
