using Akka.Event;
using Milvus.Optimize.Core.Runs;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using R = Milvus.Optimize.Core.Runs.OptimizeRun;

namespace Milvus.Optimize.Actors.Collections;

/// <summary>When the next look comes: pauses, stages that begin and end, and the limits of the run.</summary>
internal sealed partial class CollectionActor
{
    private bool _paced;

    /// <summary>Nothing was decided: look again later.</summary>
    private void ActOn()
    {
        // A refused report is a late one: whatever is owed now must go on all the same.
        if (!_memory.IsFailing) Continue();
    }

    /// <summary>The stage is the same: the next look comes by schedule, and one that is due already stays.</summary>
    private void Continue()
    {
        if (_inFlight is null && !Timers.IsTimerActive(Tick.Poll.Name) && OptimizeEffects.Pending(_state) is not null) Arm(_memory.NextLook());
    }

    /// <summary>A new stage begins with its effect, or with a pause where the last try was fruitless.</summary>
    private void Begin()
    {
        Timers.Cancel(Tick.Poll.Name);
        var pause = _memory.PauseBefore(_state.Run);
        if (pause > TimeSpan.Zero) Arm(pause);
        else RunPending();
    }

    /// <summary>After recovery: not all at once, unless a caller waits for it.</summary>
    private void Pace()
    {
        _paced = true;
        Arm(_services.Pace.Next());
    }

    private void Hurry()
    {
        if (!_paced) return;
        _paced = false;
        Arm(TimeSpan.Zero);
    }

    private void Arm(TimeSpan pause) => Timers.StartSingleTimer(Tick.Poll.Name, Tick.Poll, pause);

    /// <summary>What a stored decision means for this incarnation's memory, before the next step.</summary>
    private void Persisted(CollectionState before, Decision decision)
    {
        _memory.Stored(before, _state, decision.Events);
        _live = _live with { Changes = 0 };
        if (!IncarnationMemory.NewStage(before, _state)) return;
        _live = _live with { Percent = null, LastFailure = null };
        LogTransition(before);
    }

    private void LogTransition(CollectionState before)
    {
        var stage = (before.Run as R.Active)?.Facts.Stage;
        if (_state.Run is R.Ended end) _log.Info("{RunId}: {Outcome} {Message}", end.Facts.Run, end.End.Outcome, end.End.Message);
        else if (_state.Run is R.Active a && a.Facts.Stage != stage) _log.Info("{RunId} of {Collection}: {Stage}", a.Facts.Run, a.Facts.Collection.Name, a.Facts.Stage);
    }

    private double? Percent(C.Report report) => report switch
    {
        C.RecordIndexes { Indexes: { IsEmpty: false } i } when i.Sum(x => x.TotalRows) > 0 =>
            Math.Clamp(100.0 * (1 - ((double)i.Sum(x => x.PendingRows) / i.Sum(x => x.TotalRows))), 0, 100),
        C.RecordCompaction { Look.Compaction: { Plans: { IsEmpty: false } plans } } => 100.0 * plans.Count(p => !p.Targets.IsEmpty) / plans.Length,
        C.RecordRefresh { Progress: { } p } => p,
        _ => _live.Percent,
    };

    private void ArmLimits()
    {
        if (_state.Run is not R.Active run)
        {
            Timers.Cancel(Tick.Deadline.Name);
            Timers.Cancel(Tick.NoProgress.Name);
            return;
        }

        var left = run.Facts.Deadline - Now;
        Timers.StartSingleTimer(Tick.Deadline.Name, Tick.Deadline, left > TimeSpan.Zero ? left < TimeSpan.FromDays(20) ? left : TimeSpan.FromDays(20) : TimeSpan.Zero);
        _limitsSince = _services.Time.GetTimestamp();
        Timers.StartSingleTimer(Tick.NoProgress.Name, Tick.NoProgress, _services.Options.NoProgressLimit);
    }
}
