using Milvus.Optimize.Actors.Supervision;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.VirtualTime.Tests;

/// <summary>One process: its clocks, its outbox, at most one incarnation of the collection, and the supervisor's rules for starting that again.</summary>
internal sealed class VirtualNode
{
    private readonly Schedule _schedule;
    private FenceWatch _fences;
    private RestartPauses _pauses;
    private bool _rests;
    private int _starts;

    public VirtualNode(Schedule schedule, string name, TimeSpan offset)
    {
        _schedule = schedule;
        Name = name;
        Time = new(schedule.Clock) { Offset = offset };
        Outbox = new(schedule, this);
        (_fences, _pauses) = (NewFences(), NewPauses());
    }

    public string Name { get; }

    public MachineTime Time { get; }

    public Outbox Outbox { get; }

    public Owner? Owner { get; private set; }

    /// <summary>Rises with every crash: what an earlier process had in memory is gone.</summary>
    public int Life { get; private set; }

    public bool IsUp { get; private set; } = true;

    /// <summary>Ticks until which the process stands still.</summary>
    public long PausedUntil { get; private set; }

    public bool Runs => IsUp && PausedUntil <= _schedule.Clock.Ticks;

    /// <summary>A name for each, so that a trace can be read.</summary>
    public string NextIncarnation => $"{Name}{++_starts}";

    public bool IsAlive(int life) => IsUp && Life == life;

    /// <returns>Null where the collection is left alone for now.</returns>
    public Owner? Wake()
    {
        if (!IsUp || _rests) return null;
        if (Owner is not null) return Owner;
        if (_fences.IsReadOnly(_schedule.Key)) return null;
        Owner = new(_schedule, this);
        _pauses.Started(_schedule.Key);
        _schedule.Note(Act.OwnerStarts, $"{Owner.Name} recovers");
        Owner.Recover();
        return Owner;
    }

    public void Progressed() => _pauses.Progressed(_schedule.Key);

    /// <summary>As the supervisor has it: a fenced one stays away for a while, another failure pauses shortly.</summary>
    public void OwnerFailed(JournalFault? fault)
    {
        Owner = null;
        var (pause, rests) = _pauses.Stopped(_schedule.Key, byJournal: fault is not null);
        if (fault == JournalFault.Fenced) (pause, rests) = (_fences.Fenced(_schedule.Key), true);
        _rests = rests;
        _schedule.After(pause, Act.OwnerStarts, $"on {Name} after {pause}", () =>
        {
            _rests = false;
            Wake();
        }, this);
    }

    public void Pause(TimeSpan pause) => PausedUntil = Math.Max(PausedUntil, _schedule.Clock.Ticks + pause.Ticks);

    public void Crash()
    {
        Owner?.Stop();
        Owner = null;
        Outbox.Crash();
        Life++;
        (IsUp, _rests, PausedUntil) = (false, false, 0);
        (_fences, _pauses) = (NewFences(), NewPauses());
    }

    public void Restart()
    {
        if (IsUp) return;
        IsUp = true;
        Wake();
    }

    private FenceWatch NewFences() => new(Time, _schedule.Random, _schedule.Options.Budgets.Total, _schedule.Options.QuietWindow);

    private RestartPauses NewPauses() => new(Time, _schedule.Random, _schedule.Options.RestartPause);
}
