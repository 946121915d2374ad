using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Host.Nodes;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary>Asks the node of a place something that wakes no run.</summary>
internal static class NodeQuestion
{
    /// <param name="environment">Of the command.</param>
    /// <param name="place">Whose node.</param>
    /// <param name="ask">Gets the node, and its runs as the table has them where it is this process's own.</param>
    public static async Task<int> AskAsync(CommandEnvironment environment, NodePlace place, Func<INodeConnection, IOptimizeRuns, CancellationToken, Task> ask)
    {
        var stop = environment.Interruption.Either;
        await using var access = environment.Access(place);
        await access.AskAsync(
            async node =>
            {
                await ask(node, node is OwnNode own ? own.Table : node.Runs, stop);
                return true;
            },
            stop);
        return ExitCode.Done;
    }
}
