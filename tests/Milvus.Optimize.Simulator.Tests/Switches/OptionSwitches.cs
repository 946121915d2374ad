namespace Milvus.Optimize.Simulator.Tests.Switches;

/// <summary>What a simulator is started with, as far as it is no port, no file and no table of its own.</summary>
internal static class OptionSwitches
{
    /// <summary>Looked at elsewhere: <see cref="HttpPortTests"/>, <see cref="KeptWorldTests"/>, the log in many, and the other tables.</summary>
    public static IReadOnlyList<string> Elsewhere { get; } =
    [
        nameof(SimulatorOptions.Port), nameof(SimulatorOptions.AdminPort), nameof(SimulatorOptions.ManagementPort),
        nameof(SimulatorOptions.LogFile), nameof(SimulatorOptions.DataFile), nameof(SimulatorOptions.TimeProvider),
        nameof(SimulatorOptions.Timings), nameof(SimulatorOptions.Settings), nameof(SimulatorOptions.Overrides), nameof(SimulatorOptions.Faults),
    ];

    public static IReadOnlyList<Switch> All { get; } =
    [
        Option("Generation", "2.6.17", "3.0.2", o => o with { Generation = "g6" }, async c => (await c.Milvus.GetVersionAsync(new())).Version),
        Option("Scenario", "6", "1", o => o with { Scenario = "merged" }, async c => $"{(await c.Segments()).Count}"),
        Option("Speed", "Executing", "Completed", o => o with { Speed = 100 }, async c => $"{await c.State(await c.CompactFor(1))}"),
        Option("Token", "0", "Unauthenticated", o => o with { Token = "root:Milvus" }, c => PlainClient.Said(c.Milvus.GetVersionAsync(new()))),
        Option("Users", "0", "Unauthenticated", o => o with { Users = [new("ann", "secret")] }, c => PlainClient.Said(c.Milvus.GetVersionAsync(new()))),
    ];

    private static Switch Option(string name, string without, string with, Func<SimulatorOptions, SimulatorOptions> turn, Func<PlainClient, Task<string>> see) =>
        new($"options.{name}", without, with, see) { Turn = turn };
}
