using System.Collections.Immutable;
using System.Data.Common;
using System.Text.Json;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Storage;

/// <summary>The run table inside the transaction of a rebuild.</summary>
internal sealed class RebuiltTable(DbConnection connection, DbTransaction transaction)
{
    public async Task<Dictionary<string, RowText>> ReadAsync(CancellationToken cancellationToken)
    {
        var rows = new Dictionary<string, RowText>();
        await using var command = Command($"select {RowText.Columns} from optimize_run");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows[reader.GetString(0)] = new(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetInt32(5), reader.GetInt64(6),
                reader.GetInt64(7), reader.GetString(8), reader.GetString(9));
        }

        return rows;
    }

    public async Task WriteAsync(RowText row, CancellationToken cancellationToken)
    {
        await using var command = Command($"""
            insert into optimize_run ({RowText.Columns}) values (@run, @pid, @cluster, @database, @collection, @done, @revision, @seq, @started, @document)
            on conflict (run_id) do update set
              persistence_id = excluded.persistence_id, cluster = excluded.cluster, database_name = excluded.database_name, collection = excluded.collection,
              done = excluded.done, revision = excluded.revision, sequence_nr = excluded.sequence_nr, started_at = excluded.started_at, document = excluded.document
            """);
        Add(command, ("run", row.Run), ("pid", row.PersistenceId), ("cluster", row.Cluster), ("database", row.Database), ("collection", row.Collection),
            ("done", row.Done), ("revision", row.Revision), ("seq", row.SequenceNr), ("started", row.StartedAt), ("document", row.Document));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task RemoveAsync(string run, CancellationToken cancellationToken)
    {
        await using var command = Command("delete from optimize_run where run_id = @run");
        Add(command, ("run", run));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static void Add(DbCommand command, params (string Name, object Value)[] parameters)
    {
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }
    }

    private DbCommand Command(string sql)
    {
        var command = connection.CreateCommand();
        (command.Transaction, command.CommandText) = (transaction, sql);
        return command;
    }
}

/// <summary>A row as it is stored.</summary>
internal sealed record RowText(
    string Run, string PersistenceId, string Cluster, string Database, string Collection, int Done, long Revision, long SequenceNr, string StartedAt, string Document)
{
    public const string Columns = "run_id, persistence_id, cluster, database_name, collection, done, revision, sequence_nr, started_at, document";

    /// <summary>Whether it is the other, but for changes that are no events: they raise a revision, and no new process knows of them.</summary>
    public bool Says(RowText other)
    {
        if (this == other) return true;
        var text = $"\"revision\":{Revision},";
        return Done == 1 && Revision - other.Revision is > 0 and < 1000 && this with { Revision = other.Revision, Document = Document.Replace(text, $"\"revision\":{other.Revision},", StringComparison.Ordinal) } == other;
    }

    /// <summary>The row that the journal makes, with what this one has seen of the same run after the same events and the journal does not have.</summary>
    public RunRow SeenLiveOf(RunRow row)
    {
        if (SequenceNr != row.SequenceNr || Indexes() is not { IsDefaultOrEmpty: false } seen || !row.Document.Progress.Indexes.IsEmpty) return row;
        return row with { Document = row.Document with { Progress = row.Document.Progress with { Indexes = seen } } };
    }

    private ImmutableArray<IndexDocument>? Indexes()
    {
        try
        {
            return JsonSerializer.Deserialize<RunDocument>(Document, RunDocuments.Json)?.Progress?.Indexes;
        }
        catch (JsonException)
        {
            // It was spoilt.
            return null;
        }
    }

    public static RowText Of(RunRow row)
    {
        var d = row.Document;
        return new(
            d.Id, row.Run.Collection.PersistenceId, d.Cluster, d.Database, d.Collection, d.Done ? 1 : 0, d.Revision, row.SequenceNr,
            d.StartedAt.UtcDateTime.ToString("O"), StoredText.Of(d));
    }
}
