using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
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
    public static void Add(IServiceCollection services, StateFolder folder)
    {
        services.AddOptimizeStorage(new StorageOptions { SqliteFile = folder.Journal });
        services.AddMilvusOptimize(new OptimizeOptions { WakeAtStart = false });
        services.AddAkka("milvus-optimize", (akka, provider) => akka
            .ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
            })
            .WithOptimizeStorage(provider)
            .WithMilvusOptimize(provider));
        services.AddSingleton<IClusterSet, ClusterSet>();
    }

    private sealed class ClusterSet(MilvusClusters clusters) : IClusterSet
    {
        public void Set(ClusterName name, IMilvusGateway gateway) => clusters.Set(name, gateway);

        public void Hold(ClusterName name, Held held) => clusters.Hold(name, held);
    }
}
