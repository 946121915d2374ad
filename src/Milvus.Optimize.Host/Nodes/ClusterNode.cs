using System.Reflection;
using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Milvus.Optimize.Actors;
using Milvus.Optimize.Actors.Hosting;
using Milvus.Optimize.Gateway;
using Milvus.Optimize.Host.Settings;
using Milvus.Optimize.Storage;
using HostBuilder = Microsoft.Extensions.Hosting.Host;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>
/// This process as a node of the Akka cluster. Its parts start in this order and stop in the other: database, actors, HTTP. Only that HTTP need not be
/// quiet before the collections leave: whoever waits for a change there is answered by their leaving.
/// </summary>
internal sealed class ClusterNode : IAsyncDisposable
{
    // The last part of a shutdown waits for a trigger under way: an id that was received would else be lost.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMinutes(2);

    private readonly IHost _host;
    private readonly List<MilvusGateway> _gateways;
    private readonly NodeTelemetry _telemetry;
    private NodeListener? _listener;

    private ClusterNode(IHost host, List<MilvusGateway> gateways, NodeTelemetry telemetry) => (_host, _gateways, _telemetry) = (host, gateways, telemetry);

    /// <summary>Ends when the actor system has, whoever ended it, or when a part says that the node must not go on.</summary>
    public Task Terminated { get; private set; } = Task.CompletedTask;

    /// <summary>Ends when the others have taken this node in.</summary>
    public Task Joined { get; private set; } = Task.CompletedTask;

    private ActorSystem System => _host.Services.GetRequiredService<ActorSystem>();

    /// <summary>The version that other nodes see in a rolling upgrade: the program's own.</summary>
    public static string Version => typeof(ClusterNode).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <exception cref="NodeUnavailableException">The database must not be used; the text says why.</exception>
    public static async Task<ClusterNode> StartAsync(NodeSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        var builder = HostBuilder.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>().AddSingleton(time);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTimeout);
        builder.Logging.AddConsole(console => (console.FormatterName, console.LogToStandardErrorThreshold) = (LineFormatter.FormatterName, LogLevel.Trace))
            .AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
        // How much Akka says is its own setting.
        builder.Logging.SetMinimumLevel(LogLevel.Debug).AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.AddOptimizeStorage(settings.Storage);
        builder.Services.AddMilvusOptimize(settings.Optimize);
        builder.Services.AddAkka(AkkaSettings.SystemName, (akka, provider) => Compose(akka, provider, settings));
        var host = builder.Build();
        var node = new ClusterNode(host, [], NodeTelemetry.Start(settings.Telemetry, $"{settings.Akka.Host}:{settings.Akka.Port}"));
        try
        {
            node.Connect(settings, time);
            await host.StartAsync(cancellationToken);
            var joined = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Cluster.Get(node.System).RegisterOnMemberUp(joined.SetResult);
            node.Joined = joined.Task;
            var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => told.TrySetResult());
            node.Terminated = Task.WhenAny(node.System.WhenTerminated, told.Task);
            if (settings.Management.Serving() is { } serving) node._listener = await NodeListener.StartAsync(serving, node._telemetry, host.Services, cancellationToken);
            return node;
        }
        catch (InvalidOperationException e)
        {
            await node.DisposeAsync();
            throw new NodeUnavailableException(e.Message);
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // No new request comes in; those that wait are answered while the collections leave.
        var closing = _listener?.DisposeAsync() ?? ValueTask.CompletedTask;
        await _host.StopAsync(CancellationToken.None);
        await closing;
        _host.Dispose();
        foreach (var gateway in _gateways) await gateway.DisposeAsync();
        _telemetry.Dispose();
    }

    /// <summary>Gives the actor system its settings and its actors.</summary>
    internal static void Compose(AkkaConfigurationBuilder akka, IServiceProvider provider, NodeSettings settings)
    {
        akka.ConfigureLoggers(loggers =>
        {
            loggers.ClearLoggers();
            loggers.AddLoggerFactory();
        });
        akka.AddHocon(AkkaFiles.Read(AkkaFiles.Common), HoconAddMode.Prepend);
        foreach (var file in settings.Akka.Files) akka.AddHocon(AkkaFiles.Read(file), HoconAddMode.Prepend);
        akka.AddHocon(settings.Akka.Hocon(Version), HoconAddMode.Prepend);
        if (settings.Akka.Tls is { } tls) akka.AddSetup(tls.Setup());
        akka.WithOptimizeStorage(provider).WithMilvusOptimizeCluster(provider);
    }

    private void Connect(NodeSettings settings, TimeProvider time)
    {
        var clusters = _host.Services.GetRequiredService<MilvusClusters>();
        foreach (var (name, options) in settings.Connections())
        {
            var gateway = new MilvusGateway(options, time);
            _gateways.Add(gateway);
            clusters.Set(name, gateway);
        }
    }
}
