namespace Milvus.Optimize.Core.Runs;

/// <summary>Terminal states of a run.</summary>
public enum RunOutcome
{
    Succeeded,
    SucceededNoWork,
    PartiallySucceeded,
    Failed,
    TimedOut,
    Cancelled,
    Abandoned,
}

/// <summary>Why a run ended as it did; <see cref="None"/> for a plain success.</summary>
public enum RunEndReason
{
    None,
    NothingToMerge,
    ServerDoesNotCompact,
    Unverified,
    CoverageIncomplete,
    NoIndex,
    IndexFailed,
    CompactionFailed,
    RowsGained,
    RejectedByServer,
    CollectionDropped,
    CollectionReplaced,
    SegmentsBusy,
    DeadlineExceeded,
    NoProgress,
    OnRequest,
}

/// <summary>How a run ended.</summary>
/// <param name="Message">A sentence for a person.</param>
/// <param name="MilvusCode">The code of the server's refusal; 0 where there was none.</param>
public sealed record RunEnd(RunOutcome Outcome, RunEndReason Reason, string Message, int MilvusCode = 0)
{
    /// <summary>True where the run has a result, false where it has an error.</summary>
    public bool HasResult => Outcome is RunOutcome.Succeeded or RunOutcome.SucceededNoWork or RunOutcome.PartiallySucceeded;
}
