using System.Collections.Immutable;
using System.Data.Common;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Milvus.Optimize.Judge;

/// <summary>Reads the journal by plain SQL, and the logs line by line.</summary>
public static class Readers
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <param name="journal">A SQLite file, or a PostgreSQL connection string.</param>
    public static ImmutableArray<JournalRow> Journal(string journal)
    {
        var isFile = !journal.Contains("Host=", StringComparison.OrdinalIgnoreCase);
        using DbConnection connection = isFile ? new SqliteConnection($"Data Source={journal};Mode=ReadOnly;Pooling=False") : new NpgsqlConnection($"{journal};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        var table = isFile ? "journal" : "optimize_journal";
        command.CommandText = $"select persistence_id, sequence_number, manifest, message from {table} where persistence_id like 'optimize-%' order by persistence_id, sequence_number";
        using var reader = command.ExecuteReader();
        var rows = ImmutableArray.CreateBuilder<JournalRow>();
        while (reader.Read())
            rows.Add(new(reader.GetString(0)[JournalRow.IdPrefix.Length..], reader.GetInt64(1), reader.GetString(2), WireMessage.Read(reader.GetFieldValue<byte[]>(3))));
        return rows.ToImmutable();
    }

    public static ImmutableArray<SimulatorLine> Simulator(string file) => Lines<SimulatorLine>(file);

    public static ImmutableArray<ClientLine> Clients(string file) => Lines<ClientLine>(file);

    // The last line of a killed writer may be cut off: it was never told to anybody.
    private static ImmutableArray<T> Lines<T>(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var text = reader.ReadToEnd();
        var whole = text[..(text.LastIndexOf('\n') + 1)];
        return [.. whole.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonSerializer.Deserialize<T>(l, Json)!)];
    }
}
