namespace Milvus.Optimize.Core.Milvus;

/// <summary>A server's version text and the generations of force merge it may belong to.</summary>
/// <param name="Version">As the server sends it.</param>
/// <param name="Generation">What the version allows; never a reason to refuse.</param>
public sealed record ServerDescription(string Version, GenerationRange Generation);

/// <summary>
/// Generations of force merge, oldest first. <c>Lite</c> never compacts; <c>V23</c> and <c>G0</c> merge plainly and ignore <c>target_size</c>; <c>G1</c>
/// reads every target as automatic; <c>G2</c> reads it as bytes; <c>G3</c> on as megabytes; <c>G6</c> lists plans by collection.
/// </summary>
public enum Generation { Lite, V23, G0, G1, G2, G3, G4, G5, G6 }

/// <summary>The oldest and the newest generation that a server may be; both null when its version says nothing.</summary>
public sealed record GenerationRange(Generation? Oldest, Generation? Newest)
{
    public static GenerationRange Unknown { get; } = new(null, null);

    public static GenerationRange Exactly(Generation generation) => new(generation, generation);

    public bool IsLite => Oldest == Generation.Lite;

    /// <summary>True where asking for a collection's compactions may be worth a call.</summary>
    public bool MayListCompactions => Newest is not { } newest || newest >= Generation.G6;

    /// <summary>
    /// True when no server of this range leaves segments out of a merge for being unsorted or protected: those that it leaves out are busy. That is known of
    /// 2.3, by recordings, and of the first servers that force-merge; 2.4 and 2.5 choose by rules of their own.
    /// </summary>
    public bool LeavesOutTheBusyAlone => this is { Oldest: Generation.V23, Newest: Generation.V23 } or { Oldest: >= Generation.G1, Newest: <= Generation.G3 };

    /// <summary>True when no server of this range merges by target size.</summary>
    public bool IgnoresTargetSize => Newest is { } newest && newest <= Generation.G0;
}
