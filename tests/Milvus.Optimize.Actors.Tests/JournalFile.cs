using Microsoft.Data.Sqlite;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>The journal as a witness: what is really in the file.</summary>
internal static class JournalFile
{
    /// <summary>Sequence numbers and manifests of all histories together, in order; there is one collection in most tests.</summary>
    public static IReadOnlyList<(long SequenceNr, string Manifest)> Events(string path)
    {
        using var connection = new SqliteConnection($"Data Source={path}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "select sequence_number, manifest from journal order by persistence_id, sequence_number";
        using var reader = command.ExecuteReader();
        var events = new List<(long, string)>();
        while (reader.Read()) events.Add((reader.GetInt64(0), reader.GetString(1)));
        return events;
    }

    public static int Count(string path, string manifest) => Events(path).Count(e => e.Manifest == manifest);

    public static int Snapshots(string path)
    {
        using var connection = new SqliteConnection($"Data Source={path}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "select count(*) from snapshot where manifest like 'snap%'";
        return Convert.ToInt32(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }

    public static void Execute(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
