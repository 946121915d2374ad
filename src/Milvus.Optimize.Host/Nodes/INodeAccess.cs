namespace Milvus.Optimize.Host.Nodes;

/// <summary>The way of a command to the node that answers it.</summary>
internal interface INodeAccess : IAsyncDisposable
{
    /// <summary>This process's own node; null where another one answers.</summary>
    OwnNode? Own { get; }

    /// <summary>The node that answered last; looks for one where none did.</summary>
    Task<INodeConnection> CurrentAsync(CancellationToken cancellationToken);

    /// <summary>Lets go of a node that stopped answering.</summary>
    void Forget();

    /// <summary>Asks, and asks again where the node went away meanwhile.</summary>
    /// <exception cref="NodeUnavailableException">It has not answered for 30 s.</exception>
    Task<T> AskAsync<T>(Func<INodeConnection, Task<T>> request, CancellationToken cancellationToken);
}
