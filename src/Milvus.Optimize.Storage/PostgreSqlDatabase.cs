using System.Data.Common;
using LinqToDB;
using Npgsql;

namespace Milvus.Optimize.Storage;

/// <summary>PostgreSQL, shared by all nodes. Its tables are made or checked before anything else, and the installation's name is compared.</summary>
internal sealed class PostgreSqlDatabase(StorageOptions options) : OptimizeDatabase
{
    // One node at a time makes the schema: "optimize" in ASCII.
    private const long SchemaLock = 0x6f7074696d697a65;

    // One row that somebody locks would hold up all writes of a node for the command's 30 s: results come back in their order. And a node that is frozen
    // within a transaction must not hold its rows for ever.
    private const string ServerLimits = "-c lock_timeout=5s -c idle_in_transaction_session_timeout=10s";

    // What the options say comes later and wins.
    private readonly string _connectionString =
        $"Maximum Pool Size=20;Timeout=15;Command Timeout=30;Keepalive=30;Application Name=milvus-optimize;Options={ServerLimits};{options.PostgreSql}";

    private bool _ready;

    public override string JournalTable => "optimize_journal";

    public override string JournalSettings => Server + """

        parallelism = 8
        default.journal.table-name = optimize_journal
        """;

    public override string SnapshotSettings => Server + """

        default.snapshot.table-name = optimize_snapshot
        """;

    private static string Server => """
        provider-name = "PostgreSQL.15"
        auto-initialize = false
        """;

    public override DataOptions Connections => new DataOptions().UseConnectionString(ProviderName.PostgreSQL15, _connectionString);

    public override async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(_connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            if (!_ready) await PrepareAsync(connection, cancellationToken);
            _ready = true;
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    // Readers go on; whoever writes a row waits. Between two rows that are wrong there may be a long time without a
    // statement, but a rebuild that is frozen must not hold the table for ever.
    public override string? LockRuns => "set local idle_in_transaction_session_timeout = '10min'; lock table optimize_run in exclusive mode";

    public override Task<bool> HasJournalAsync(DbConnection connection, CancellationToken cancellationToken) => Task.FromResult(true);

    public override string Matches(string column, string parameter) =>
        $@"{column} like replace(replace(replace({parameter}, '_', '\_'), '*', '%'), '?', '_') escape '\'";

    public override string Member(string column, string name) => $"(cast({column} as json) ->> '{name}')";

    /// <exception cref="InvalidOperationException">A table is missing and may not be made, or the database belongs to another installation.</exception>
    private async Task PrepareAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, $"select pg_advisory_xact_lock({SchemaLock})", cancellationToken);
        if (options.CreateSchema) await ExecuteAsync(connection, Script("postgresql.sql"), cancellationToken);
        else await CheckAsync(connection, cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = """
            insert into optimize_deployment (name) values (@name) on conflict do nothing;
            select name from optimize_deployment
            """;
        command.Parameters.AddWithValue("name", options.Deployment);
        var name = (string)(await command.ExecuteScalarAsync(cancellationToken))!;
        if (name != options.Deployment)
        {
            throw new InvalidOperationException(
                $"the database belongs to the deployment '{name}', and this node to '{options.Deployment}': give it another database, or the same {nameof(options.Deployment)}");
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task CheckAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var missing = await ScalarAsync(connection, """
            select string_agg(t, ', ') from unnest(array['optimize_journal', 'optimize_snapshot', 'optimize_run', 'optimize_deployment', 'optimize_api_key']) t where to_regclass(t) is null
            """, cancellationToken);
        if (missing is string names)
            throw new InvalidOperationException($"the database lacks {names}: run postgresql.sql as its owner, or let this node make them (CreateSchema)");
    }
}
