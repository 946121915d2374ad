using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.RealServer.Tests;

/// <summary>What the contract is held against: a gateway of values, the real gateway over two generations of the simulator, and over a real Milvus.</summary>
internal static class ContractWorlds
{
    public static async Task<ContractWorld> OpenAsync(string name, SharedMilvus real) => name switch
    {
        "scripted" => new ScriptedWorld(),
        "real" => new ServerWorld(real.Address),
        _ => await SimulatedAsync(name["simulator ".Length..]),
    };

    private static async Task<ContractWorld> SimulatedAsync(string generation)
    {
        var simulator = await SimulatorServer.StartAsync(new() { Generation = generation, Speed = 10 });
        return new ServerWorld(simulator.Address, simulator);
    }
}
