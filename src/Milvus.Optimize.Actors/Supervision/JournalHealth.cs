using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Actors.Supervision;

/// <summary>
/// Whether the journal takes writes, told by the writes themselves. One that fails may be its collection's own bad luck; a second one without a success in
/// between, or a full disk, is the journal's. While it is down a single request is let through now and then: its write shows whether it is back.
/// </summary>
internal sealed class JournalHealth(TimeProvider time)
{
    private static readonly TimeSpan FirstProbe = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestProbe = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);
    private int _failures;
    private bool _full;
    private long _failedAt;
    private TimeSpan _probe;
    private long _probedAt;

    /// <summary>Why nothing can be written; null while all is well.</summary>
    public string? Down { get; private set; }

    public void Failed(JournalFault fault, string cause)
    {
        // Whoever is refused by the unique key was answered by a journal that is well.
        if (fault == JournalFault.Fenced) return;
        _failures++;
        (_full, _failedAt) = (fault == JournalFault.Full, time.GetTimestamp());
        if (Down is null && fault != JournalFault.Full && _failures < 2) return;
        if (Down is null) (_probe, _probedAt) = (FirstProbe, time.GetTimestamp());
        Down = Sentence(fault, cause);
    }

    /// <returns>True when it was down until now.</returns>
    public bool Succeeded()
    {
        var wasDown = Down is not null;
        (Down, _failures) = (null, 0);
        return wasDown;
    }

    /// <summary>
    /// The database itself was asked, and is well: so is the journal, where no write has failed for a while. A node whose collections have nothing to write
    /// would else stay down, and get no request that could show it. The next failure is believed at once. Nothing but a write shows that a full disk has room.
    /// </summary>
    /// <returns>True when it was down until now.</returns>
    public bool Answers()
    {
        if (Down is null || _full || time.GetElapsedTime(_failedAt) < Quiet) return false;
        (Down, _failures) = (null, 1);
        return true;
    }

    /// <summary>True for one request each second at first, then each two, up to half a minute.</summary>
    public bool TakeProbe()
    {
        if (time.GetElapsedTime(_probedAt) < _probe) return false;
        _probedAt = time.GetTimestamp();
        _probe = _probe * 2 < LongestProbe ? _probe * 2 : LongestProbe;
        return true;
    }

    /// <summary>What is wrong, and what a person can do about it.</summary>
    public static string Sentence(JournalFault fault, string cause) => fault == JournalFault.Full
        ? $"the journal cannot be written, its disk has no room left ({cause}): make room"
        : $"the journal cannot be written ({cause}): check the database";
}
