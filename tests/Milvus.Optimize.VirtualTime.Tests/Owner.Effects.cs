using Milvus.Optimize.Actors.Collections;
using Milvus.Optimize.Actors.Outbox;
using Milvus.Optimize.Actors.Supervision;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using R = Milvus.Optimize.Core.Runs.OptimizeRun;

namespace Milvus.Optimize.VirtualTime.Tests;

/// <summary>One effect in flight, its answer, its limits.</summary>
internal sealed partial class Owner
{
    private Flight? _inFlight;
    private (int Attempt, SendPermit Permit)? _permit;
    private long _limitsSince;

    private sealed record Flight(OptimizeEffect Effect, CancellationTokenSource Cancel, Sightings Seen);

    private void RunPending()
    {
        if (_inFlight is not null) return;
        if (OptimizeEffects.Pending(_state) is not { } effect || _state.Run is not R.Active run) return;
        switch (effect)
        {
            case OptimizeEffect.AcceptIntent:
                _permit = (run.Facts.Attempt + 1, new SendPermit(_node.Time, Options.Budgets.SendWithin, SelfFence.None));
                Handle(new C.AcceptIntent(Now, run.Facts.Run, Options.Budgets));
                return;
            case OptimizeEffect.Trigger trigger:
                Send(trigger, run.Facts);
                return;
            default:
                Observe(effect, run.Facts);
                return;
        }
    }

    private void Observe(OptimizeEffect effect, RunFacts facts)
    {
        var flight = TakeOff(effect, Options.EffectBudget);
        _ = RunAsync();

        async Task RunAsync()
        {
            try
            {
                var report = await new EffectRunner(new VirtualGateway(_schedule, _node, flight.Seen)).RunAsync(effect, facts.Run, Now, flight.Cancel.Token);
                Receive(() => Answered(flight, report));
            }
            catch (MilvusException e)
            {
                Receive(() => Failed(flight, e.Failure));
            }
            catch (OperationCanceledException)
            {
                // It was left: nobody waits for its answer.
            }
        }
    }

    /// <summary>Without the permit this is a recovered intent: somebody, perhaps an earlier self, may have sent it.</summary>
    private void Send(OptimizeEffect.Trigger trigger, RunFacts facts)
    {
        if (_schedule.Mutant.SendsFound) _permit ??= (trigger.Attempt, new SendPermit(_node.Time, Options.Budgets.SendWithin, SelfFence.None));
        if (_permit is not { } held || held.Attempt != trigger.Attempt)
        {
            Handle(new C.RecordTriggerOutcome(Now, facts.Run, facts.Round, facts.Attempt, Unknown("this node took over after the right to send had been given")));
            return;
        }

        _permit = null;
        TakeOff(trigger, trigger.Budgets.SendWithin + trigger.Budgets.CallTimeout + TimeSpan.FromSeconds(10));
        _node.Outbox.Send(facts.Run, facts.Round, trigger.Attempt,
            new(trigger.Collection, trigger.TargetSize.Megabytes, trigger.Budgets.CallTimeout), trigger.Budgets, held.Permit);
    }

    private Flight TakeOff(OptimizeEffect effect, TimeSpan budget)
    {
        _memory.LookBegins();
        var flight = new Flight(effect, new(), new(keepsTruth: effect is OptimizeEffect.Verify));
        _inFlight = flight;
        Arm("lost", budget, () => Lost(flight));
        return flight;
    }

    private void Land()
    {
        _inFlight = null;
        Disarm("lost");
    }

    private void Leave()
    {
        _inFlight?.Cancel.Cancel();
        Land();
    }

    private void Lost(Flight flight)
    {
        if (_inFlight != flight) return;
        Leave();
        if (flight.Effect is OptimizeEffect.Trigger t && _state.Run is R.Active { Facts: var facts })
            Handle(new C.RecordTriggerOutcome(Now, facts.Run, facts.Round, t.Attempt, Unknown("no answer within the budget")));
        else
            Failed(new(MilvusFailureKind.Transient, 0, "OK", "no answer within the budget"));
    }

    private void Answered(Flight flight, C.Report report)
    {
        if (_inFlight != flight) return;
        Land();
        _memory.Answered();
        if (flight.Effect is OptimizeEffect.Verify) _schedule.Truths.Keep(Name, _sequenceNr, flight.Seen.Truth);
        Handle(_memory.Complete(_state, report, Now), seenAt: flight.Seen.At);
    }

    private void Failed(Flight flight, MilvusFailure failure)
    {
        if (_inFlight != flight) return;
        Land();
        Failed(failure);
    }

    private void Failed(MilvusFailure failure)
    {
        if (_state.Run is not R.Active run) return;
        var pause = _memory.Failed();
        Handle(new C.RecordFailure(Now, run.Facts.Run, failure));
        if (_state.Run is R.Active) Arm("poll", pause, RunPending);
    }

    private void ArmLimits()
    {
        if (_state.Run is not R.Active run)
        {
            Disarm("deadline");
            Disarm("no-progress");
            return;
        }

        var left = run.Facts.Deadline - Now;
        Arm("deadline", left > TimeSpan.Zero ? left : TimeSpan.Zero, AtDeadline);
        _limitsSince = _node.Time.GetTimestamp();
        Arm("no-progress", Options.NoProgressLimit, AtNoProgress);
    }

    private void AtDeadline()
    {
        if (_state.Run is not R.Active a) return;
        if (Now >= a.Facts.Deadline) Handle(new C.RecordDeadline(Now, a.Facts.Run));
        else ArmLimits();
    }

    private void AtNoProgress()
    {
        if (_state.Run is R.Active a && _node.Time.GetElapsedTime(_limitsSince) >= Options.NoProgressLimit * 0.9) Handle(new C.RecordNoProgress(Now, a.Facts.Run));
    }

    private static TriggerOutcome.Unknown Unknown(string why) => new(new(MilvusFailureKind.Unknown, 0, "OK", why));
}
