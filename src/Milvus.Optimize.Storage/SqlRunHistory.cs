using System.Collections.Immutable;
using System.Data.Common;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Contracts.Serialization;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Storage;

/// <summary>Reads the journal's table. A run's events stand between its <c>st1</c> and the next one of its collection.</summary>
internal sealed class SqlRunHistory(OptimizeDatabase database) : IRunHistory
{
    private static readonly string Started = EventMapping.ManifestOf(typeof(OptimizeEvent.Started));

    /// <inheritdoc/>
    public async Task<ImmutableArray<StoredEvent>> ReadAsync(RunId run, long after, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        if (!await database.HasJournalAsync(connection, cancellationToken)) return [];
        var starts = await Read(connection, run, "and manifest = @manifest order by sequence_number desc", cancellationToken, ("manifest", Started));
        var index = starts.FindIndex(s => s.Event.Stamp.Run == run);
        if (index < 0) return [];
        var (first, next) = (starts[index].SequenceNr, index > 0 ? starts[index - 1].SequenceNr : long.MaxValue);
        var events = await Read(
            connection, run, "and sequence_number >= @first and sequence_number < @next and sequence_number > @after order by sequence_number limit @limit", cancellationToken,
            ("first", first), ("next", next), ("after", after), ("limit", limit));
        return [.. events.Where(e => e.Event.Stamp.Run == run)];
    }

    // What cannot be read is left out: its collection is quarantined, and says so in its document.
    private async Task<List<StoredEvent>> Read(
        DbConnection connection, RunId run, string condition, CancellationToken cancellationToken, params (string Name, object Value)[] parameters)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = $"select sequence_number, manifest, message from {database.JournalTable} where persistence_id = @pid {condition}";
        foreach (var (name, value) in parameters.Append(("pid", run.Collection.PersistenceId)))
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        var events = new List<StoredEvent>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (OptimizeSerializer.ReadEvent((byte[])reader.GetValue(2), reader.GetString(1)) is OptimizeEvent e) events.Add(new(reader.GetInt64(0), e));
        }

        return events;
    }
}
