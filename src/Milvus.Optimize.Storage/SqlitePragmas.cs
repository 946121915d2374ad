using Microsoft.Data.Sqlite;

namespace Milvus.Optimize.Storage;

/// <summary>
/// What every connection sets: an intent that is acknowledged must survive power loss (synchronous FULL), readers must not block the writer (WAL), and a
/// busy file is waited for instead of failing.
/// </summary>
internal static class SqlitePragmas
{
    public const string Text = "pragma journal_mode=WAL; pragma synchronous=FULL; pragma busy_timeout=5000;";

    public static async Task<SqliteConnection> OpenAsync(StorageOptions options, CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(options.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = Text;
            await command.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
