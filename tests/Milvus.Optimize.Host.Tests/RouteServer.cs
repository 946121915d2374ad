using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Milvus.Optimize.Client;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Management;
using Milvus.Optimize.Management.Routes;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.Tests;

/// <summary>The routes on a Unix socket and on a TCP port, over scripted runs.</summary>
internal sealed class RouteServer : IRunTargets, IAsyncDisposable
{
    /// <summary>Says in each answer which operation gave it. The product has no such header.</summary>
    public const string OperationHeader = "x-operation";

    private readonly TemporaryFolder _folder = new();
    private readonly WebApplication _app;
    private int _keys;

    private RouteServer(ScriptedRuns runs, ManagementOptions? options, TimeProvider? time, JwtOptions? jwt, string[] proxies, Func<IApiKeys, IApiKeys>? count)
    {
        Runs = runs;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.ListenUnixSocket(_folder.File("s"));
            kestrel.Listen(System.Net.IPAddress.Loopback, 0);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddMilvusOptimizeManagement(options);
        builder.Services.AddSingleton(new MetricsScrape(context =>
        {
            context.Response.ContentType = "text/plain; version=0.0.4";
            return context.Response.WriteAsync("up 1\n");
        }));
        if (jwt is not null) builder.Services.AddMilvusOptimizeJwt(jwt);
        Keys = new ApiKeyFile(_folder.File("keys.json"), time ?? TimeProvider.System);
        builder.Services.AddSingleton(count is null ? Keys : count(Keys));
        builder.Services.AddSingleton<IAuditLog>(s => ActivatorUtilities.CreateInstance<AuditFile>(s, AuditPath));
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddSingleton<IOptimizeRuns>(runs).AddSingleton<IOptimizeNode>(runs).AddSingleton<IRunHistory>(Milvus).AddSingleton<IClusterInspection>(Milvus).AddSingleton<IRunTargets>(this);
        _app = builder.Build();
        Nodes.KnownProxies.Of(proxies).Use(_app);
        _app.UseRouting();
        _app.Use((context, next) =>
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<RouteRule>() is { } rule) context.Response.Headers[OperationHeader] = rule.Operation;
            return next(context);
        });
        _app.MapMilvusOptimize();
        _app.MapMilvusOptimizeNotFound();
        Http = NodeHttp.OverUnixSocket(_folder.File("s"));
    }

    public ScriptedRuns Runs { get; }

    public ScriptedMilvus Milvus { get; } = new();

    public HttpClient Http { get; }

    public HttpClient Tcp { get; private set; } = null!;

    public ApiKeyFile Keys { get; }

    public string KeyPath => _folder.File("keys.json");

    public string AuditPath => _folder.File("audit.jsonl");

    public IReadOnlyList<Endpoint> Endpoints => _app.Services.GetRequiredService<EndpointDataSource>().Endpoints;

    public RunTarget? Brought { get; private set; }

    public static async Task<RouteServer> StartAsync(ScriptedRuns? runs = null, ManagementOptions? options = null, TimeProvider? time = null, JwtOptions? jwt = null, string[]? proxies = null, Func<IApiKeys, IApiKeys>? count = null)
    {
        var server = new RouteServer(runs ?? new(), options, time, jwt, proxies ?? [], count);
        await server._app.StartAsync();
        var addresses = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        server.Tcp = NodeHttp.OverTcp(new(addresses.Single(a => a.StartsWith("http://127", StringComparison.Ordinal))));
        server.Tcp.DefaultRequestHeaders.Authorization = await server.BearerAsync(Role.Admin);
        return server;
    }

    /// <summary>The header of a new key.</summary>
    public async Task<AuthenticationHeaderValue> BearerAsync(Role role, string scope = "*", TimeSpan? expiresAfter = null)
    {
        var (_, text) = await Keys.CreateAsync($"key {++_keys}", role, CollectionScope.Parse(scope), expiresAfter, CancellationToken.None);
        return new("Bearer", text.Reveal());
    }

    public Task<ClusterName> BringAsync(RunTarget target, CancellationToken cancellationToken)
    {
        Brought = target;
        if (target.Address == "bad") throw new ParamException("'bad' is no address");
        return Task.FromResult(new ClusterName("brought"));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Tcp.Dispose();
        await _app.DisposeAsync();
        _folder.Dispose();
    }
}
