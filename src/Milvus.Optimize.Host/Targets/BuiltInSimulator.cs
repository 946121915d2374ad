using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.Host.Targets;

/// <summary>The simulator inside a node, for a first try without a Milvus. Its world is kept in the state folder, so a run outlives the node there too.</summary>
internal sealed class BuiltInSimulator(string dataFile) : IAsyncDisposable
{
    private SimulatorServer? _server;

    /// <summary>Names of the collections that it begins with.</summary>
    public static IReadOnlyList<string> Collections { get; } =
        [.. Scenarios.All.Single(s => s.Name == Scenarios.Default).Collections.Select(c => c.Name)];

    public async Task<Uri> StartAsync(CancellationToken cancellationToken)
    {
        _server ??= await SimulatorServer.StartAsync(new SimulatorOptions { Port = 0, DataFile = dataFile }, cancellationToken);
        return _server.Address;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
