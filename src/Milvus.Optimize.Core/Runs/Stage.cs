namespace Milvus.Optimize.Core.Runs;

/// <summary>Where a run stands. All but <see cref="Flushing"/> and <see cref="Verifying"/> are pymilvus's stages.</summary>
public enum Stage
{
    Initializing,
    Flushing,
    WaitingForIndexes,
    Compacting,
    WaitingForCompaction,
    WaitingForIndexRebuild,
    RefreshingLoad,
    Verifying,
}

/// <summary>When a stage was entered, and in which round.</summary>
public sealed record StageEntry(Stage Stage, int Round, DateTimeOffset At);
