namespace Milvus.Optimize.RealServer.Tests;

/// <summary>A test that needs a real Milvus; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealServerFactAttribute : FactAttribute
{
    public RealServerFactAttribute() => Skip = RealMilvus.Missing;
}

/// <summary>A test that kills a real Milvus; skipped, with the reason, where none can be started.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KillableServerTheoryAttribute : TheoryAttribute
{
    public KillableServerTheoryAttribute() => Skip = RealMilvus.MissingScript;
}

/// <summary>One server for all tests of the collection; made at the first use, so that a skipped run starts none.</summary>
public sealed class SharedMilvus : IAsyncLifetime
{
    private RealMilvus? _server;

    public Uri Address => _server!.Address;

    public async Task InitializeAsync()
    {
        if (RealMilvus.Missing is null) _server = await RealMilvus.ConnectOrStartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }
}

[CollectionDefinition("real server")]
public sealed class RealServerCollection : ICollectionFixture<SharedMilvus>;
