using Akka.Actor;
using Akka.Cluster.Routing;
using Akka.Hosting;
using Akka.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Milvus.Optimize.Contracts;
using Milvus.Optimize.Contracts.Messages;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Contracts.Serialization;

namespace Milvus.Optimize.Client.Cluster;

/// <summary>
/// <see cref="IMilvusOptimizer"/> in a member of the Akka cluster, whatever its role: by messages to the nodes that run collections. It runs nothing itself
/// and needs no database.
/// </summary>
public static class MilvusOptimizeClientHosting
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookWithin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    /// <summary>Registers <see cref="IMilvusOptimizer"/> and <see cref="IOptimizeRuns"/>. Goes with <see cref="WithMilvusOptimizeClient"/>.</summary>
    public static IServiceCollection AddMilvusOptimizeClient(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IOptimizeRuns>(provider =>
        {
            var (router, time) = (provider.GetRequiredService<IRequiredActor<OptimizeNodesRouter>>(), provider.GetRequiredService<TimeProvider>());
            return new ActorOptimizeRuns(NodesAsync, new MessageRunTable(NodesAsync));

            async Task<IActorRef> NodesAsync(CancellationToken cancellationToken) => await KnownAsync(await router.GetAsync(cancellationToken), time, cancellationToken);
        });
        services.AddSingleton<IMilvusOptimizer, MilvusOptimizer>();
        return services;
    }

    /// <summary>Starts the way to the nodes. The actor system needs clustering; its name and seed nodes are those of the nodes (<c>milvus-optimize</c>).</summary>
    public static AkkaConfigurationBuilder WithMilvusOptimizeClient(this AkkaConfigurationBuilder builder) => builder
        .WithCustomSerializer("optimize-messages", MessageSerializer.Types, system => new MessageSerializer(system))
        .WithActors((system, registry) => registry.Register<OptimizeNodesRouter>(system.ActorOf(Nodes, "milvus-optimize-nodes")));

    /// <summary>What is sent before a node is known would be lost, and its sender would wait for an answer that cannot come.</summary>
    private static async Task<IActorRef> KnownAsync(IActorRef router, TimeProvider time, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (!(await router.Ask<Routees>(GetRoutees.Instance, LookWithin, cancellationToken)).Members.Any())
        {
            if (time.GetElapsedTime(since) > Patience)
                throw new OptimizeProblemException(new(OptimizeProblem.Unavailable, $"no node that runs collections is known after {Patience}: check the seed nodes, or ask again", Retryable: true));
            await Task.Delay(LookAgain, time, cancellationToken);
        }

        return router;
    }

    private static Props Nodes => new ClusterRouterGroup(
        new RoundRobinGroup($"/user/{OptimizeNodes.SupervisorName}"),
        new ClusterRouterGroupSettings(1000, [$"/user/{OptimizeNodes.SupervisorName}"], allowLocalRoutees: false, useRole: OptimizeNodes.Role)).Props();
}

/// <summary>The key of the router to the nodes in the actor registry.</summary>
public sealed class OptimizeNodesRouter
{
    private OptimizeNodesRouter() { }
}
