using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Milvus.Optimize.Simulator.Http;
using Milvus.Optimize.Simulator.Service;

namespace Milvus.Optimize.Simulator;

/// <summary>A stand-in for a Milvus server on the loopback interface: HTTP/2 without TLS, and on ports of their own what it shows over HTTP.</summary>
public sealed class SimulatorServer : IAsyncDisposable
{
    private readonly IReadOnlyList<WebApplication> _apps;
    private readonly Simulation _simulation;
    private bool _isStopped;

    private SimulatorServer(Simulation simulation, SimulatorControl control, WebApplication grpc, WebApplication? admin, WebApplication? management)
    {
        _simulation = simulation;
        _apps = [.. new[] { grpc, admin, management }.OfType<WebApplication>()];
        Control = control;
        Address = LoopbackApp.AddressOf(grpc);
        AdminAddress = admin is null ? null : LoopbackApp.AddressOf(admin);
        ManagementAddress = management is null ? null : LoopbackApp.AddressOf(management);
    }

    public Uri Address { get; }

    /// <summary>Where the simulator itself is told what to do; null unless it was asked for.</summary>
    public Uri? AdminAddress { get; }

    /// <summary>What a Milvus has on port 9091; null unless it was asked for.</summary>
    public Uri? ManagementAddress { get; }

    public SimulatorControl Control { get; }

    /// <exception cref="ArgumentException">An option names nothing that there is.</exception>
    /// <exception cref="IOException">The port is taken, or a file cannot be written.</exception>
    public static async Task<SimulatorServer> StartAsync(SimulatorOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var simulation = new Simulation(options);
        var started = new List<WebApplication>();
        try
        {
            var gate = new ConnectionGate(simulation);
            var control = new SimulatorControl(simulation, gate);
            var grpc = await Start(Grpc(options.Port, simulation, gate));
            var admin = options.AdminPort is { } port ? await Start(LoopbackApp.NewHttp(port, app => AdminPort.Map(app, simulation, control))) : null;
            var management = options.ManagementPort is { } other ? await Start(LoopbackApp.NewHttp(other, app => ManagementPort.Map(app, simulation))) : null;
            return new SimulatorServer(simulation, control, grpc, admin, management);
        }
        catch
        {
            foreach (var app in started) await app.DisposeAsync();
            simulation.Dispose();
            throw;
        }

        async Task<WebApplication> Start(WebApplication app)
        {
            started.Add(app);
            await app.StartAsync(cancellationToken);
            return app;
        }
    }

    /// <summary>Calls in flight are cut after half a second at most.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (_isStopped) return;
        _isStopped = true;
        foreach (var app in _apps)
        {
            await app.StopAsync(cancellationToken);
            await app.DisposeAsync();
        }

        _simulation.Dispose();
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private static WebApplication Grpc(int port, Simulation simulation, ConnectionGate gate)
    {
        var builder = LoopbackApp.NewBuilder(port, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(next => connection => gate.PassAsync(connection, next));
        });
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
