namespace Milvus.Optimize.Cluster.Tests;

/// <summary>One bed for the tests of a class, which leave it as they like: each makes it ready for itself.</summary>
public sealed class BedFixture : IAsyncLifetime
{
    private ClusterBed? _bed;

    public async Task InitializeAsync()
    {
        if (DatabaseServer.Missing is null) _bed = await ClusterBed.CreateAsync(callTimeout: 5);
    }

    public async Task DisposeAsync()
    {
        if (_bed is not null) await _bed.DisposeAsync();
    }

    internal async Task<ClusterBed> ReadyAsync()
    {
        await _bed!.ReadyAsync();
        return _bed;
    }
}
