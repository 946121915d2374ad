using System.Globalization;
using Akka.Actor;
using Akka.Event;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Milvus.Optimize.Actors.Placement;
using Milvus.Optimize.Contracts;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Contracts.Serialization;

namespace Milvus.Optimize.Actors.Hosting;

/// <summary>Embeds the optimizer: one call for the container, one for the actor system.</summary>
public static class MilvusOptimizeHosting
{
    /// <summary>Registers <see cref="IMilvusOptimizer"/>, <see cref="IOptimizeRuns"/>, <see cref="IOptimizeNode"/>, <see cref="IClusterInspection"/> and <see cref="MilvusClusters"/>.</summary>
    /// <exception cref="ArgumentException">An option cannot work.</exception>
    public static IServiceCollection AddMilvusOptimize(this IServiceCollection services, OptimizeOptions? options = null)
    {
        var effective = options ?? new OptimizeOptions();
        effective.Validate();
        services.AddSingleton(effective);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<MilvusClusters>();
        services.AddSingleton<IOptimizeRuns>(provider =>
            new ActorOptimizeRuns(provider.GetRequiredService<IRequiredActor<OptimizeSupervisor>>().GetAsync, provider.GetRequiredService<IRunTable>()));
        services.AddSingleton<IMilvusOptimizer, MilvusOptimizer>();
        services.AddSingleton<IOptimizeNode>(provider => new OptimizeNode(
            provider.GetRequiredService<IRequiredActor<OptimizeSupervisor>>(), provider.GetRequiredService<IRunTable>(), provider.GetRequiredService<ActorSystem>,
            provider.GetService<IJournalProbe>()));
        services.AddSingleton<IClusterInspection, ClusterInspection>();
        return services;
    }

    /// <summary>Starts the optimizer in the actor system. Needs a journal: <c>WithOptimizeStorage</c>, or one of the embedder's own.</summary>
    /// <exception cref="InvalidOperationException">The journal would live in memory (and nobody said so), or no run table is registered.</exception>
    public static AkkaConfigurationBuilder WithMilvusOptimize(this AkkaConfigurationBuilder builder, IServiceProvider services)
    {
        var options = services.GetRequiredService<OptimizeOptions>();
        var table = services.GetService<IRunTable>()
            ?? throw NoTable;
        var time = services.GetRequiredService<TimeProvider>();
        var clusters = services.GetRequiredService<MilvusClusters>();
        builder.AddSetup(OptimizeSerializer.Setup);
        var drainLimit = DrainLimit(options);
        builder.AddHocon(string.Create(CultureInfo.InvariantCulture, $$"""
            akka.actor.ask-timeout = 10s
            akka.log-serializer-override-on-start = off
            # The drain of the trigger outbox must outlast the call that it waits for.
            akka.coordinated-shutdown.phases.service-requests-done.timeout = {{drainLimit.TotalSeconds + 5:F0}}s
            """), HoconAddMode.Prepend);
        return builder.WithActors((system, registry) =>
        {
            CheckJournal(system, options);
            var supervisor = system.ActorOf(OptimizeSupervisor.Props(options, clusters, table, services.GetService<IJournalFaults>(), time, NodeName), ShardedPlaces.SupervisorName);
            registry.Register<OptimizeSupervisor>(supervisor);
            CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "drain-trigger-outbox", () => DrainAsync(system, supervisor, drainLimit));
        }).AddStartup(async (_, _) =>
        {
            if (options.WakeAtStart) await services.GetRequiredService<IOptimizeNode>().WakeAsync(CancellationToken.None);
        });
    }

    internal static InvalidOperationException NoTable => new("no run table is registered: call AddOptimizeStorage, or register an IRunTable");

    /// <summary>How long a trigger that is under way at the node's end may take.</summary>
    internal static TimeSpan DrainLimit(OptimizeOptions options) => options.Budgets.SendWithin + options.Budgets.CallTimeout + TimeSpan.FromSeconds(10);

    internal static string NodeName => $"{Environment.MachineName}:{Environment.ProcessId}";

    internal static void CheckJournal(ActorSystem system, OptimizeOptions options)
    {
        var config = system.Settings.Config;
        var plugin = options.JournalPluginId.Length > 0 ? options.JournalPluginId : config.GetString("akka.persistence.journal.plugin", "");
        if (plugin.Length > 0 && config.GetString($"{plugin}.class", "").Length == 0)
            throw new InvalidOperationException($"the journal plugin {plugin} is not configured: call WithOptimizeStorage, or name another one by {nameof(options.JournalPluginId)}");
        if (!options.AllowVolatileJournal && (plugin.Length == 0 || plugin.EndsWith("inmem", StringComparison.Ordinal)))
        {
            throw new InvalidOperationException(
                "the journal lives in memory, so that a run would not survive this process: call WithOptimizeStorage, or set AllowVolatileJournal");
        }
    }

    /// <summary>A trigger that was sent is answered or given up before the collections stop: an id that was received is never lost.</summary>
    internal static async Task<Akka.Done> DrainAsync(ActorSystem system, IActorRef supervisor, TimeSpan limit)
    {
        try
        {
            await supervisor.Ask<Drained>(Drain.Instance, limit);
        }
        catch (AskTimeoutException)
        {
            system.Log.Warning("the trigger outbox was not drained within {0}; what it sent is reconciled at the next start", limit);
        }

        return Akka.Done.Instance;
    }
}
