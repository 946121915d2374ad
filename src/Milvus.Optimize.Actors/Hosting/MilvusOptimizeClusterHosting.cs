using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Routing;
using Akka.Event;
using Akka.Hosting;
using Akka.Routing;
using Microsoft.Extensions.DependencyInjection;
using Milvus.Optimize.Actors.Placement;
using Milvus.Optimize.Actors.Supervision;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Contracts.Serialization;

namespace Milvus.Optimize.Actors.Hosting;

/// <summary>The optimizer over several nodes of an Akka cluster: one journal, each collection on one node, which another one takes over.</summary>
public static class MilvusOptimizeClusterHosting
{
    /// <summary>The role of the nodes that run collections. Those without it only ask.</summary>
    public const string Role = OptimizeNodes.Role;

    private const string NodesName = "milvus-optimize-nodes";

    /// <summary>
    /// As <c>WithMilvusOptimize</c>, in an actor system with <c>WithClustering</c>. A node with the role <see cref="Role"/> runs collections; any other one
    /// asks those, and needs the run table for its lists alone. The settings of sharding are the caller's: the repository's <c>cluster.hocon</c> has them
    /// with a reason for each.
    /// </summary>
    /// <exception cref="InvalidOperationException">The journal would live in memory (and nobody said so), or no run table is registered.</exception>
    public static AkkaConfigurationBuilder WithMilvusOptimizeCluster(this AkkaConfigurationBuilder builder, IServiceProvider services)
    {
        var options = services.GetRequiredService<OptimizeOptions>();
        var table = services.GetService<IRunTable>() ?? throw MilvusOptimizeHosting.NoTable;
        var drainLimit = MilvusOptimizeHosting.DrainLimit(options);
        builder.AddSetup(MessageSerializer.Setup);
        builder.AddHocon(string.Create(CultureInfo.InvariantCulture, $$"""
            # The outbox is waited for here, with remoting still up, and on the last node before the collections stop: both outlast the call under way.
            akka.coordinated-shutdown.phases.service-requests-done.timeout = {{drainLimit.TotalSeconds + 5:F0}}s
            akka.coordinated-shutdown.phases.cluster-exiting.timeout = {{drainLimit.TotalSeconds + 5:F0}}s
            """), HoconAddMode.Prepend);
        return builder.WithActors((system, registry) =>
        {
            if (!Cluster.Get(system).SelfRoles.Contains(Role))
            {
                registry.Register<OptimizeSupervisor>(system.ActorOf(Nodes, NodesName));
                return;
            }

            MilvusOptimizeHosting.CheckJournal(system, options);
            var fence = Fence(system, options, services.GetRequiredService<TimeProvider>());
            var places = new ShardedPlaces(system, Role);
            var supervisor = system.ActorOf(
                OptimizeSupervisor.Props(
                    options, services.GetRequiredService<MilvusClusters>(), table, services.GetService<IJournalFaults>(),
                    services.GetRequiredService<TimeProvider>(), MilvusOptimizeHosting.NodeName, places, fence), ShardedPlaces.SupervisorName);
            places.Start(supervisor);
            registry.Register<OptimizeSupervisor>(supervisor);
            LeaveInOrder(system, supervisor, places, drainLimit);
            if (options.WakeAtStart) Cluster.Get(system).RegisterOnMemberUp(() => supervisor.Tell(WakeUnfinished.Instance));
        });
    }

    private static Props Nodes => new ClusterRouterGroup(
        new RoundRobinGroup($"/user/{ShardedPlaces.SupervisorName}"),
        new ClusterRouterGroupSettings(1000, [$"/user/{ShardedPlaces.SupervisorName}"], allowLocalRoutees: false, useRole: Role)).Props();

    /// <summary>A node that was left behind ends, by the harder of both ways where it was told so: a shutdown would let it act for seconds more.</summary>
    private static SelfFence Fence(ActorSystem system, OptimizeOptions options, TimeProvider time)
    {
        var fence = new SelfFence(time, options.PauseLimit);
        fence.EndBy(reason =>
        {
            if (options.FenceAction == FenceAction.KillProcess)
            {
                Process.GetCurrentProcess().Kill();
                return;
            }

            system.Log.Error("{0}: the actor system ends, because other nodes have perhaps taken over", reason);
            _ = system.Terminate();
        });
        var watch = new PauseWatch(fence);
        _ = system.WhenTerminated.ContinueWith(_ => watch.Dispose(), TaskScheduler.Default);
        system.ActorOf(OutcastWatch.Props(fence), "milvus-optimize-outcast");
        OutcastWatch.CloseBeforeShutdown(CoordinatedShutdown.Get(system), fence);
        return fence;
    }

    /// <summary>
    /// No new work first; then the collections go to other nodes, which takes no longer than their last write; then, while others are still reached, what
    /// the outbox waits for is waited for and sent to them. The last node has nobody to send it to: it waits first.
    /// </summary>
    private static void LeaveInOrder(ActorSystem system, IActorRef supervisor, ShardedPlaces places, TimeSpan limit)
    {
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "no-new-triggers", async () =>
        {
            if (!places.Others.Any()) return await MilvusOptimizeHosting.DrainAsync(system, supervisor, limit);
            supervisor.Tell(Drain.Instance);
            return Akka.Done.Instance;
        });
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterExiting, "drain-trigger-outbox", () => MilvusOptimizeHosting.DrainAsync(system, supervisor, limit));
    }
}
