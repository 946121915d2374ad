namespace Milvus.Optimize.Contracts.Runs;

/// <summary>Whether a node should be given work.</summary>
/// <param name="Reason">A sentence for a person; empty where it is ready.</param>
public sealed record NodeStatus(bool Ready, string Reason)
{
    public static NodeStatus Well { get; } = new(true, "");
}
