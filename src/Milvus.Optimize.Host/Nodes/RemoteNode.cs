using Milvus.Optimize.Client;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>The node of another process, behind its socket or its address.</summary>
internal sealed class RemoteNode : INodeConnection, IDisposable
{
    private readonly HttpClient _http;
    private readonly HttpOptimizeRuns _runs;

    private RemoteNode(HttpClient http)
    {
        _http = http;
        _runs = new(http);
        Reads = new RemoteReads(_runs);
    }

    public IOptimizeRuns Runs => _runs;

    public INodeReads Reads { get; }

    /// <summary>A server; whether it answers is seen with the first request.</summary>
    public static RemoteNode At(Uri server, string? key) => new(NodeHttp.OverTcp(server, key));

    /// <summary>Null where nobody answers there.</summary>
    public static async Task<RemoteNode?> TryConnectAsync(string socket, CancellationToken cancellationToken)
    {
        var node = new RemoteNode(NodeHttp.OverUnixSocket(socket));
        try
        {
            await node._runs.CheckAsync(cancellationToken);
            return node;
        }
        catch (Exception e) when (e is NodeUnreachableException or OptimizeProblemException)
        {
            node.Dispose();
            return null;
        }
    }

    public Task<StartedRun> StartAsync(StartRequest request, RunTarget? target, CancellationToken cancellationToken) => _runs.StartAsync(request, target, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
