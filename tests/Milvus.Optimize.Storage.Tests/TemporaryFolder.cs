using Microsoft.Data.Sqlite;

namespace Milvus.Optimize.Storage.Tests;

/// <summary>A folder with a journal that goes with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("optimize-storage-").FullName;

    public string Journal => Path.Combine(Folder, "journal.db");

    public StorageOptions Options => new() { SqliteFile = Journal, LockFile = false };

    /// <summary>Every row of a query as text, by a connection of its own.</summary>
    public List<string> Query(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Journal};Pooling=False");
        return Rows.Of(connection, sql);
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(Folder, recursive: true);
    }
}
