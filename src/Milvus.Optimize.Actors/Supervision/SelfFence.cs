using Milvus.Optimize.Core.Telemetry;

namespace Milvus.Optimize.Actors.Supervision;

/// <summary>
/// Whether this process may still change anything in Milvus. It closes for ever once a thread of its own was not run for longer than the limit: the
/// machine, or the process, stood still, and others have perhaps taken its collections over meanwhile. Between two beats of that thread whoever wants to act
/// looks at the clock himself.
/// </summary>
internal sealed class SelfFence(TimeProvider time, TimeSpan limit)
{
    private readonly Lock _gate = new();
    private long _lastBeat = time.GetTimestamp();
    private Action<string>? _end;
    private string? _closed;

    /// <summary>Open for ever: a node on its own has nobody who would take over.</summary>
    public static SelfFence None { get; } = new(TimeProvider.System, TimeSpan.MaxValue);

    /// <summary>Why nothing may be done any more; null while all is well.</summary>
    public string? Closed
    {
        get
        {
            LookAtClock();
            return _closed;
        }
    }

    /// <param name="end">Ends the process or its actor system; called once.</param>
    public void EndBy(Action<string> end) => _end = end;

    /// <summary>The thread was run. Late, it closes the fence.</summary>
    public void Beat()
    {
        LookAtClock();
        Interlocked.Exchange(ref _lastBeat, time.GetTimestamp());
    }

    /// <summary>Closes for another reason: the others have shut this node out.</summary>
    public void Close(string reason)
    {
        lock (_gate)
        {
            if (_closed is not null) return;
            _closed = reason;
        }

        OptimizeInstruments.Fences.Add(1, new KeyValuePair<string, object?>("kind", "node"));
        _end?.Invoke(reason);
    }

    private void LookAtClock()
    {
        var gap = time.GetElapsedTime(Interlocked.Read(ref _lastBeat));
        if (gap > limit) Close($"this process stood still for {gap.TotalSeconds:F1} s");
    }
}
