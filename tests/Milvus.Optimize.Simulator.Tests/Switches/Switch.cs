namespace Milvus.Optimize.Simulator.Tests.Switches;

/// <summary>One switch of the simulator, and what a client sees of it: the same look at two servers that differ in nothing else has to give two answers.
/// A rule ("rule.*") is looked at in two generations, which differ in other rules too: there only the answers say that it is this one.</summary>
/// <param name="Name">"settings.EnableCompaction", "fault.hang": as <see cref="EverySwitchTests"/> finds it in the code.</param>
/// <param name="Without">What is seen where the switch is as it is, by default.</param>
/// <param name="With">What is seen where it is turned.</param>
internal sealed record Switch(string Name, string Without, string With, Func<PlainClient, Task<string>> See)
{
    public string Generation { get; init; } = "g4";

    /// <summary>The other server's, where a rule of generations is looked at.</summary>
    public string? TurnedGeneration { get; init; }

    public string Scenario { get; init; } = "pleasant";

    /// <summary>Where the look needs more than the scenario has.</summary>
    public CollectionSpec? Collection { get; init; }

    /// <summary>What both servers have beside the switch.</summary>
    public Func<SimulatorOptions, SimulatorOptions> Both { get; init; } = options => options;

    public Func<SimulatorOptions, SimulatorOptions> Turn { get; init; } = options => options;

    public override string ToString() => $"{Name}: {Without} -> {With}";
}
