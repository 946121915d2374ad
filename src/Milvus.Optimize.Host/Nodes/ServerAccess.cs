using Milvus.Optimize.Client;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>One server by its address; nothing is started here.</summary>
internal sealed class ServerAccess(Uri server, string? key, TimeProvider time) : INodeAccess
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly RemoteNode _node = RemoteNode.At(server, key);
    private bool _answered;

    public OwnNode? Own => null;

    public Task<INodeConnection> CurrentAsync(CancellationToken cancellationToken) => Task.FromResult<INodeConnection>(_node);

    // HTTP finds its way again by itself.
    public void Forget()
    {
    }

    /// <summary>A server that never answered is most likely a wrong address: that is said at once.</summary>
    public async Task<T> AskAsync<T>(Func<INodeConnection, Task<T>> request, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            try
            {
                var answer = await request(_node);
                _answered = true;
                return answer;
            }
            catch (NodeUnreachableException e)
            {
                if (!_answered || time.GetElapsedTime(since) >= Patience) throw new NodeUnavailableException(e.Message);
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _node.Dispose();
        return ValueTask.CompletedTask;
    }
}
