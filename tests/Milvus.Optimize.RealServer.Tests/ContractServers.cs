using System.Collections.Concurrent;
using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.RealServer.Tests;

/// <summary>The servers that the gateway's contract is held against, each started once: two generations of the simulator, and the real one where there is one.</summary>
public sealed class ContractServers(SharedMilvus real) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Task<SimulatorServer>> _simulators = new();

    public static TheoryData<string> Names => RealMilvus.Missing is null ? new("simulator 2.3", "simulator g4", "real") : new("simulator 2.3", "simulator g4");

    public async Task<Uri> AddressAsync(string name) => name == "real"
        ? real.Address
        : (await _simulators.GetOrAdd(name, n => SimulatorServer.StartAsync(new() { Generation = n["simulator ".Length..], Speed = 10 }))).Address;

    public async ValueTask DisposeAsync()
    {
        foreach (var simulator in _simulators.Values) await (await simulator).DisposeAsync();
    }
}
