using Akka.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Milvus.Optimize.Actors;
using Milvus.Optimize.Actors.Hosting;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Storage;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>Adds what carries runs to a node's container: <see cref="IOptimizeRuns"/>, <see cref="IOptimizeNode"/>, <see cref="IRunTable"/>, <see cref="IClusterSet"/>.</summary>
internal delegate void NodeComposition(IServiceCollection services, StateFolder folder);

/// <summary>The Milvus clusters that the node's collections can reach.</summary>
internal interface IClusterSet
{
    void Set(ClusterName name, IMilvusGateway gateway);

    void Hold(ClusterName name, Held held);
}

/// <summary>The real one: SQLite and actors. The only file of this project that names either.</summary>
internal static class AkkaComposition
{
    // The drain of the trigger outbox, and what stops after it, must not be cut: an id that was received would be lost.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMinutes(2);

    // Akka would take SIGTERM for itself and stop the actors while the command still asks them what to say.
    private const string Quiet = """
        akka.stdout-loglevel = off
        akka.stdout-logger-class = "Milvus.Optimize.Host.Nodes.SilentLogger, milvus-optimize"
        akka.coordinated-shutdown.run-by-clr-shutdown-hook = off
        """;

    public static void Add(IServiceCollection services, StateFolder folder)
    {
        services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTimeout);
        services.AddOptimizeStorage(new StorageOptions { SqliteFile = folder.Journal });
        // What wakes when is the command's to say: it answers its own request first.
        services.AddMilvusOptimize(Options() with { WakeAtStart = false });
        services.AddSingleton<IClusterSet, ClusterSet>();
        services.AddAkka("milvus-optimize", (builder, provider) => builder
            .ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
            })
            .AddHocon(Quiet, HoconAddMode.Prepend)
            .WithOptimizeStorage(provider)
            .WithMilvusOptimize(provider));
    }

    /// <summary>Section <c>Milvus:Optimize</c>, from environment variables such as <c>Milvus__Optimize__SettleWindow=00:00:20</c>.</summary>
    private static OptimizeOptions Options() =>
        new ConfigurationBuilder().AddEnvironmentVariables().Build().GetSection("Milvus:Optimize").Get<OptimizeOptions>() ?? new OptimizeOptions();

    private sealed class ClusterSet(MilvusClusters clusters) : IClusterSet
    {
        public void Set(ClusterName name, IMilvusGateway gateway) => clusters.Set(name, gateway);

        public void Hold(ClusterName name, Held held) => clusters.Hold(name, held);
    }
}
