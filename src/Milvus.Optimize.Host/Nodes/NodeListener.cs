using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Management;
using Milvus.Optimize.Management.Security;
using Milvus.Optimize.Storage;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>Serves the management routes and the page of a node on its Unix socket, and on an address if told. Apart from the node, so that it opens after and closes before it.</summary>
internal sealed class NodeListener : IAsyncDisposable
{
    private const int MaxConnections = 1000;

    // As much as a route reads. The body of a call that was refused is read to its end by Kestrel, up to this: else up to 30 MB.
    private const long MaxBody = 64 * 1024;

    // Long polls are answered or cut within it; a client asks again.
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan HeadersWithin = TimeSpan.FromSeconds(15);

    private readonly WebApplication _app;

    private NodeListener(WebApplication app) => _app = app;

    /// <summary>The address beside the socket; null where there is none.</summary>
    public Uri? Url => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
        .Where(a => !a.Contains("unix:", StringComparison.Ordinal)).Select(a => new Uri(a)).FirstOrDefault();

    /// <exception cref="IOException">The socket or the address cannot be bound.</exception>
    public static async Task<NodeListener> StartAsync(OwnNode node, IRunTargets targets, IServiceProvider inner, ILoggerProvider log, CancellationToken cancellationToken)
    {
        File.Delete(node.Socket);
        var builder = Builder(kestrel => Configure(kestrel, node.Socket, node.Serving), Options(node.Serving));
        if (node.Serving is { Certificate: not null }) builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddLogging(logging => logging.AddProvider(log));
        AddNode(builder.Services, node, targets, inner);
        if (node.Serving?.Jwt is { } jwt) builder.Services.AddMilvusOptimizeJwt(jwt);
        if (node.Telemetry is { } telemetry) builder.Services.AddSingleton(_ => telemetry.Scrape());
        return await ServeAsync(builder, node.Serving, cancellationToken);
    }

    /// <summary>Of a node of a cluster, with the keys that the nodes share. No request brings a target: clusters come from the configuration.</summary>
    /// <exception cref="IOException">The address cannot be bound.</exception>
    public static Task<NodeListener> StartAsync(Serving serving, NodeTelemetry telemetry, IServiceProvider inner, CancellationToken cancellationToken)
    {
        var builder = Builder(kestrel => Listen(Configure(kestrel), serving), Options(serving));
        if (serving.Certificate is not null) builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddSingleton(inner.GetRequiredService<ILoggerFactory>()).AddSingleton(inner.GetRequiredService<IOptimizeRuns>()).AddSingleton(_ => telemetry.Scrape());
        builder.Services.AddSingleton<IApiKeys>(new SharedApiKeys(inner.GetRequiredService<IKeyTable>(), inner.GetRequiredService<TimeProvider>()));
        if (serving.AuditFile is { } audit) builder.Services.AddSingleton<IAuditLog>(s => ActivatorUtilities.CreateInstance<AuditFile>(s, audit));
        if (serving.Jwt is { } jwt) builder.Services.AddMilvusOptimizeJwt(jwt);
        AddInner(builder.Services, inner);
        return ServeAsync(builder, serving, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    // The empty builder reads no environment and no settings file: what is served where is this node's business alone.
    private static WebApplicationBuilder Builder(Action<KestrelServerOptions> kestrel, ManagementOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel);
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = DrainTimeout);
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        builder.Services.AddMilvusOptimizeManagement(options);
        return builder;
    }

    private static ManagementOptions Options(Serving? serving) => serving is null ? new() : new() { Anonymous = serving.Anonymous, AllowedHosts = serving.Names() };

    private static async Task<NodeListener> ServeAsync(WebApplicationBuilder builder, Serving? serving, CancellationToken cancellationToken)
    {
        var app = builder.Build();
        serving?.Proxies.Use(app);
        app.UseRouting();
        app.MapMilvusOptimize();
        app.MapMilvusOptimizePage();
        app.MapMilvusOptimizeNotFound();
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

    private static KestrelServerOptions Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = MaxConnections;
        kestrel.Limits.RequestHeadersTimeout = HeadersWithin;
        kestrel.Limits.MaxRequestBodySize = MaxBody;
        return kestrel;
    }

    private static void Configure(KestrelServerOptions kestrel, string socket, Serving? serving)
    {
        Configure(kestrel).ListenUnixSocket(socket);
        if (serving is not null) Listen(kestrel, serving);
    }

    private static void Listen(KestrelServerOptions kestrel, Serving serving) => kestrel.Listen(serving.Address.Address, serving.Address.Uri.Port, listen =>
    {
        if (serving.Certificate is { } certificate) listen.UseHttps(certificate);
    });

    // What the node has is not made again; a container does not dispose of what it was given.
    private static void AddNode(IServiceCollection services, OwnNode node, IRunTargets targets, IServiceProvider inner)
    {
        services.AddSingleton(node.Runs).AddSingleton(targets);
        services.AddSingleton<IApiKeys>(s => new ApiKeyFile(node.Folder.Keys, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IAuditLog>(s => ActivatorUtilities.CreateInstance<AuditFile>(s, node.Folder.Audit));
        AddInner(services, inner);
    }

    private static void AddInner(IServiceCollection services, IServiceProvider inner)
    {
        services.AddSingleton(inner.GetRequiredService<TimeProvider>());
        if (inner.GetService<IOptimizeNode>() is { } itself) services.AddSingleton(itself);
        if (inner.GetService<IRunHistory>() is { } history) services.AddSingleton(history);
        if (inner.GetService<IClusterInspection>() is { } clusters) services.AddSingleton(clusters);
    }
}
