namespace Milvus.Optimize.Simulator;

/// <summary>A user that may call: with any user at all, every call needs credentials. Grants are privileges such as "Compaction"; "*" is all of them.</summary>
public sealed record UserSpec(string Name, string Password)
{
    public IReadOnlyList<string> Grants { get; init; } = [];
}
