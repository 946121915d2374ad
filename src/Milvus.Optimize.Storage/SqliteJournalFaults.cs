using Microsoft.Data.Sqlite;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Storage;

/// <summary>SQLite's own codes, wherever in the chain of causes they are.</summary>
public sealed class SqliteJournalFaults : IJournalFaults
{
    private const int Full = 13;
    private const int IoError = 10;
    private const int PrimaryKey = 1555;
    private const int Unique = 2067;

    // Of the I/O errors only these two: a full disk in memory fails its write, or the file that readers share cannot grow.
    private const int IoErrorWrite = IoError | (3 << 8);
    private const int IoErrorSharedMemorySize = IoError | (19 << 8);

    /// <inheritdoc/>
    public JournalFault Classify(Exception cause) => Causes(cause).OfType<SqliteException>().Select(Of).FirstOrDefault(f => f != JournalFault.Other);

    private static JournalFault Of(SqliteException e) => e switch
    {
        { SqliteExtendedErrorCode: PrimaryKey or Unique } => JournalFault.Fenced,
        { SqliteErrorCode: Full } or { SqliteExtendedErrorCode: IoErrorWrite or IoErrorSharedMemorySize } => JournalFault.Full,
        _ => JournalFault.Other,
    };

    private static IEnumerable<Exception> Causes(Exception? cause) => cause switch
    {
        null => [],
        AggregateException a => a.InnerExceptions.SelectMany(Causes),
        _ => Causes(cause.InnerException).Prepend(cause),
    };
}
