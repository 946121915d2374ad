using Milvus.Optimize.Actors.Tests;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Gateway;

namespace Milvus.Optimize.RealServer.Tests;

/// <summary>A gateway and a way past it to make collections and to look at them.</summary>
internal abstract class ContractWorld : IAsyncDisposable
{
    public abstract IMilvusGateway Gateway { get; }

    public abstract Task<CollectionName> MakeAsync(string name, int segments, bool load);

    public abstract Task AliasAsync(string collection, string alias);

    /// <summary>Ids of the flushed segments.</summary>
    public abstract Task<long[]> SegmentsAsync(CollectionName collection);

    public abstract ValueTask DisposeAsync();
}

/// <summary>The real gateway over a server, which is filled by a plain gRPC client.</summary>
internal sealed class ServerWorld(Uri address, IAsyncDisposable? server = null) : ContractWorld
{
    private readonly Seed _seed = new(address);
    private readonly MilvusGateway _gateway = new(new() { Address = address }, TimeProvider.System);

    public override IMilvusGateway Gateway => _gateway;

    public override async Task<CollectionName> MakeAsync(string name, int segments, bool load) =>
        (await _gateway.DescribeCollectionAsync("default", await _seed.MakeAsync(new(name, segments, Load: load)), default)).Name;

    public override Task AliasAsync(string collection, string alias) => _seed.AliasAsync(collection, alias);

    public override Task<long[]> SegmentsAsync(CollectionName collection) => _seed.SegmentsAsync(collection.Name);

    public override async ValueTask DisposeAsync()
    {
        _seed.Dispose();
        await _gateway.DisposeAsync();
        if (server is not null) await server.DisposeAsync();
    }
}

/// <summary>The gateway that the actors' tests script.</summary>
internal sealed class ScriptedWorld : ContractWorld
{
    private readonly ScriptedGateway _gateway = new();

    public override IMilvusGateway Gateway => _gateway;

    public override Task<CollectionName> MakeAsync(string name, int segments, bool load) => Task.FromResult(_gateway.Make(name, segments, load));

    public override Task AliasAsync(string collection, string alias)
    {
        _gateway.Alias(collection, alias);
        return Task.CompletedTask;
    }

    public override async Task<long[]> SegmentsAsync(CollectionName collection) =>
        [.. (await _gateway.ListSegmentsAsync(collection, default))!.Value.Select(s => s.Id).Order()];

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
