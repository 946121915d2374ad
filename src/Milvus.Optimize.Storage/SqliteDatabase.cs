using System.Data.Common;
using LinqToDB;
using Microsoft.Data.Sqlite;

namespace Milvus.Optimize.Storage;

/// <summary>One file. The journal's own tables are made by its first event, as they always were.</summary>
internal sealed class SqliteDatabase(StorageOptions options) : OptimizeDatabase
{
    /// <summary>
    /// What every connection sets: an intent that is acknowledged must survive power loss (synchronous FULL), readers must not block the writer (WAL), and a
    /// busy file is waited for instead of failing.
    /// </summary>
    public const string Pragmas = "pragma journal_mode=WAL; pragma synchronous=FULL; pragma busy_timeout=5000;";

    private bool _ready;

    public override string JournalTable => "journal";

    public override string JournalSettings => """
        provider-name = "SQLite.MS"
        auto-initialize = true
        """;

    public override string SnapshotSettings => JournalSettings;

    // The connection string cannot carry the pragmas.
    public override DataOptions Connections => new DataOptions()
        .UseConnectionString(ProviderName.SQLiteMS, ConnectionString)
        .UseAfterConnectionOpened(
            connection =>
            {
                using var command = connection.CreateCommand();
                command.CommandText = Pragmas;
                command.ExecuteNonQuery();
            },
            (connection, cancellationToken) => ExecuteAsync(connection, Pragmas, cancellationToken));

    private string ConnectionString => $"Data Source={options.SqliteFile};Default Timeout=10";

    public override async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await ExecuteAsync(connection, Pragmas, cancellationToken);

            // Two that do this at once do the same.
            if (!_ready) await ExecuteAsync(connection, Script("sqlite.sql"), cancellationToken);
            _ready = true;
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public override string? LockRuns => null;

    public override string Matches(string column, string parameter) => $"{column} glob {parameter}";

    public override string Member(string column, string name) => $"json_extract({column}, '$.{name}')";

    public override async Task<bool> HasJournalAsync(DbConnection connection, CancellationToken cancellationToken) =>
        await ScalarAsync(connection, "select name from sqlite_master where type = 'table' and name = 'journal'", cancellationToken) is not null;
}
