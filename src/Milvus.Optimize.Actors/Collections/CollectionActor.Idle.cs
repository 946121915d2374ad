using Akka.Actor;
using Milvus.Optimize.Actors.Placement;
using R = Milvus.Optimize.Core.Runs.OptimizeRun;

namespace Milvus.Optimize.Actors.Collections;

/// <summary>
/// A collection without work is stopped, and started again when somebody asks: ten thousand that were optimized once would else stay in memory for ever.
/// It asks its supervisor, which alone knows whether a request is on its way. Never by a poison pill, which would pass what is stashed.
/// </summary>
internal sealed partial class CollectionActor
{
    private long _activeAt;

    // A quarantined one rests too: when it is asked for again it reads its history again, which may have been mended.
    private bool IsIdle => (_quarantine is not null || _state.Run is not R.Active) && !_rows.Owes && _inFlight is null && _waiters.NextDue is null;

    private bool OnIdleMessage(object message)
    {
        if (message is LeaveNode)
        {
            // It came behind everything that was being written: nothing of this incarnation reaches the journal any more.
            Context.Stop(Self);
            return true;
        }

        if (message is not StopIdle) return false;
        if (IsIdle) Context.Stop(Self);
        else Context.Parent.Tell(new StaysUp(_key));
        return true;
    }

    private void LookWhetherIdle()
    {
        var left = _services.Options.IdleTime - _services.Time.GetElapsedTime(_activeAt);
        if (left <= TimeSpan.Zero && IsIdle) Context.Parent.Tell(new MayStop(_key));
        ArmIdle(left > TimeSpan.Zero ? left : _services.Options.IdleTime);
    }

    private void ArmIdle(TimeSpan pause) => Timers.StartSingleTimer(Tick.Idle.Name, Tick.Idle, pause);
}
