using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Milvus.Optimize.Simulator.Service;

namespace Milvus.Optimize.Simulator;

/// <summary>A stand-in for a Milvus server on the loopback interface: HTTP/2 without TLS.</summary>
public sealed class SimulatorServer : IAsyncDisposable
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromMilliseconds(500);

    private readonly WebApplication _app;
    private readonly Simulation _simulation;
    private bool _isStopped;

    private SimulatorServer(WebApplication app, Simulation simulation)
    {
        _app = app;
        _simulation = simulation;
        Control = new SimulatorControl(simulation);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Address = new Uri(addresses.Addresses.Single());
    }

    public Uri Address { get; }

    public SimulatorControl Control { get; }

    /// <exception cref="ArgumentException">An option names nothing that there is.</exception>
    /// <exception cref="IOException">The port is taken, or a file cannot be written.</exception>
    public static async Task<SimulatorServer> StartAsync(SimulatorOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var simulation = new Simulation(options);
        WebApplication? app = null;
        try
        {
            app = Build(options.Port, simulation);
            await app.StartAsync(cancellationToken);
            return new SimulatorServer(app, simulation);
        }
        catch
        {
            if (app is not null) await app.DisposeAsync();
            simulation.Dispose();
            throw;
        }
    }

    /// <summary>Calls in flight are cut after half a second at most.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (_isStopped) return;
        _isStopped = true;
        await _app.StopAsync(cancellationToken);
        await _app.DisposeAsync();
        _simulation.Dispose();
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private static WebApplication Build(int port, Simulation simulation)
    {
        // The empty builder reads no environment and no settings file: a simulator inside somebody's host takes nothing from it.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddRoutingCore();
        builder.Services.AddLogging(logging => logging.ClearProviders());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddSingleton(simulation);
        builder.Services.AddSingleton<MilvusEndpoint>();
        builder.Services.AddSingleton<CallInterceptor>();
        builder.Services.AddGrpc(grpc =>
        {
            grpc.Interceptors.Add<CallInterceptor>();
            grpc.MaxReceiveMessageSize = null;
        });
        var app = builder.Build();
        app.UseRouting();
        app.MapGrpcService<MilvusEndpoint>();
        return app;
    }
}
