using Akka.Hosting;
using Akka.Persistence.Sql.Config;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Contracts.Serialization;

namespace Milvus.Optimize.Storage;

/// <summary>The journal on SQLite or PostgreSQL, and the run table beside it.</summary>
public static class StorageHosting
{
    /// <summary>Registers <see cref="IRunTable"/> and <see cref="IRunHistory"/>, on PostgreSQL <see cref="IKeyTable"/> too, and makes or checks the tables when the host starts.</summary>
    /// <exception cref="ArgumentException">The options cannot work.</exception>
    public static IServiceCollection AddOptimizeStorage(this IServiceCollection services, StorageOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(OptimizeDatabase.Of(options));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IRunTable, SqlRunTable>();
        services.AddSingleton<IRunHistory, SqlRunHistory>();
        services.AddSingleton<IJournalFaults, JournalFaults>();
        if (options.PostgreSql is not null) services.AddSingleton<IKeyTable, SqlKeyTable>().AddSingleton<IJournalProbe, DatabaseProbe>().AddHostedService<DatabaseStart>();
        else if (options.LockFile) services.AddHostedService<JournalLock>();
        return services;
    }

    /// <summary>
    /// Gives the collections' actors the database's journal, under plugin ids of its own (<see cref="OptimizePlugins"/>): the actor system's default journal
    /// stays the embedder's.
    /// </summary>
    public static AkkaConfigurationBuilder WithOptimizeStorage(this AkkaConfigurationBuilder builder, IServiceProvider services)
    {
        var database = services.GetRequiredService<OptimizeDatabase>();
        var connections = builder.Setups.OfType<MultiDataOptionsSetup>().FirstOrDefault() ?? new MultiDataOptionsSetup();
        foreach (var plugin in new[] { OptimizePlugins.Journal, OptimizePlugins.Snapshots }) connections.AddDataOptions(plugin, database.Connections);
        builder.AddSetup(connections);
        return builder.AddHocon(Hocon(database), HoconAddMode.Prepend);
    }

    // The connection string stays out of HOCON: it comes by the setup, with what every connection sets.
    private static string Hocon(OptimizeDatabase database) =>
        Journal(OptimizePlugins.Journal, database.JournalSettings) + Snapshots(OptimizePlugins.Snapshots, database.SnapshotSettings);

    // batch-size 1: one refused write would else take its whole batch with it. replay-filter off: the writer id is per process, so what comes back to an
    // earlier process would look like an old writer's; the unique key makes the filter redundant. The breaker outlasts a slow disk, because what it cuts
    // off has an unknown outcome, and looks soon whether the database is back.
    private static string Journal(string plugin, string settings) => $$"""
        {{plugin}} {
          plugin-id = {{plugin}}
          class = "Akka.Persistence.Sql.Journal.SqlWriteJournal, Akka.Persistence.Sql"
          batch-size = 1
          buffer-size = 50000
          replay-filter.mode = off
          recovery-event-timeout = 120s
          circuit-breaker.call-timeout = 30s
          circuit-breaker.max-failures = 20
          circuit-breaker.reset-timeout = 15s
        {{settings}}
        }

        """;

    // A snapshot only saves time: the events are all there.
    private static string Snapshots(string plugin, string settings) => $$"""
        {{plugin}} {
          plugin-id = {{plugin}}
          class = "Akka.Persistence.Sql.Snapshot.SqlSnapshotStore, Akka.Persistence.Sql"
          snapshot-is-optional = true
        {{settings}}
        }

        """;
}
