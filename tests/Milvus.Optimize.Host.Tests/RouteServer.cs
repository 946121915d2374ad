using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Milvus.Optimize.Client;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Management;

namespace Milvus.Optimize.Host.Tests;

/// <summary>The routes on a Unix socket and on a TCP port, over scripted runs.</summary>
internal sealed class RouteServer : IRunTargets, IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly WebApplication _app;

    private RouteServer(ScriptedRuns runs)
    {
        Runs = runs;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.ListenUnixSocket(_folder.File("s"));
            kestrel.Listen(System.Net.IPAddress.Loopback, 0);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IOptimizeRuns>(runs).AddSingleton<IRunTargets>(this);
        _app = builder.Build();
        _app.UseRouting();
        _app.MapMilvusOptimize();
        Http = NodeHttp.OverUnixSocket(_folder.File("s"));
    }

    public ScriptedRuns Runs { get; }

    public HttpClient Http { get; }

    public HttpClient Tcp { get; private set; } = null!;

    public RunTarget? Brought { get; private set; }

    public static async Task<RouteServer> StartAsync(ScriptedRuns? runs = null)
    {
        var server = new RouteServer(runs ?? new());
        await server._app.StartAsync();
        var addresses = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        server.Tcp = NodeHttp.OverTcp(new(addresses.Single(a => a.StartsWith("http://127", StringComparison.Ordinal))));
        return server;
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
