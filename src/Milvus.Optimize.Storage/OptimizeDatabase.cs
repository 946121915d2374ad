using System.Data.Common;
using System.Reflection;
using LinqToDB;

namespace Milvus.Optimize.Storage;

/// <summary>The database of the journal and the run table: what differs between SQLite and PostgreSQL stands behind this.</summary>
internal abstract class OptimizeDatabase
{
    /// <summary>Where the events are.</summary>
    public abstract string JournalTable { get; }

    /// <summary>How Akka.Persistence.Sql reaches it.</summary>
    public abstract DataOptions Connections { get; }

    /// <summary>What the journal plugin's settings have beside those that both databases share.</summary>
    public abstract string JournalSettings { get; }

    /// <summary>The same for the snapshot store.</summary>
    public abstract string SnapshotSettings { get; }

    public static OptimizeDatabase Of(StorageOptions options)
    {
        options.Validate();
        return options.PostgreSql is null ? new SqliteDatabase(options) : new PostgreSqlDatabase(options);
    }

    /// <summary>An open connection to a database in which everything is made.</summary>
    public abstract Task<DbConnection> OpenAsync(CancellationToken cancellationToken);

    /// <summary>SQL that keeps everybody from writing runs until the transaction ends; null where the transaction itself does.</summary>
    public abstract string? LockRuns { get; }

    /// <summary>Whether the journal's table is there. On SQLite it is made by the first event.</summary>
    public abstract Task<bool> HasJournalAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>SQL that says whether a column fits a pattern with <c>*</c> and <c>?</c>.</summary>
    public abstract string Matches(string column, string parameter);

    /// <summary>SQL of a text member of a JSON text.</summary>
    public abstract string Member(string column, string name);

    protected static string Script(string name)
    {
        var assembly = Assembly.GetExecutingAssembly();
        using var reader = new StreamReader(assembly.GetManifestResourceStream($"{assembly.GetName().Name}.Sql.{name}")!);
        return reader.ReadToEnd();
    }

    protected static async Task ExecuteAsync(DbConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    protected static async Task<object?> ScalarAsync(DbConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
