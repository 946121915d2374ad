using Akka.Hosting;
using Akka.Persistence.Sql;
using Akka.Persistence.Sql.Config;
using LinqToDB;
using Microsoft.Extensions.DependencyInjection;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Storage;

/// <summary>The journal on SQLite, and the run table beside it.</summary>
public static class StorageHosting
{
    /// <summary>Registers <see cref="IRunTable"/>.</summary>
    public static IServiceCollection AddOptimizeStorage(this IServiceCollection services, StorageOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<IRunTable, SqliteRunTable>();
        services.AddSingleton<IJournalFaults, SqliteJournalFaults>();
        return services;
    }

    /// <summary>Makes the file's journal the actor system's. Tables are made at the first use.</summary>
    public static AkkaConfigurationBuilder WithOptimizeStorage(this AkkaConfigurationBuilder builder, IServiceProvider services)
    {
        var options = services.GetRequiredService<StorageOptions>();
        builder.AddSetup(new DataOptionsSetup(Connections(options)));
        builder.AddHocon(Hocon, HoconAddMode.Prepend);
        return builder.AddHocon(SqlPersistence.DefaultConfiguration, HoconAddMode.Append);
    }

    // The connection string stays out of HOCON: it comes by the setup, with the pragmas.
    // replay-filter off: the writer id is per process, so a collection that comes back to an earlier process would look like an old writer's; the unique
    // key makes the filter redundant. The breaker outlasts a slow disk: what it cuts off has an unknown outcome.
    // A snapshot is never needed: where it cannot be read, all events are.
    private const string Hocon = """
        akka.persistence.journal.plugin = "akka.persistence.journal.sql"
        akka.persistence.journal.sql.class = "Akka.Persistence.Sql.Journal.SqlWriteJournal, Akka.Persistence.Sql"
        akka.persistence.journal.sql.provider-name = "SQLite.MS"
        akka.persistence.journal.sql.auto-initialize = true
        akka.persistence.journal.sql.batch-size = 1
        akka.persistence.journal.sql.buffer-size = 50000
        akka.persistence.journal.sql.replay-filter.mode = off
        akka.persistence.journal.sql.recovery-event-timeout = 120s
        akka.persistence.journal.sql.circuit-breaker.call-timeout = 30s
        akka.persistence.journal.sql.circuit-breaker.max-failures = 20
        akka.persistence.snapshot-store.plugin = "akka.persistence.snapshot-store.sql"
        akka.persistence.snapshot-store.sql.class = "Akka.Persistence.Sql.Snapshot.SqlSnapshotStore, Akka.Persistence.Sql"
        akka.persistence.snapshot-store.sql.provider-name = "SQLite.MS"
        akka.persistence.snapshot-store.sql.auto-initialize = true
        akka.persistence.snapshot-store.sql.snapshot-is-optional = true
        """;

    internal static DataOptions Connections(StorageOptions options) => new DataOptions()
        .UseConnectionString(ProviderName.SQLiteMS, options.ConnectionString)
        .UseAfterConnectionOpened(
            connection =>
            {
                using var command = connection.CreateCommand();
                command.CommandText = SqlitePragmas.Text;
                command.ExecuteNonQuery();
            },
            async (connection, cancellationToken) =>
            {
                await using var command = connection.CreateCommand();
                command.CommandText = SqlitePragmas.Text;
                await command.ExecuteNonQueryAsync(cancellationToken);
            });
}
