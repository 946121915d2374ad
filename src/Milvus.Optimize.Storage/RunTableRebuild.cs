using System.Collections.Immutable;
using System.Data.Common;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Contracts.Serialization;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Storage;

/// <summary>
/// Makes the run table again from the journal, in one transaction that locks the table before it reads an event: a row that a node writes meanwhile comes
/// after, and is newer. Events are only read, collection by collection. What was only seen live and is no event, the rows that an index had, is kept
/// from a row of the same events; where that row is lost it is missing: of a run that lives until its node writes the row again, of one that ended for good.
/// </summary>
public static class RunTableRebuild
{
    /// <param name="options">The database. Of a SQLite file the caller must keep every node away.</param>
    /// <param name="write">False only says what would be done.</param>
    /// <param name="cancellationToken">Leaves everything as it was.</param>
    public static async Task<RebuildReport> RunAsync(StorageOptions options, bool write, CancellationToken cancellationToken)
    {
        var database = OptimizeDatabase.Of(options);
        await using var connection = await database.OpenAsync(cancellationToken);
        var hasJournal = await database.HasJournalAsync(connection, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (database.LockRuns is { } sql) await ExecuteAsync(connection, transaction, sql, cancellationToken);
        var table = new RebuiltTable(connection, transaction);
        var before = await table.ReadAsync(cancellationToken);
        var (rows, collections, unreadable) = hasJournal ? await FoldAsync(database, connection, transaction, cancellationToken) : ([], 0, []);
        var (added, corrected) = (0, 0);
        foreach (var row in rows)
        {
            var id = row.Run.ToString();
            var wanted = RowText.Of(before.Remove(id, out var found) ? found.SeenLiveOf(row) : row);
            if (found is not null && found.Says(wanted)) continue;
            if (found is null) added++;
            else corrected++;
            if (write) await table.WriteAsync(wanted, cancellationToken);
        }

        if (write)
        {
            foreach (var id in before.Keys) await table.RemoveAsync(id, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return new(rows.Count, collections, added, corrected, before.Count, rows.Count - added - corrected, unreadable, write);
    }

    private static async Task<(List<RunRow> Rows, int Collections, ImmutableArray<string> Unreadable)> FoldAsync(
        OptimizeDatabase database, DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
    {
        var rows = new List<RunRow>();
        var unreadable = ImmutableArray.CreateBuilder<string>();
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        // Longer than any lock is waited for: this reads everything there is.
        command.CommandTimeout = 0;
        command.CommandText = $"select persistence_id, sequence_number, manifest, message from {database.JournalTable} where persistence_id like 'optimize-%' order by persistence_id, sequence_number";
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        HistoryFold? fold = null;
        var collections = 0;
        while (await reader.ReadAsync(cancellationToken))
        {
            if (CollectionKey.FromPersistenceId(reader.GetString(0)) is not { } key) continue;
            if (fold?.Key != key)
            {
                Close(fold);
                (fold, collections) = (new(key), collections + 1);
            }

            fold.Add(reader.GetInt64(1), OptimizeSerializer.ReadEvent((byte[])reader.GetValue(3), reader.GetString(2)));
        }

        Close(fold);
        return (rows, collections, unreadable.ToImmutable());

        void Close(HistoryFold? ended)
        {
            if (ended is null) return;
            rows.AddRange(ended.Rows());
            if (ended.Trouble is { } trouble) unreadable.Add($"{ended.Key}: {trouble}");
        }
    }

    private static async Task ExecuteAsync(DbConnection connection, DbTransaction transaction, string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        (command.Transaction, command.CommandText) = (transaction, sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>What a rebuild found and did.</summary>
/// <param name="Removed">Rows of runs that the journal does not have.</param>
/// <param name="Unreadable">Collections whose history could be read up to a point alone; a node quarantines them.</param>
/// <param name="Written">False where it was only looked.</param>
public sealed record RebuildReport(int Runs, int Collections, int Added, int Corrected, int Removed, int Unchanged, ImmutableArray<string> Unreadable, bool Written);
