using System.Text;
using Npgsql;

namespace Milvus.Optimize.Storage;

/// <summary>Where the journal and the run table live: in a file for one node, in PostgreSQL for several.</summary>
public sealed record StorageOptions
{
    /// <summary>A file on a local disk, made if it is missing. One process at a time: a second one is refused.</summary>
    public string? SqliteFile { get; init; }

    /// <summary>Take the lock beside the file. Default true; false only where something else keeps other processes out.</summary>
    public bool LockFile { get; init; } = true;

    /// <summary>
    /// Npgsql's connection string. What it leaves out is set to: at most 20 connections a node, 15 s to connect,
    /// 30 s for a command, 5 s for a lock, 10 s for an idle transaction, a keep-alive after 30 s. The limits on locks and transactions go by
    /// <c>Options</c>; a pooler in between that refuses those wants it empty.
    /// </summary>
    public string? PostgreSql { get; init; }

    /// <summary>Make the tables that PostgreSQL lacks, at the start. Default true; else they are only checked, and <c>postgresql.sql</c> makes them.</summary>
    public bool CreateSchema { get; init; } = true;

    /// <summary>
    /// Name of the installation, 1 to 100 characters. The first node writes it into PostgreSQL, and a node with another name refuses to start: a test's nodes
    /// never take part in production's runs because a connection string was copied. Default <c>default</c>.
    /// </summary>
    public string Deployment { get; init; } = "default";

    /// <exception cref="ArgumentException">The values cannot work together; the text says why.</exception>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(SqliteFile) == string.IsNullOrWhiteSpace(PostgreSql))
            throw new ArgumentException($"set one of {nameof(SqliteFile)} (one node) and {nameof(PostgreSql)} (several nodes), not both");
        if (PostgreSql is not null) CheckConnectionString(PostgreSql);
        if (Deployment.Length is 0 or > 100) throw new ArgumentException($"{nameof(Deployment)} must have 1 to 100 characters");
    }

    private static void CheckConnectionString(string text)
    {
        try
        {
            _ = new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new ArgumentException($"{nameof(PostgreSql)} is no connection string such as 'Host=db;Database=optimize;Username=optimize': {e.Message}");
        }
    }

    // The connection string may hold a password.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(SqliteFile is null ? $"{nameof(PostgreSql)} = ***" : $"{nameof(SqliteFile)} = {SqliteFile}");
        builder.Append($", {nameof(CreateSchema)} = {CreateSchema}, {nameof(Deployment)} = {Deployment}");
        return true;
    }
}
