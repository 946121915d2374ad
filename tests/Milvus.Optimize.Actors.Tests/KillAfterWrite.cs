using Akka.Actor;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>Ends the actor system when the n-th write, or the write of a certain event, is stored. Whether the writer still hears of it is a choice.</summary>
internal sealed class KillAfterWrite(int? number = null, Type? after = null, bool acknowledged = false) : JournalSpy
{
    private readonly Lock _gate = new();
    private readonly List<OptimizeEvent> _stored = [];
    private int _writes;

    /// <summary>Everything that was stored up to the kill.</summary>
    public IReadOnlyList<OptimizeEvent> Stored
    {
        get
        {
            lock (_gate) return [.. _stored];
        }
    }

    public int Writes => _writes;

    public override Task StoredAsync(IReadOnlyList<OptimizeEvent> events, ActorSystem system)
    {
        lock (_gate) _stored.AddRange(events);
        var due = Interlocked.Increment(ref _writes) == number || events.Any(e => e.GetType() == after);
        if (!due) return Task.CompletedTask;
        _ = system.Terminate();
        return acknowledged ? Task.CompletedTask : new TaskCompletionSource().Task;
    }
}
