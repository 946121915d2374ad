namespace Milvus.Optimize.Simulator;

/// <summary>How a simulator is started. Every default gives a pleasant 2.6.17 on a free loopback port, in memory, at the pace of the wall clock.</summary>
public sealed record SimulatorOptions
{
    /// <summary>TCP port on the loopback interface; 0 takes any free one.</summary>
    public int Port { get; init; }

    /// <summary>Port of the simulator's own HTTP interface, 0 for any free one; null opens none.</summary>
    public int? AdminPort { get; init; }

    /// <summary>Port for what a Milvus shows on 9091, 0 for any free one; null opens none.</summary>
    public int? ManagementPort { get; init; }

    /// <summary>Which Milvus it behaves as: one of <see cref="GenerationRules.Names"/>.</summary>
    public string Generation { get; init; } = "g4";

    /// <summary>Name of the set-up in <see cref="Scenarios"/>. It counts only when <see cref="DataFile"/> holds no world yet.</summary>
    public string Scenario { get; init; } = Scenarios.Default;

    /// <summary>Server time runs this many times faster than the <see cref="TimeProvider"/>; more than 0.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Durations of the server's work; null takes those of the scenario.</summary>
    public ServerTimings? Timings { get; init; }

    /// <summary>The server's configuration; null takes that of the scenario.</summary>
    public ServerSettings? Settings { get; init; }

    /// <summary>Single settings of this life alone, on top of <see cref="Settings"/>, those of the scenario or of the data file; none by default.</summary>
    public SettingsOverrides Overrides { get; init; } = new();

    /// <summary>File that gets a JSON line for every state-changing call; null keeps the log in memory only.</summary>
    public string? LogFile { get; init; }

    /// <summary>File that keeps what a real server keeps over a kill; null keeps nothing.</summary>
    public string? DataFile { get; init; }

    /// <summary>"user:password" or an API key that every call must carry; null asks for none. A password that was set over the wire, in a world from a data file, stays.</summary>
    public string? Token { get; init; }

    /// <summary>Users with their grants, beside those of the scenario; any at all make credentials necessary. In a world from a data file those keep their passwords who were given one over the wire.</summary>
    public IReadOnlyList<UserSpec> Users { get; init; } = [];

    /// <summary>Faults that wait from the first moment, beside those of the scenario. A world from a data file has those that are left of its own: none strikes twice.</summary>
    public IReadOnlyList<Fault> Faults { get; init; } = [];

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
