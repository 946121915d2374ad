using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Management;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>The management routes of a node of a cluster, on a loopback address, for whoever is on the machine: nodes share no keys yet. No request brings a target: clusters come from the configuration.</summary>
internal sealed class ManagementListener : IAsyncDisposable
{
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(5);
    private readonly WebApplication _app;

    private ManagementListener(WebApplication app) => _app = app;

    /// <exception cref="IOException">The address cannot be bound.</exception>
    public static async Task<ManagementListener> StartAsync(IPEndPoint address, IOptimizeRuns runs, ILoggerFactory log, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(address));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(log);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = DrainTimeout);
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        builder.Services.AddSingleton(runs);
        builder.Services.AddMilvusOptimizeManagement(new() { Anonymous = true });
        var app = builder.Build();
        app.UseRouting();
        app.MapMilvusOptimize();
        app.MapMilvusOptimizePage();
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
