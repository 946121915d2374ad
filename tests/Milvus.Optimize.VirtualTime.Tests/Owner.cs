using System.Collections.Immutable;
using Milvus.Optimize.Actors;
using Milvus.Optimize.Actors.Collections;
using Milvus.Optimize.Contracts.Messages;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using R = Milvus.Optimize.Core.Runs.OptimizeRun;

namespace Milvus.Optimize.VirtualTime.Tests;

/// <summary>
/// One incarnation of the collection: what <see cref="CollectionActor"/> does around the core, step by step, without its actor. Decisions, folds, pending
/// effects, the effect runner and the memory are the product's own; mailbox, stash, timers and writes are the scheduler's. The other part: effects.
/// </summary>
internal sealed partial class Owner
{
    private readonly Schedule _schedule;
    private readonly VirtualNode _node;
    private readonly IncarnationMemory _memory;
    private readonly Queue<Action> _stash = [];
    private readonly Dictionary<string, Step> _timers = [];
    private CollectionState _state = CollectionState.Empty;
    private long _sequenceNr;
    private bool _writes;
    private bool _isStopped;

    public Owner(Schedule schedule, VirtualNode node)
    {
        _schedule = schedule;
        _node = node;
        Name = node.NextIncarnation;
        _memory = new(node.Time, schedule.Random, schedule.Options);
    }

    public string Name { get; }

    public CollectionState State => _state;

    private DateTimeOffset Now => _node.Time.GetUtcNow();

    private OptimizeOptions Options => _schedule.Options;

    public void Recover()
    {
        try
        {
            (_state, _sequenceNr) = _schedule.Journal.Recover();
        }
        catch (InvalidOperationException e)
        {
            // A history that cannot be read quarantines the collection: it does nothing from here on.
            _schedule.Note(Act.OwnerStarts, $"{Name} is quarantined: {e.Message}");
            _isStopped = true;
            return;
        }

        if (_state.Run is not R.Active)
        {
            AfterChange(newStage: true);
            return;
        }

        Arm("poll", TimeSpan.FromMilliseconds(_schedule.Random.Next(20)), RunPending);
        Handle(new C.TakeOwnership(Now, Name));
    }

    /// <summary>A caller's request.</summary>
    public void Ask(Func<DateTimeOffset, OptimizeCommand> command, Action<Decision> told) => Receive(() => Handle(command(Now), told));

    public void TakeOutcome(DeliverOutcome outcome) => Receive(() =>
    {
        var isInFlight = _inFlight is { Effect: OptimizeEffect.Trigger t } && t.Attempt == outcome.Attempt && _state.Run is R.Active a && a.Facts.Run == outcome.Run;
        if (isInFlight) Land();
        Handle(new C.RecordTriggerOutcome(Now, outcome.Run, outcome.Round, outcome.Attempt, outcome.Outcome), stored: () => _node.Outbox.Stored(outcome.Run, outcome.Attempt));
    });

    public void Stop()
    {
        _isStopped = true;
        _stash.Clear();
        foreach (var timer in _timers.Values) timer.IsOff = true;
        _inFlight?.Cancel.Cancel();
    }

    private void Receive(Action message)
    {
        if (_isStopped) return;
        if (_writes) _stash.Enqueue(message);
        else message();
    }

    /// <summary>Decides, persists, and only then answers and acts.</summary>
    private void Handle(OptimizeCommand command, Action<Decision>? told = null, Action? stored = null, DateTimeOffset? seenAt = null)
    {
        var decision = _schedule.Mutant.Decide(_state, command, Options.Policy);
        if (decision.Events.IsEmpty)
        {
            told?.Invoke(decision);
            stored?.Invoke();
            if (!_memory.IsFailing) Continue();
            return;
        }

        var next = decision.Events.Aggregate(_state, OptimizeState.Apply);
        Persist(decision.Events, seenAt ?? _schedule.Clock.Now, () =>
        {
            var before = _state;
            _state = next;
            _memory.Stored(before, next, decision.Events);
            if (decision.Events.Any(e => e is not OptimizeEvent.OwnershipTaken)) _node.Progressed();
            told?.Invoke(decision);
            AfterChange(IncarnationMemory.NewStage(before, next));
            stored?.Invoke();
        });
    }

    private void Persist(ImmutableArray<OptimizeEvent> events, DateTimeOffset seenAt, Action stored)
    {
        _writes = true;
        ImmutableArray<StoredEvent> rows = [.. events.Select((e, i) => new StoredEvent(_sequenceNr + 1 + i, e, Name, seenAt))];
        _sequenceNr += rows.Length;
        var life = _node.Life;
        var text = _schedule.Traces ? $"{Name} #{rows[0].SequenceNr} {string.Join(", ", events.Select(e => e.GetType().Name))}" : "";
        var limit = _schedule.After(Options.PersistLimit, Act.Timer, $"{Name}'s write hangs", () => Fail(JournalFault.Other), _node);
        _schedule.After(_schedule.Pace.OneWay(), Act.JournalTakes, text, () =>
        {
            // Whoever is killed leaves a statement behind that may have reached the database or not.
            if (!_node.IsAlive(life) && _schedule.Random.Next(2) == 0) return;
            if (_schedule.Faults.Strikes(Act.WriteFails, text))
            {
                Answer(() => Fail(JournalFault.Other), "failed");
                return;
            }

            var isStored = _schedule.Journal.TryStore(rows);
            if (!isStored) _schedule.Note(Act.JournalTakes, $"refuses {text}: the number is taken");
            if (_schedule.Faults.Strikes(Act.WriteHangs, text)) return;
            if (_schedule.Faults.Strikes(Act.AcknowledgementLost, text)) Answer(() => Fail(JournalFault.Other), "lost");
            else if (!isStored) Answer(() => Fail(JournalFault.Fenced), "fenced");
            else Answer(Stored, "");
        });

        void Answer(Action then, string how)
        {
            if (_node.IsAlive(life)) _schedule.After(_schedule.Pace.OneWay(), Act.JournalAcknowledges, $"{text} {how}", then, _node);
        }

        void Stored()
        {
            if (_isStopped) return;
            limit.IsOff = true;
            _writes = false;
            stored();
            while (!_writes && !_isStopped && _stash.TryDequeue(out var message)) message();
        }
    }

    /// <summary>Unknown, not "not written": the next incarnation reads the truth.</summary>
    private void Fail(JournalFault fault)
    {
        if (_isStopped) return;
        Stop();
        _node.OwnerFailed(fault);
    }

    private void AfterChange(bool newStage)
    {
        _schedule.Clients.See(_node, _state);
        ArmLimits();
        if (newStage)
        {
            Leave();
            Begin();
        }
        else
        {
            Continue();
        }
    }

    private void Continue()
    {
        if (_inFlight is null && !_timers.ContainsKey("poll") && OptimizeEffects.Pending(_state) is not null) Arm("poll", _memory.NextLook(), RunPending);
    }

    private void Begin()
    {
        Disarm("poll");
        var pause = _memory.PauseBefore(_state.Run);
        if (pause > TimeSpan.Zero) Arm("poll", pause, RunPending);
        else RunPending();
    }

    private void Arm(string name, TimeSpan pause, Action then)
    {
        Disarm(name);
        _timers[name] = _schedule.After(pause, Act.Timer, _schedule.Traces ? $"{Name} {name}" : name, () =>
        {
            _timers.Remove(name);
            Receive(then);
        }, _node);
    }

    private void Disarm(string name)
    {
        if (_timers.Remove(name, out var timer)) timer.IsOff = true;
    }
}
