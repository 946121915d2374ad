using Akka.Actor;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>Stores the writes of a certain event, and says so only when a test lets it.</summary>
internal sealed class HeldJournal(Type type) : JournalSpy
{
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the write hangs.</summary>
    public Task Arrived => _arrived.Task.WaitAsync(TimeSpan.FromSeconds(20));

    public void Release() => _go.SetResult();

    public override Task StoredAsync(IReadOnlyList<OptimizeEvent> events, ActorSystem system)
    {
        if (!events.Any(e => e.GetType() == type)) return Task.CompletedTask;
        _arrived.TrySetResult();
        return _go.Task;
    }
}
