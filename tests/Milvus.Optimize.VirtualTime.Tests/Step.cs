namespace Milvus.Optimize.VirtualTime.Tests;

/// <summary>What the scheduler can do next.</summary>
internal enum Act
{
    Timer,
    CallReaches,
    AnswerArrives,
    AnswerLost,
    JournalTakes,
    JournalAcknowledges,
    AcknowledgementLost,
    WriteFails,
    WriteHangs,
    TriggerProbes,
    TriggerLeaves,
    TriggerArrives,
    TriggerAnswered,
    TriggerLost,
    TriggerAnswerLost,
    OutcomeDelivered,
    ClockAdvances,
    ClientActs,
    OwnerStarts,
    SecondOwnerStarts,
    Danger,
    NodeCrashes,
    NodeRestarts,
    NodePauses,
    NodeWakes,
    WallClockSteps,
    ForeignCompaction,
    RowsFlushed,
    RowsDeleted,
    RowsLost,
    PlanFails,
    PlanForgotten,
    PlansForgotten,
    PlanRetried,
    PlanNotQueued,
    RecordLost,
    IndexFails,
    ServerRestarts,
    CollectionReleased,
    CollectionDropped,
    KnownLimit,
}

/// <summary>Something that is under way: it may happen from <see cref="Due"/> on, and by <see cref="Latest"/> it must.</summary>
internal sealed class Step(Act act, string text, long due, Action run)
{
    public Act Act => act;

    public string Text => text;

    public long Due => due;

    public Action Run => run;

    public long Latest { get; init; } = long.MaxValue;

    /// <summary>It happens in this node's process: not while that is paused, never after its crash.</summary>
    public VirtualNode? Node { get; init; }

    public int Life { get; init; }

    public bool IsOff { get; set; }
}
