namespace Milvus.Optimize.VirtualTime.Tests;

/// <summary>
/// What goes wrong in one schedule: some kinds of faults, not all, so many of them, and so often. When they are used up the world is sound again, and
/// every run has to come to an end.
/// </summary>
internal sealed class Faults
{
    private static readonly Act[] InPassing =
        [Act.AnswerLost, Act.WriteFails, Act.WriteHangs, Act.AcknowledgementLost, Act.TriggerLost, Act.TriggerAnswerLost];

    private static readonly Act[] Sudden =
    [
        Act.NodeCrashes, Act.NodePauses, Act.SecondOwnerStarts, Act.WallClockSteps, Act.ForeignCompaction, Act.RowsFlushed, Act.RowsDeleted, Act.RowsLost, Act.PlanFails,
        Act.PlanForgotten, Act.PlansForgotten, Act.PlanRetried, Act.PlanNotQueued, Act.RecordLost, Act.IndexFails, Act.ServerRestarts, Act.CollectionReleased,
        Act.CollectionDropped,
    ];

    private readonly Random _random;
    private readonly Schedule _schedule;
    private readonly int _inPassing;
    private readonly Act[] _sudden;
    private readonly int _every;
    private readonly int _often;
    private int _left;
    private int _nextAt;

    public Faults(Schedule schedule)
    {
        (_schedule, _random) = (schedule, schedule.Random);
        _left = _random.Next(9);
        foreach (var act in InPassing.Where(_ => _random.Next(2) == 0)) _inPassing |= 1 << (int)act;
        _sudden = [.. Sudden.Where(a => _random.Next(a == Act.CollectionDropped ? 12 : 3) == 0)];
        _often = _random.Next(3, 25);
        _every = _random.Next(5, 60);
        _nextAt = _random.Next(_every);
    }

    public bool AreOver => _left == 0;

    /// <summary>Whether this one thing goes wrong.</summary>
    public bool Strikes(Act act, string text)
    {
        // There are few triggers, and everything turns on them.
        var often = act is Act.TriggerLost or Act.TriggerAnswerLost ? _often * 4 : _often;
        if (_left == 0 || (_inPassing & (1 << (int)act)) == 0 || _random.Next(100) >= often) return false;
        _left--;
        _schedule.Note(act, text);
        return true;
    }

    /// <summary>Whether something happens to a node at the worst of moments.</summary>
    public bool StrikesNow()
    {
        if (_left == 0 || _random.Next(100) >= _often * 2) return false;
        _left--;
        return true;
    }

    /// <summary>Called before each step; null mostly.</summary>
    public Act? Next(int step)
    {
        if (_left == 0 || step < _nextAt) return null;
        _nextAt = step + 1 + _random.Next(_every);
        if (_sudden.Length == 0)
        {
            // Those that strike in passing may never find their moment.
            if (_random.Next(4) == 0) _left--;
            return null;
        }

        _left--;
        return _sudden[_random.Next(_sudden.Length)];
    }
}
