using Akka.Actor;
using Akka.Event;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;

namespace Milvus.Optimize.Actors.Collections;

/// <summary>Requests of callers, and the outcomes that the outbox brings.</summary>
internal sealed partial class CollectionActor
{
    private void Start(StartOn start)
    {
        var now = Now;
        var run = new RunId(_key, Ulid.NewUlid(now).ToString());
        _telemetry.Asked(run, start.Request.TraceParent);
        Handle(new C.Start(now, run, start.Request.Key, start.Collection, start.Request.Collection.Name, start.Request.Parameters, now + start.Request.Deadline, start.Request.FailIfLive), Sender);
    }

    private void Get(GetRun get)
    {
        if (Document() is not { } document || document.Id != get.Run.ToString())
        {
            ReplyFromTable(Sender, get.Run);
            return;
        }

        var changed = document.Revision > get.SinceRevision || document.Done || get.Wait <= TimeSpan.Zero;
        if (changed || !_waiters.TryAdd(Sender, get.Wait)) Sender.Tell(new RunReply(document));
        else ArmWaiters();
    }

    /// <summary>An earlier run of this collection stands in the table alone.</summary>
    private void ReplyFromTable(IActorRef replyTo, RunId run)
    {
        // A row that is not written yet is newer than the table's.
        if (_rows.Find(run) is { } owed) replyTo.Tell(new RunReply(owed, Joined: true));
        else FindAsync(run).PipeTo(replyTo);
    }

    private async Task<object> FindAsync(RunId run)
    {
        try
        {
            return await _services.Table.FindAsync(run, _stopped.Token) is { } found
                ? new RunReply(found, Joined: true)
                : new Refused(new(OptimizeProblem.NotFound, $"there is no run {run}"));
        }
        catch (Exception e)
        {
            _log.Warning(e, "the run table cannot be read");
            return new Refused(new(OptimizeProblem.Unavailable, $"the run table cannot be read: {SafeReason.Of(e)}", Retryable: true));
        }
    }

    private void TakeOutcome(DeliverOutcome outcome)
    {
        // A quarantined collection persists nothing: the outbox keeps the outcome for as long as its node lives.
        if (_quarantine is not null) return;
        // The outbox of the node that sent, which need not be this one.
        var outbox = Sender;
        var command = new C.RecordTriggerOutcome(Now, outcome.Run, outcome.Round, outcome.Attempt, outcome.Outcome);
        var isInFlight = _inFlight is { Effect: OptimizeEffect.Trigger t } && t.Attempt == outcome.Attempt && _state.Run is OptimizeRun.Active a && a.Facts.Run == outcome.Run;
        if (isInFlight) Land();
        Handle(command, null);
        DeferAsync(outcome, _ => outbox.Tell(new OutcomeStored(outcome.Run, outcome.Attempt)));
    }

    private void ArmWaiters()
    {
        if (_waiters.NextDue is { } due) Timers.StartSingleTimer(nameof(WaitersDue), WaitersDue.Instance, due > TimeSpan.Zero ? due : TimeSpan.Zero);
    }
}
