using System.Data.Common;
using System.Reflection;
using Microsoft.Data.Sqlite;
using Milvus.Optimize.Contracts.Runs;
using Npgsql;
using Xunit.Sdk;

namespace Milvus.Optimize.Storage.Tests;

/// <summary>Where a test's journal lives: a file of its own, or a database of its own.</summary>
internal sealed class JournalPlace : IAsyncDisposable
{
    private readonly TemporaryFolder? _folder;

    private JournalPlace(TemporaryFolder? folder, StorageOptions options) => (_folder, Options) = (folder, options);

    public StorageOptions Options { get; }

    public IRunTable Table => NewTable();

    public string Events => Options.PostgreSql is null ? "journal" : "optimize_journal";

    public static async Task<JournalPlace> OpenAsync(string kind)
    {
        if (kind == "postgresql") return new(null, new() { PostgreSql = await PostgreSqlServer.NewDatabaseAsync() });
        var folder = new TemporaryFolder();
        return new(folder, folder.Options);
    }

    /// <summary>As another process's.</summary>
    public IRunTable NewTable() => new SqlRunTable(OptimizeDatabase.Of(Options));

    /// <summary>Every row of a query as text, by a connection of its own.</summary>
    public List<string> Query(string sql)
    {
        using DbConnection connection = _folder is null ? new NpgsqlConnection($"{Options.PostgreSql};Pooling=false") : new SqliteConnection($"Data Source={Options.SqliteFile};Pooling=False");
        return Rows.Of(connection, sql);
    }

    public ValueTask DisposeAsync()
    {
        if (_folder is null) NpgsqlConnection.ClearAllPools();
        _folder?.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>The theory runs on a SQLite file.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SqliteDataAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [["sqlite"]];
}

/// <summary>The theory runs on PostgreSQL too; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgreSqlDataAttribute : DataAttribute
{
    public PostgreSqlDataAttribute() => Skip = PostgreSqlServer.Missing;

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [["postgresql"]];
}
