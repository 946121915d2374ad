using Microsoft.Extensions.DependencyInjection;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;

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
        // Integration: what stands below is the whole of it, once Actors and Storage are here.
        // services.AddOptimizeStorage(new StorageOptions { SqliteFile = folder.Journal });
        // services.AddMilvusOptimize(new OptimizeOptions { WakeAtStart = false });
        // services.AddAkka("milvus-optimize", (b, sp) => b.WithOptimizeStorage(sp).WithMilvusOptimize(sp));
        // services.AddSingleton<IClusterSet, ClusterSet>();
        throw new NotSupportedException($"this build has no journal and no actors; {folder.Journal} cannot be opened");
    }

    // private sealed class ClusterSet(MilvusClusters clusters) : IClusterSet
    // {
    //     public void Set(ClusterName name, IMilvusGateway gateway) => clusters.Set(name, gateway);
    //     public void Hold(ClusterName name, Held held) => clusters.Hold(name, held);
    // }
}
