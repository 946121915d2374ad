using System.Text.Json;

namespace Milvus.Optimize.Simulator;

/// <summary>The set-ups that come with the simulator. Each is a small JSON file beside this one, embedded, so that they can be read and copied.</summary>
public static class Scenarios
{
    public const string Default = "pleasant";

    private const string Prefix = "scenario/";

    private static readonly Lazy<IReadOnlyList<Scenario>> Loaded = new(Load);

    /// <summary>All of them, the default one first.</summary>
    public static IReadOnlyList<Scenario> All => Loaded.Value;

    public static Scenario Of(string name) =>
        All.FirstOrDefault(scenario => scenario.Name == name)
        ?? throw new ArgumentException($"'{name}' is no scenario of the simulator; there are {string.Join(", ", All.Select(scenario => scenario.Name))}");

    private static IReadOnlyList<Scenario> Load()
    {
        var assembly = typeof(Scenarios).Assembly;
        var scenarios =
            from resource in assembly.GetManifestResourceNames()
            where resource.StartsWith(Prefix, StringComparison.Ordinal)
            let name = resource[Prefix.Length..]
            orderby name != Default, name
            select Read(name, assembly.GetManifestResourceStream(resource)!);
        return [.. scenarios];
    }

    private static Scenario Read(string name, Stream stream)
    {
        using (stream)
        {
            var scenario = JsonSerializer.Deserialize<Scenario>(stream, SimulatorJson.Options) ?? throw new InvalidDataException($"scenario {name} is empty");
            return scenario with { Name = name };
        }
    }
}
