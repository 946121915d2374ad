using Milvus.Optimize.Core.Runs;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;
using R = Milvus.Optimize.Core.Runs.OptimizeRun;

namespace Milvus.Optimize.Actors.Collections;

/// <summary>
/// What one incarnation of a collection knows by its own monotonic clock and what no event holds: how long it has watched, since when the last trigger's
/// sender runs out of time, what it tried in vain. Gone with the incarnation; the next one watches anew.
/// </summary>
internal sealed class IncarnationMemory(TimeProvider time, Random random, OptimizeOptions options)
{
    // No Milvus is killed and answers again in less.
    private static readonly TimeSpan QuickestRestart = TimeSpan.FromSeconds(3);
    private readonly PollSchedule _poll = new(time, random);
    private readonly SettleWatch _settle = new(time, options.SettleWindow);
    private readonly SettleWatch _quiet = new(time, options.QuietWindow);
    private int _failures;
    private int _notSent;

    // Null where an earlier incarnation saw the stage begin.
    private long? _stageSince;

    // From here on the sender of the last trigger runs out of time.
    private long? _senderKnownSince;
    private long _lookBegan = time.GetTimestamp();

    /// <summary>The last effect failed.</summary>
    public bool IsFailing => _failures > 0;

    /// <summary>The stage was looked at before, and had not ended, or could not be looked at.</summary>
    public bool LooksAgain => _poll.HasBegun || IsFailing;

    /// <summary>Another type of state, or another round: what went before it says nothing of it.</summary>
    public static bool NewStage(CollectionState before, CollectionState after) => after.Run.GetType() != before.Run.GetType() || Round(after) != Round(before);

    /// <summary>The pause before the next look of the same stage.</summary>
    public TimeSpan NextLook() => _poll.Next();

    /// <summary>The pause before a new stage begins: none, unless the last try was fruitless.</summary>
    public TimeSpan PauseBefore(OptimizeRun run) => run switch
    {
        R.ChoosingCandidates { Facts.Fruitless: { } f } => Doubled(options.FruitlessPause, f.Count - 1, TimeSpan.FromMinutes(1)),
        R.ChoosingCandidates { Facts.Merge.LostMerges: > 0 } => options.LostMergePause,
        R.Compacting when _notSent > 0 => Doubled(options.RetryPause, _notSent - 1, options.MaxRetryPause),
        _ => TimeSpan.Zero,
    };

    /// <summary>An effect begins: what it will have seen is no older than now.</summary>
    public void LookBegins() => _lookBegan = time.GetTimestamp();

    /// <summary>The effect answered.</summary>
    public void Answered() => _failures = 0;

    /// <summary>The effect failed.</summary>
    /// <returns>The pause before it is tried again.</returns>
    public TimeSpan Failed() => Doubled(options.RetryPause, _failures++, options.MaxRetryPause);

    /// <summary>What a stored decision means for this memory, before the next step.</summary>
    public void Stored(CollectionState before, CollectionState after, IEnumerable<OptimizeEvent> events)
    {
        _senderKnownSince ??= time.GetTimestamp();
        _failures = 0;
        foreach (var e in events)
        {
            switch (e)
            {
                case E.IntentAccepted:
                    _senderKnownSince = time.GetTimestamp();
                    break;
                case E.TriggerNotSent or E.TriggerRefused:
                    _notSent++;
                    break;
                case E.CancelRequested:
                    // Somebody waits for it.
                    _poll.Restart();
                    break;
                case E.TriggerAcknowledged or E.TriggerOutcomeUnknown or E.Started:
                    _notSent = 0;
                    break;
            }
        }

        if (!NewStage(before, after)) return;
        _stageSince = time.GetTimestamp();
        _poll.Restart();
        _settle.Restart();
        _quiet.Restart();
    }

    /// <summary>Adds to a report what only this incarnation can know: how long it has watched.</summary>
    public C.Report Complete(CollectionState state, C.Report report, DateTimeOffset now) => report switch
    {
        C.RecordCompaction c => c with { At = now, Look = Watched(c.Look, state.Run is R.WaitingForCompaction { CompactionId: null } || c.Look.Compaction is { StateKnown: false }) },
        C.RecordLane c => c with { At = now, Look = Watched(c.Look, state.Lane is { CompactionId: null }), WaitedOut = WaitedOut(state.Lane?.Budgets) },
        C.RecordReconciliation c => c with { At = now, WaitedOut = WaitedOut((state.Run as R.Reconciling)?.Budgets) },
        C.RecordIndexes c => c with { At = now, NewSegmentsSeen = Saw(c) },
        _ => report with { At = now },
    };

    /// <summary>Without an id nobody can ask the server whether a plan still runs: then only a long silence of the segments is an end.</summary>
    private CompactionLook Watched(CompactionLook look, bool idUnknown)
    {
        var (settled, quiet) = (_settle.Observe(look.Segments), _quiet.Observe(look.Segments));
        return look with { Settled = idUnknown ? quiet : settled, MayBeForgotten = _stageSince is not { } since || time.GetElapsedTime(since) > QuickestRestart };
    }

    private bool Saw(C.RecordIndexes c)
    {
        _settle.Observe(c.Segments);
        return _settle.SawNew;
    }

    /// <summary>By the look's beginning, not by its answer: what was seen before the sender was out of time may have changed right after.</summary>
    private bool WaitedOut(SendBudgets? budgets) =>
        budgets is not null && _senderKnownSince is { } since && time.GetElapsedTime(since, _lookBegan) >= budgets.Total;

    private static int Round(CollectionState state) => state.Run is R.Active a ? a.Facts.Round : 0;

    private static TimeSpan Doubled(TimeSpan first, int times, TimeSpan most)
    {
        var pause = first * Math.Pow(2, Math.Min(times, 20));
        return pause < most ? pause : most;
    }
}
