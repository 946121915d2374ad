namespace Milvus.Optimize.Core.Runs;

/// <summary>What a caller should know although the run goes on.</summary>
public enum WarningCode
{
    TargetSizeIgnored,
    TargetSizeMisread,
    ServerVersionUnknown,
    IndexesBehindIngest,
    GrowingRowsLeft,
    FlushedMeanwhile,
    RowsRemoved,
    RowsNotCompared,
    LoadRefreshNotDone,
    QueryViewBehind,
    MergedByServer,
    SegmentsUnsorted,
    ForeignCompaction,
    TriggerUnanswered,
}

/// <summary>A warning in a run's result.</summary>
public sealed record Warning(WarningCode Code, string Message);
