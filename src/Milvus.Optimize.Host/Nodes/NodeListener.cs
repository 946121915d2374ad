using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Management;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>Serves the management routes of a node on its Unix socket. Apart from the node, so that it opens after and closes before it.</summary>
internal sealed class NodeListener : IAsyncDisposable
{
    // Long polls are answered or cut within it; a client asks again.
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(2);

    private readonly WebApplication _app;

    private NodeListener(WebApplication app) => _app = app;

    /// <exception cref="IOException">The socket cannot be bound.</exception>
    public static async Task<NodeListener> StartAsync(string socket, IOptimizeRuns runs, IRunTargets targets, IServiceProvider node, ILoggerProvider log, CancellationToken cancellationToken)
    {
        File.Delete(socket);
        // The empty builder reads no environment and no settings file: what is served where is this node's business alone.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socket));
        builder.Services.AddRoutingCore();
        builder.Services.AddLogging(logging => logging.AddProvider(log));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = DrainTimeout);
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        builder.Services.AddMilvusOptimizeManagement();
        builder.Services.AddSingleton(runs).AddSingleton(targets);
        if (node.GetService<IOptimizeNode>() is { } itself) builder.Services.AddSingleton(itself);
        if (node.GetService<IRunHistory>() is { } history) builder.Services.AddSingleton(history);
        if (node.GetService<IClusterInspection>() is { } clusters) builder.Services.AddSingleton(clusters);
        var app = builder.Build();
        app.UseRouting();
        app.MapMilvusOptimize();
        try
        {
            await app.StartAsync(cancellationToken);
            return new(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
