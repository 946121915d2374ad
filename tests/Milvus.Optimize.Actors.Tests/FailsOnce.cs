using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>The first write of a certain event fails, and nothing of it is stored.</summary>
internal sealed class FailsOnce(Type type) : JournalSpy
{
    private int _struck;

    public override Task BeforeAsync(IReadOnlyList<OptimizeEvent> events) =>
        events.Any(e => e.GetType() == type) && Interlocked.Exchange(ref _struck, 1) == 0
            ? Task.FromException(new IOException("the disk is full"))
            : Task.CompletedTask;
}
