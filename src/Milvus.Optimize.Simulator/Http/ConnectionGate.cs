using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Milvus.Optimize.Simulator.Http;

/// <summary>Every TCP connection to the gRPC port passes here, before a byte of HTTP/2 is said.</summary>
internal sealed class ConnectionGate(Simulation simulation)
{
    private readonly ConcurrentDictionary<string, ConnectionContext> _open = [];

    public async Task PassAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        _open[connection.ConnectionId] = connection;
        try
        {
            if (simulation.TakeFaultForConnection() is not null) await Closed(connection);
            else if (simulation.LeastPingInterval is { } least) await new PingGuard(connection, new PingRule(least, TimeProvider.System)).PassAsync(next);
            else await next(connection);
        }
        finally
        {
            _open.TryRemove(connection.ConnectionId, out _);
        }
    }

    /// <summary>What a kill of the server does to its clients.</summary>
    public void CutAll()
    {
        foreach (var connection in _open.Values) connection.Abort(new ConnectionAbortedException("the simulator cut it"));
    }

    private static async Task Closed(ConnectionContext connection)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = connection.ConnectionClosed.Register(closed.SetResult);
        await closed.Task;
    }
}
