using Microsoft.Data.Sqlite;
using Milvus.Optimize.Contracts.Runs;
using Npgsql;

namespace Milvus.Optimize.Storage;

/// <summary>The databases' own codes, wherever in the chain of causes they are.</summary>
internal sealed class JournalFaults : IJournalFaults
{
    private const int Full = 13;
    private const int IoError = 10;
    private const int PrimaryKey = 1555;
    private const int Unique = 2067;

    // Of the I/O errors only these two: a full disk in memory fails its write, or the file that readers share cannot grow.
    private const int IoErrorWrite = IoError | (3 << 8);
    private const int IoErrorSharedMemorySize = IoError | (19 << 8);

    /// <inheritdoc/>
    public JournalFault Classify(Exception cause) => Causes(cause).Select(Of).FirstOrDefault(f => f != JournalFault.Other);

    private static JournalFault Of(Exception e) => e switch
    {
        SqliteException { SqliteExtendedErrorCode: PrimaryKey or Unique } or PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } => JournalFault.Fenced,
        SqliteException { SqliteErrorCode: Full } or SqliteException { SqliteExtendedErrorCode: IoErrorWrite or IoErrorSharedMemorySize } => JournalFault.Full,
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => JournalFault.Full,
        _ => JournalFault.Other,
    };

    private static IEnumerable<Exception> Causes(Exception? cause) => cause switch
    {
        null => [],
        AggregateException a => a.InnerExceptions.SelectMany(Causes),
        _ => Causes(cause.InnerException).Prepend(cause),
    };
}
