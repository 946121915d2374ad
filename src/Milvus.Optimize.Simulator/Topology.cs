namespace Milvus.Optimize.Simulator;

/// <summary>The nodes behind the proxy, as far as a force merge asks: their memory bounds what a segment may grow to.</summary>
public sealed record Topology
{
    /// <summary>Of the machine on which 2.3.5 was recorded.</summary>
    public const long DefaultMemoryBytes = 25_276_063_744;

    public IReadOnlyList<long> QueryNodeMemoryBytes { get; init; } = [DefaultMemoryBytes];

    public IReadOnlyList<long> DataNodeMemoryBytes { get; init; } = [DefaultMemoryBytes];

    /// <summary>One process has every role, so that query and data node share its memory.</summary>
    public bool IsStandalone { get; init; } = true;

    /// <summary>Data nodes come from a pool, which tells no memory: 32 GB are assumed.</summary>
    public bool IsPooled { get; init; }
}
