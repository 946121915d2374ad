using Akka.Hosting;
using Akka.Persistence.Sql;
using Akka.Persistence.Sql.Config;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Storage;

/// <summary>The journal on SQLite or PostgreSQL, and the run table beside it.</summary>
public static class StorageHosting
{
    /// <summary>Registers <see cref="IRunTable"/>, and makes or checks the tables when the host starts.</summary>
    /// <exception cref="ArgumentException">The options cannot work.</exception>
    public static IServiceCollection AddOptimizeStorage(this IServiceCollection services, StorageOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(OptimizeDatabase.Of(options));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IRunTable, SqlRunTable>();
        if (options.PostgreSql is not null) services.AddHostedService<DatabaseStart>();
        return services;
    }

    /// <summary>Makes the database's journal the actor system's.</summary>
    public static AkkaConfigurationBuilder WithOptimizeStorage(this AkkaConfigurationBuilder builder, IServiceProvider services)
    {
        var database = services.GetRequiredService<OptimizeDatabase>();
        builder.AddSetup(new DataOptionsSetup(database.Connections));
        builder.AddHocon(Hocon(database), HoconAddMode.Prepend);
        return builder.AddHocon(SqlPersistence.DefaultConfiguration, HoconAddMode.Append);
    }

    // The connection string stays out of HOCON: it comes by the setup, with what every connection sets.
    // batch-size 1: one refused write would else take its whole batch with it. replay-filter off: the writer id is per process, so a collection that comes
    // back to an earlier process would look like an old writer's; the unique key makes the filter redundant. The breaker outlasts a slow disk: what it cuts
    // off has an unknown outcome.
    private static string Hocon(OptimizeDatabase database) => $$"""
        akka.persistence.journal.plugin = "akka.persistence.journal.sql"
        akka.persistence.journal.sql {
          class = "Akka.Persistence.Sql.Journal.SqlWriteJournal, Akka.Persistence.Sql"
          batch-size = 1
          buffer-size = 50000
          replay-filter.mode = off
          recovery-event-timeout = 120s
          circuit-breaker.call-timeout = 30s
          circuit-breaker.max-failures = 20
        {{database.JournalSettings}}
        }
        akka.persistence.snapshot-store.plugin = "akka.persistence.snapshot-store.sql"
        akka.persistence.snapshot-store.sql {
          class = "Akka.Persistence.Sql.Snapshot.SqlSnapshotStore, Akka.Persistence.Sql"
        {{database.SnapshotSettings}}
        }
        """;
}
