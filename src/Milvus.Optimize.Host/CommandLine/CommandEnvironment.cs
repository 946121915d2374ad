using Milvus.Optimize.Host.Nodes;
using Milvus.Optimize.Host.Output;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary>What a command finds around it; tests bring their own.</summary>
/// <param name="Variable">Of the environment; null where it is not set.</param>
internal sealed record CommandEnvironment(
    Terminal Terminal, Func<string, string?> Variable, NodeComposition Composition, Interruption Interruption, IHandOver HandOver, TimeProvider Time)
{
    public INodeAccess Access(NodePlace place)
    {
        if (place.Server is { } server) return new ServerAccess(server, place.Key, Time);
        var folder = StateFolder.Open(place.State);
        return new NodeAccess(folder, (held, cancellationToken) => OwnNode.StartAsync(folder, held, Composition, Time, cancellationToken), Time);
    }
}
