using Microsoft.Data.Sqlite;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>A journal that refuses every write for as long as a test wants, with the code of a full disk or another one.</summary>
internal sealed class BrokenJournal(int code = BrokenJournal.Full) : JournalSpy
{
    public const int Full = 13;
    public const int CannotOpen = 14;
    private int _refused;

    /// <summary>Whether writes fail.</summary>
    public volatile bool IsBroken;

    public int Refused => _refused;

    public override Task BeforeAsync(IReadOnlyList<OptimizeEvent> events)
    {
        if (!IsBroken) return Task.CompletedTask;
        Interlocked.Increment(ref _refused);
        return Task.FromException(new SqliteException("database or disk is full", code));
    }
}
