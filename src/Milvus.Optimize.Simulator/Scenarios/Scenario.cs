using System.Text.Json.Serialization;

namespace Milvus.Optimize.Simulator;

/// <summary>A named world to start with: collections, faults that wait, somebody else's work that already runs.</summary>
public sealed record Scenario
{
    [JsonIgnore]
    public string Name { get; init; } = "";

    /// <summary>One sentence for a list.</summary>
    public required string About { get; init; }

    public ServerTimings? Timings { get; init; }

    public ServerSettings? Settings { get; init; }

    public IReadOnlyList<CollectionSpec> Collections { get; init; } = [];

    public IReadOnlyList<Fault> Faults { get; init; } = [];

    /// <summary>With any at all, every call needs credentials.</summary>
    public IReadOnlyList<UserSpec> Users { get; init; } = [];

    public IReadOnlyList<ForeignCompactionSpec> ForeignCompactions { get; init; } = [];
}

/// <summary>A compaction that nobody of ours asked for, running from the first moment; null segments means all.</summary>
public sealed record ForeignCompactionSpec(string Collection, double Seconds, int? Segments = null);
