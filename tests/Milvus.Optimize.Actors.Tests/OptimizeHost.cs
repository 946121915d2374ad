using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Milvus.Optimize.Actors.Hosting;
using Milvus.Optimize.Contracts;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Gateway;
using Milvus.Optimize.Storage;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>A host that embeds the optimizer over a journal, as an embedder's would.</summary>
internal sealed class OptimizeHost : IAsyncDisposable
{
    public static readonly ClusterName Cluster = new("test");
    private readonly IHost _host;
    private readonly IAsyncDisposable? _gateway;
    private bool _gone;

    private OptimizeHost(IHost host, IAsyncDisposable? gateway) => (_host, _gateway) = (host, gateway);

    public IMilvusOptimizer Optimizer => _host.Services.GetRequiredService<IMilvusOptimizer>();

    public IOptimizeRuns Runs => _host.Services.GetRequiredService<IOptimizeRuns>();

    public IServiceProvider Services => _host.Services;

    public ActorSystem System => _host.Services.GetRequiredService<ActorSystem>();

    public MilvusClusters Clusters => _host.Services.GetRequiredService<MilvusClusters>();

    public IActorRef Supervisor => _host.Services.GetRequiredService<IRequiredActor<OptimizeSupervisor>>().ActorRef;

    /// <summary>Short times: W is one second.</summary>
    public static OptimizeOptions Quick { get; } = new()
    {
        Budgets = new(TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(1000), TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(200)),
        SettleWindow = TimeSpan.FromMilliseconds(400),
        RetryPause = TimeSpan.FromMilliseconds(50),
        MaxRetryPause = TimeSpan.FromMilliseconds(500),
        FruitlessPause = TimeSpan.FromMilliseconds(100),
        QuietWindow = TimeSpan.FromMilliseconds(800),
        LostMergePause = TimeSpan.FromMilliseconds(100),
        RestartPause = TimeSpan.FromMilliseconds(50),
        NoProgressLimit = TimeSpan.FromSeconds(60),
        ReadsPerSecond = 1000,
        Policy = OptimizePolicy.Default with { QueryViewPatience = TimeSpan.FromSeconds(5), FruitlessWindow = TimeSpan.FromSeconds(2), LeftOutPatience = TimeSpan.FromSeconds(2), NoPlanPatience = TimeSpan.FromSeconds(2), BusyPause = TimeSpan.FromMilliseconds(100), MaxBusyPause = TimeSpan.FromMilliseconds(500) },
    };

    public static MilvusGateway Gateway(Uri milvus, Uri? management = null) =>
        new(new MilvusConnectionOptions { Address = milvus, ManagementAddress = management, ReadAttempts = 2 }, TimeProvider.System);

    public static Task<OptimizeHost> StartAsync(string journal, Uri milvus, OptimizeOptions? options = null, JournalSpy? spy = null) =>
        StartAsync(journal, Gateway(milvus), options, spy);

    /// <param name="journal">The file, or PostgreSQL's connection string.</param>
    /// <param name="gateway">The way to the cluster <see cref="Cluster"/>; null leaves it without one.</param>
    /// <param name="options">Default <see cref="Quick"/>.</param>
    /// <param name="spy">Stands between the actors and the journal.</param>
    public static async Task<OptimizeHost> StartAsync(string journal, IMilvusGateway? gateway, OptimizeOptions? options = null, JournalSpy? spy = null)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddOptimizeStorage(journal.Contains("Host=", StringComparison.Ordinal) ? new StorageOptions { PostgreSql = journal } : new StorageOptions { SqliteFile = journal, LockFile = false });
        builder.Services.AddMilvusOptimize(options ?? Quick);
        builder.Services.AddAkka("test", (akka, services) =>
        {
            akka.ConfigureLoggers(Log).WithOptimizeStorage(services).WithMilvusOptimize(services).AddHocon(Abrupt, HoconAddMode.Prepend);
            if (spy is not null) akka.AddSetup(new SpySetup(spy)).AddHocon(JournalSpy.Hocon, HoconAddMode.Prepend);
        });
        var host = builder.Build();
        if (gateway is not null) host.Services.GetRequiredService<MilvusClusters>().Set(Cluster, gateway);
        await host.StartAsync();
        return new(host, gateway as IAsyncDisposable);
    }

    // Terminate() ends the actors where they stand, as a killed process would, without the coordinated shutdown.
    private const string Abrupt = "akka.coordinated-shutdown.run-by-actor-system-terminate = off";

    // OPTIMIZE_TEST_LOG=1 shows what the actors say.
    private static void Log(LoggerConfigBuilder loggers)
    {
        if (Environment.GetEnvironmentVariable("OPTIMIZE_TEST_LOG") is null) loggers.LogLevel = Akka.Event.LogLevel.ErrorLevel;
        else loggers.LogLevel = Akka.Event.LogLevel.InfoLevel;
    }

    public Task<RunDocument> FinishAsync(string collection, OptimizeRequest? request = null) => FinishAsync(Optimizer, collection, request);

    public static async Task<RunDocument> FinishAsync(IMilvusOptimizer optimizer, string collection, OptimizeRequest? request = null)
    {
        using var over = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var task = await optimizer.StartAsync(new(Cluster, "default", collection), request ?? new(), over.Token);
        return await EndAsync(task, over.Token);
    }

    public static async Task<RunDocument> EndAsync(OptimizeTask task, CancellationToken cancellationToken)
    {
        RunDocument? last = null;
        await foreach (var run in task.WatchAsync(cancellationToken)) last = run;
        return last!;
    }

    /// <summary>Ends it as a kill would: nothing is drained, handed off or said.</summary>
    public async Task KillAsync()
    {
        _ = System.Terminate();
        await GoneAsync();
    }

    /// <summary>Waits until the actor system is gone, by whomever it was killed.</summary>
    public async Task GoneAsync()
    {
        await System.WhenTerminated.WaitAsync(TimeSpan.FromSeconds(20));
        _gone = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_gone && !System.WhenTerminated.IsCompleted) await _host.StopAsync();
        _host.Dispose();
        if (_gateway is not null) await _gateway.DisposeAsync();
    }
}
