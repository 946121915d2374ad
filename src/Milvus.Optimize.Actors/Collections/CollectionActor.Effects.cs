using Akka.Actor;
using Akka.Event;
using Milvus.Optimize.Actors.Outbox;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using R = Milvus.Optimize.Core.Runs.OptimizeRun;

namespace Milvus.Optimize.Actors.Collections;

/// <summary>Carrying out what is pending: one effect in flight, its answer, its timers.</summary>
internal sealed partial class CollectionActor
{
    private readonly CancellationTokenSource _stopped = new();
    private readonly IncarnationMemory _memory;
    private Flight? _inFlight;
    private long _flights;
    private (int Attempt, SendPermit Permit)? _permit;
    private bool _draining;
    private bool _hasSlot;
    private long _limitsSince;

    private sealed record Flight(long Number, OptimizeEffect Effect, CancellationTokenSource Cancel, BudgetedGateway? Gateway);

    private sealed record EffectAnswered(long Number, C.Report Report) : INoSerializationVerificationNeeded;

    private sealed record EffectFailed(long Number, MilvusFailure Failure) : INoSerializationVerificationNeeded;

    private sealed record EffectLost(long Number) : INoSerializationVerificationNeeded, INotInfluenceReceiveTimeout;

    private sealed record Tick(string Name) : INoSerializationVerificationNeeded, INotInfluenceReceiveTimeout
    {
        public static Tick Poll { get; } = new("poll");

        public static Tick Deadline { get; } = new("deadline");

        public static Tick NoProgress { get; } = new("no-progress");

        public static Tick Rows { get; } = new("rows");

        public static Tick Idle { get; } = new("idle");
    }

    private sealed record WaitersDue : INoSerializationVerificationNeeded, INotInfluenceReceiveTimeout
    {
        public static WaitersDue Instance { get; } = new();
    }

    // A held run is never ended: its limits are armed again when it goes on. A tick may also have been stashed while the change it missed was written.
    private bool NothingChangedForTooLong => _live.HeldReason is null && _services.Time.GetElapsedTime(_limitsSince) >= _services.Options.NoProgressLimit * 0.9;

    private bool OnEffectMessage(object message)
    {
        switch (message)
        {
            case EffectAnswered answer when _inFlight?.Number == answer.Number:
                RunTelemetry.Attempted(_inFlight.Effect, "answered");
                Land();
                Answered(answer.Report);
                return true;
            case EffectFailed failed when _inFlight?.Number == failed.Number:
                RunTelemetry.Attempted(_inFlight.Effect, "failed");
                Land();
                Failed(failed.Failure);
                return true;
            case EffectLost lost when _inFlight?.Number == lost.Number:
                Lost();
                return true;
            case EffectAnswered or EffectFailed or EffectLost:
                return true;
            case Tick { Name: "poll" }:
                RunPending();
                return true;
            case ClustersChanged:
                if (_live.HeldReason is not null) RunPending();
                return true;
            case Tick { Name: "deadline" } when _state.Run is R.Active a && _live.HeldReason is null:
                if (Now >= a.Facts.Deadline) Handle(new C.RecordDeadline(Now, a.Facts.Run), null);
                else ArmLimits();
                return true;
            case Tick { Name: "no-progress" } when _state.Run is R.Active a && NothingChangedForTooLong:
                Handle(new C.RecordNoProgress(Now, a.Facts.Run), null);
                return true;
            case Tick { Name: "rows" }:
                _rows.Retry(Self);
                return true;
            case Tick { Name: "idle" }:
                LookWhetherIdle();
                return true;
            case Tick:
                return true;
            case WaitersDue:
                if (Document() is { } document) _waiters.AnswerDue(new RunReply(document));
                ArmWaiters();
                return true;
            case RowWriter.Written written:
                _rows.Settle(written);
                if (_rows.RetryPause is { } pause && !Timers.IsTimerActive(Tick.Rows.Name)) Timers.StartSingleTimer(Tick.Rows.Name, Tick.Rows, pause);
                _rows.WriteNext(Self);
                return true;
            case Drain:
                _draining = true;
                return true;
            case TriggerOutbox.SlotGranted:
                TakeSlot();
                return true;
            default:
                return false;
        }
    }

    private void RunPending()
    {
        _paced = false;
        if (_quarantine is not null || _inFlight is not null) return;
        if (OptimizeEffects.Pending(_state) is not { } effect || _state.Run is not R.Active run) return;
        if (_services.Clusters.Find(_key.Cluster) is not { } gateway)
        {
            Hold();
            return;
        }

        if (_live.HeldReason is not null) GoOn();
        switch (effect)
        {
            case OptimizeEffect.AcceptIntent when _draining:
                return;
            case OptimizeEffect.AcceptIntent when !_hasSlot:
                _services.Outbox.Tell(TriggerOutbox.WantSlot.Instance);
                return;
            case OptimizeEffect.AcceptIntent:
                var budgets = _services.Options.Budgets;
                _permit = (run.Facts.Attempt + 1, new SendPermit(_services.Time, budgets.SendWithin, _services.Fence));
                Handle(new C.AcceptIntent(Now, run.Facts.Run, budgets), null);
                return;
            case OptimizeEffect.Trigger trigger:
                Send(trigger, run.Facts, gateway);
                return;
            default:
                Observe(effect, run.Facts, gateway);
                return;
        }
    }

    private void Hold()
    {
        // Written or not, its intent is not sent for as long as this lasts: a few of these would hold all slots of the node.
        GiveSlotBack();
        var held = _services.Clusters.HeldReason(_key.Cluster);
        if (_live.HeldReason == held) return;
        Turn(held);
        _log.Warning("{Collection} is held: {Reason}", _key, held.Message);
        Context.Parent.Tell(new CanGoOn(_key, false));
    }

    private void GoOn()
    {
        Turn(null);
        ArmLimits();
        Context.Parent.Tell(new CanGoOn(_key, true));
    }

    /// <summary>No event, and yet a change of the state that everybody sees: whoever waits for a change is told.</summary>
    private void Turn(Held? held)
    {
        _live = _live with { HeldReason = held, Changes = _live.Changes + 1 };
        OweRow(LastSequenceNr);
        Tell();
        if (Document() is { } document) _waiters.AnswerAll(new RunReply(document));
    }

    private void Observe(OptimizeEffect effect, RunFacts facts, IMilvusGateway gateway)
    {
        var budgeted = new BudgetedGateway(gateway, _services.Reads, _services.Fence, _key.Cluster, _memory.LooksAgain ? ReadTurn.Again : ReadTurn.First);
        var flight = TakeOff(effect, _services.Options.EffectBudget, budgeted);
        var (runner, trace) = (new EffectRunner(budgeted), _telemetry.TraceOf(facts.Run));
        RunAsync().PipeTo(Self);

        async Task<object> RunAsync()
        {
            using var span = RunTelemetry.Begin(effect.GetType().Name, facts, trace);
            try
            {
                return new EffectAnswered(flight.Number, await runner.RunAsync(effect, facts.Run, Now, flight.Cancel.Token));
            }
            catch (MilvusException e)
            {
                return new EffectFailed(flight.Number, e.Failure);
            }
            catch (OperationCanceledException)
            {
                return new EffectFailed(flight.Number, new(MilvusFailureKind.Transient, 0, "Cancelled", "the call was given up"));
            }
            catch (Exception e)
            {
                _log.Error(e, "{Effect} of {Collection} failed unexpectedly", effect.GetType().Name, _key);
                return new EffectFailed(flight.Number, new(MilvusFailureKind.Transient, 0, "OK", $"unexpected: {SafeReason.Of(e)}"));
            }
        }
    }

    /// <summary>Without the permit this is a recovered intent: somebody, perhaps an earlier self, may have sent it.</summary>
    private void Send(OptimizeEffect.Trigger trigger, RunFacts facts, IMilvusGateway gateway)
    {
        if (_permit is not { } held || held.Attempt != trigger.Attempt)
        {
            var unknown = new TriggerOutcome.Unknown(new(MilvusFailureKind.Unknown, 0, "OK", "this node took over after the right to send had been given"));
            Handle(new C.RecordTriggerOutcome(Now, facts.Run, facts.Round, facts.Attempt, unknown), null);
            return;
        }

        _permit = null;
        _hasSlot = false;
        var budget = trigger.Budgets.SendWithin + trigger.Budgets.CallTimeout + TimeSpan.FromSeconds(5);
        TakeOff(trigger, budget + TimeSpan.FromSeconds(5));
        _services.Outbox.Tell(new TriggerOutbox.Send(facts.Run, facts.Round, trigger.Attempt,
            new(trigger.Collection, trigger.TargetSize.Megabytes, trigger.Budgets.CallTimeout), budget, held.Permit, gateway, facts, _telemetry.TraceOf(facts.Run)));
    }

    /// <summary>One of the node's slots: the intent is written only when it can be sent at once.</summary>
    private void TakeSlot()
    {
        _hasSlot = true;
        if (OptimizeEffects.Pending(_state) is OptimizeEffect.AcceptIntent) RunPending();
        if (_permit is null) GiveSlotBack();
    }

    private void GiveSlotBack()
    {
        if (!_hasSlot) return;
        _hasSlot = false;
        _services.Outbox.Tell(TriggerOutbox.GiveSlotBack.Instance);
    }

    private Flight TakeOff(OptimizeEffect effect, TimeSpan budget, BudgetedGateway? gateway = null)
    {
        _memory.LookBegins();
        _inFlight = new(++_flights, effect, CancellationTokenSource.CreateLinkedTokenSource(_stopped.Token), gateway);
        Timers.StartSingleTimer(nameof(EffectLost), new EffectLost(_flights), budget);
        return _inFlight;
    }

    private void Land()
    {
        _inFlight?.Cancel.Dispose();
        _inFlight = null;
        Timers.Cancel(nameof(EffectLost));
    }

    /// <summary>The state went on without its answer (an outcome came, a person decided): the answer is not waited for, or the next step would never begin.</summary>
    private void Leave()
    {
        _inFlight?.Cancel.Cancel();
        Land();
    }

    private void Lost()
    {
        var lost = _inFlight!;
        if (lost.Gateway is { IsWaiting: true })
        {
            // Its turn has not come: that says nothing of Milvus.
            Timers.StartSingleTimer(nameof(EffectLost), new EffectLost(lost.Number), _services.Options.EffectBudget);
            return;
        }

        RunTelemetry.Attempted(lost.Effect, "lost");
        Leave();
        if (lost.Effect is OptimizeEffect.Trigger t && _state.Run is R.Active { Facts: var facts })
        {
            var unknown = new TriggerOutcome.Unknown(new(MilvusFailureKind.Unknown, 0, "OK", "no answer within the budget"));
            Handle(new C.RecordTriggerOutcome(Now, facts.Run, facts.Round, t.Attempt, unknown), null);
            return;
        }

        Failed(new(MilvusFailureKind.Transient, 0, "OK", $"no answer within {_services.Options.EffectBudget}"));
    }

    private void Answered(C.Report report)
    {
        _memory.Answered();
        var indexes = (report as C.RecordIndexes)?.Indexes ?? _live.Indexes;
        _live = _live with { LastFailure = null, Indexes = indexes, Percent = Percent(report) };
        Handle(_memory.Complete(_state, report, Now), null);
    }

    private void Failed(MilvusFailure failure)
    {
        if (_state.Run is not R.Active run) return;
        var pause = _memory.Failed();
        _live = _live with { LastFailure = $"{failure}; trying again" };
        _log.Warning("{RunId} in {Stage}: {Failure}", run.Facts.Run, run.Facts.Stage, failure);
        Handle(new C.RecordFailure(Now, run.Facts.Run, failure), null);
        if (_state.Run is R.Active) Arm(pause);
    }
}
