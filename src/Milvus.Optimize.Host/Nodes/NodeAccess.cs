using Milvus.Optimize.Client;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>
/// Finds the node of a state folder: the one that answers on its socket, or, where the lock is free, a new one in this process. A node that stops
/// answering is looked for again; whatever was asked of it must carry a key or be safe to repeat.
/// </summary>
/// <param name="start">Starts this process's node once the lock is taken.</param>
internal sealed class NodeAccess(StateFolder folder, Func<NodeLock, CancellationToken, Task<OwnNode>> start, TimeProvider time) : INodeAccess
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private RemoteNode? _remote;

    /// <inheritdoc/>
    public OwnNode? Own { get; private set; }

    /// <inheritdoc/>
    public async Task<INodeConnection> CurrentAsync(CancellationToken cancellationToken) =>
        (INodeConnection?)Own ?? _remote ?? await ConnectAsync(cancellationToken);

    /// <inheritdoc/>
    public void Forget()
    {
        _remote?.Dispose();
        _remote = null;
    }

    /// <inheritdoc/>
    public async Task<T> AskAsync<T>(Func<INodeConnection, Task<T>> request, CancellationToken cancellationToken)
    {
        long? failing = null;
        while (true)
        {
            var node = await CurrentAsync(cancellationToken);
            try
            {
                return await request(node);
            }
            catch (NodeUnreachableException e)
            {
                Forget();
                failing ??= time.GetTimestamp();
                if (time.GetElapsedTime(failing.Value) >= Patience) throw new NodeUnavailableException(e.Message);
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _remote?.Dispose();
        if (Own is not null) await Own.DisposeAsync();
    }

    private async Task<INodeConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            var holder = NodeLock.ReadHolder(folder);
            if (holder is not null && File.Exists(holder.Socket))
            {
                _remote = await RemoteNode.TryConnectAsync(holder.Socket, cancellationToken);
                if (_remote is not null) return _remote;
            }

            if (NodeLock.TryTake(folder) is { } held) return Own = await start(held, cancellationToken);
            if (time.GetElapsedTime(since) >= Patience)
                throw new NodeUnavailableException($"process {holder?.Pid} holds {folder.Path} and has not answered for 30 s: see {folder.Log}, or end that process");
            await Task.Delay(Pause, time, cancellationToken);
        }
    }
}
