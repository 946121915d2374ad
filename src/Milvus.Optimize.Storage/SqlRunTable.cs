using System.Collections.Immutable;
using System.Data.Common;
using System.Text.Json;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Storage;

/// <summary>The run table beside the journal, in the same database. One SQL serves both kinds.</summary>
internal sealed class SqlRunTable(OptimizeDatabase database) : IRunTable
{
    // A row of an ended run that is written again comes from somebody who read its history, and has not seen what the first one saw live.

    /// <inheritdoc/>
    public async Task UpsertAsync(RunRow row, CancellationToken cancellationToken)
    {
        var d = row.Document;
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = Command(connection, """
            insert into optimize_run (run_id, persistence_id, cluster, database_name, collection, done, revision, sequence_nr, started_at, document)
            values (@run, @pid, @cluster, @database, @collection, @done, @revision, @seq, @started, @document)
            on conflict (run_id) do update set
              database_name = excluded.database_name, collection = excluded.collection, done = excluded.done, revision = excluded.revision,
              sequence_nr = excluded.sequence_nr, document = excluded.document
            where optimize_run.revision < excluded.revision
              or (optimize_run.revision = excluded.revision and (optimize_run.done = 0 or excluded.done = 0 or optimize_run.sequence_nr < excluded.sequence_nr))
            """,
            ("run", d.Id), ("pid", row.Run.Collection.PersistenceId), ("cluster", d.Cluster), ("database", d.Database), ("collection", d.Collection), ("done", d.Done ? 1 : 0),
            ("revision", d.Revision), ("seq", row.SequenceNr), ("started", Text(d.StartedAt)), ("document", StoredText.Of(d)));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<RunDocument?> FindAsync(RunId run, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = Command(connection, "select document from optimize_run where run_id = @run", ("run", run.ToString()));
        return await command.ExecuteScalarAsync(cancellationToken) is string json ? Read(json) : null;
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<RunDocument>> ListAsync(RunQuery query, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var within = query.Within;
        await using var command = Command(connection, $"""
            select document from optimize_run
            where (cast(@cluster as text) is null or cluster = @cluster) and (cast(@database as text) is null or database_name = @database)
              and (cast(@collection as text) is null or {database.Matches("collection", "@collection")}) and (cast(@done as integer) is null or done = @done)
              {(query.State is null ? "" : $"and {database.Member("document", "state")} = @state")}
              and (cast(@since as text) is null or started_at >= @since) and (cast(@until as text) is null or started_at < @until)
              and (cast(@in_cluster as text) is null or {database.Matches("cluster", "@in_cluster")})
              and (cast(@in_database as text) is null or {database.Matches("database_name", "@in_database")})
              and (cast(@in_collection as text) is null or {database.Matches("collection", "@in_collection")})
              and (cast(@before as text) is null or started_at < @before or (started_at = @before and run_id < @before_run))
            order by started_at desc, run_id desc limit @limit
            """,
            ("cluster", query.Cluster), ("database", query.Database), ("collection", query.Collection), ("done", query.Done is { } done ? done ? 1 : 0 : null),
            ("state", query.State), ("since", Text(query.Since)), ("until", Text(query.Until)),
            ("in_cluster", within?.Cluster), ("in_database", within?.Database), ("in_collection", within?.Collection),
            ("before", Text(query.Before?.StartedAt)), ("before_run", query.Before?.RunId), ("limit", Math.Clamp(query.Limit, 1, 500)));
        return [.. (await Column(command, cancellationToken)).Select(Read)];
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<CollectionKey>> UnfinishedAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var hasJournal = await database.HasJournalAsync(connection, cancellationToken);
        await using var command = Command(connection, "select distinct persistence_id from optimize_run where done = 0" + (hasJournal ? $"""

            union
            select persistence_id from ({EachOfTheJournal(database.JournalTable)}) j
            where persistence_id like 'optimize-%'
              and (select max(sequence_number) from {database.JournalTable} e where e.persistence_id = j.persistence_id)
                > coalesce((select max(sequence_nr) from optimize_run r where r.persistence_id = j.persistence_id), -1)
            """ : ""));
        return [.. (await Column(command, cancellationToken)).Select(CollectionKey.FromPersistenceId).OfType<CollectionKey>()];
    }

    // From one to the next by the index: the journal is never pruned, and to read all of it would take longer every day.
    private static string EachOfTheJournal(string journal) => $"""
        with recursive each_one (persistence_id) as (
          select min(persistence_id) from {journal}
          union all
          select (select min(persistence_id) from {journal} e where e.persistence_id > each_one.persistence_id) from each_one where each_one.persistence_id is not null)
        select persistence_id from each_one where persistence_id is not null
        """;

    private static DbCommand Command(DbConnection connection, string sql, params (string Name, object? Value)[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private static async Task<List<string>> Column(DbCommand command, CancellationToken cancellationToken)
    {
        var values = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) values.Add(reader.GetString(0));
        return values;
    }

    // Of one width, so that texts are in the order of the instants.
    private static string? Text(DateTimeOffset? at) => at?.UtcDateTime.ToString("O");

    private static RunDocument Read(string json) => JsonSerializer.Deserialize<RunDocument>(json, RunDocuments.Json)!;
}
