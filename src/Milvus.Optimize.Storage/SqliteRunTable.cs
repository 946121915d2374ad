using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Storage;

/// <summary>The run table beside the journal, in the same file.</summary>
public sealed class SqliteRunTable(StorageOptions options) : IRunTable
{
    private const string Schema = """
        create table if not exists optimize_run (
          run_id text primary key,
          persistence_id text not null,
          cluster text not null,
          database_name text not null,
          collection text not null,
          done integer not null,
          revision integer not null,
          sequence_nr integer not null,
          started_at text not null,
          document text not null);
        create index if not exists optimize_run_started on optimize_run (started_at);
        create index if not exists optimize_run_history on optimize_run (persistence_id);
        """;

    private bool _ready;

    /// <inheritdoc/>
    public async Task UpsertAsync(RunRow row, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = """
            insert into optimize_run (run_id, persistence_id, cluster, database_name, collection, done, revision, sequence_nr, started_at, document)
            values ($run, $pid, $cluster, $database, $collection, $done, $revision, $seq, $started, $document)
            on conflict (run_id) do update set
              database_name = excluded.database_name, collection = excluded.collection, done = excluded.done, revision = excluded.revision,
              sequence_nr = excluded.sequence_nr, document = excluded.document
            where optimize_run.revision <= excluded.revision
            """;
        var d = row.Document;
        command.Parameters.AddWithValue("$run", d.Id);
        command.Parameters.AddWithValue("$pid", row.Run.Collection.PersistenceId);
        command.Parameters.AddWithValue("$cluster", d.Cluster);
        command.Parameters.AddWithValue("$database", d.Database);
        command.Parameters.AddWithValue("$collection", d.Collection);
        command.Parameters.AddWithValue("$done", d.Done ? 1 : 0);
        command.Parameters.AddWithValue("$revision", d.Revision);
        command.Parameters.AddWithValue("$seq", row.SequenceNr);
        command.Parameters.AddWithValue("$started", d.StartedAt.UtcDateTime.ToString("O"));
        command.Parameters.AddWithValue("$document", JsonSerializer.Serialize(d, RunDocuments.Json));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<RunDocument?> FindAsync(RunId run, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "select document from optimize_run where run_id = $run";
        command.Parameters.AddWithValue("$run", run.ToString());
        return await command.ExecuteScalarAsync(cancellationToken) is string json ? Read(json) : null;
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<RunDocument>> ListAsync(RunQuery query, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = """
            select document from optimize_run
            where ($cluster is null or cluster = $cluster) and ($database is null or database_name = $database)
              and ($collection is null or collection = $collection) and ($done is null or done = $done)
            order by started_at desc, run_id desc limit $limit
            """;
        command.Parameters.AddWithValue("$cluster", (object?)query.Cluster ?? DBNull.Value);
        command.Parameters.AddWithValue("$database", (object?)query.Database ?? DBNull.Value);
        command.Parameters.AddWithValue("$collection", (object?)query.Collection ?? DBNull.Value);
        command.Parameters.AddWithValue("$done", query.Done is { } done ? done ? 1 : 0 : DBNull.Value);
        command.Parameters.AddWithValue("$limit", Math.Clamp(query.Limit, 1, 500));
        return [.. (await Column(command, cancellationToken)).Select(Read)];
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<CollectionKey>> UnfinishedAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "select name from sqlite_master where type = 'table' and name = 'journal'";
        var hasJournal = await command.ExecuteScalarAsync(cancellationToken) is not null;
        command.CommandText = "select distinct persistence_id from optimize_run where done = 0" + (hasJournal ? """

            union
            select j.persistence_id from
              (select persistence_id, max(sequence_number) as last from journal where persistence_id like 'optimize-%' group by persistence_id) j
              left join (select persistence_id, max(sequence_nr) as last from optimize_run group by persistence_id) r on r.persistence_id = j.persistence_id
            where r.last is null or j.last > r.last
            """ : "");
        return [.. (await Column(command, cancellationToken)).Select(CollectionKey.FromPersistenceId).OfType<CollectionKey>()];
    }

    private static async Task<List<string>> Column(SqliteCommand command, CancellationToken cancellationToken)
    {
        var values = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) values.Add(reader.GetString(0));
        return values;
    }

    private static RunDocument Read(string json) => JsonSerializer.Deserialize<RunDocument>(json, RunDocuments.Json)!;

    private async Task<SqliteConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = await SqlitePragmas.OpenAsync(options, cancellationToken);
        if (_ready) return connection;
        try
        {
            // Two that do this at once do the same.
            await using var command = connection.CreateCommand();
            command.CommandText = Schema;
            await command.ExecuteNonQueryAsync(cancellationToken);
            _ready = true;
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
