using System.Collections.Immutable;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Core.Runs;

/// <summary>What every event carries.</summary>
/// <param name="Epoch">Rises with every new owner of the collection.</param>
/// <param name="Round">The force merge inside the run, from 1.</param>
/// <param name="Attempt">The last intent of the run, from 1; 0 before the first.</param>
public sealed record Stamp(RunId Run, long Epoch, int Round, int Attempt, DateTimeOffset At);

/// <summary>What has happened to a collection: the whole of what its journal holds. docs/events.md lists the manifests.</summary>
public abstract record OptimizeEvent(Stamp Stamp)
{
    /// <summary>A new incarnation owns the collection: every older one's next write fails.</summary>
    public sealed record OwnershipTaken(Stamp Stamp, string Node) : OptimizeEvent(Stamp);

    public sealed record Started(
        Stamp Stamp, string Key, CollectionName Collection, string RequestedName, OptimizeParameters Parameters, DateTimeOffset Deadline) : OptimizeEvent(Stamp);

    /// <summary>Another request for the same joined the run.</summary>
    public sealed record Joined(Stamp Stamp, string Key, OptimizeParameters Parameters) : OptimizeEvent(Stamp);

    public sealed record CollectionInspected(
        Stamp Stamp, ServerDescription Server, int Shards, ImmutableArray<string> Indexes, bool HasVectorIndex) : OptimizeEvent(Stamp);

    public sealed record CollectionRenamed(Stamp Stamp, string Database, string Name) : OptimizeEvent(Stamp);

    public sealed record FlushStarted(Stamp Stamp, FlushTicket Ticket) : OptimizeEvent(Stamp);

    public sealed record FlushCompleted(Stamp Stamp) : OptimizeEvent(Stamp);

    /// <summary>Timestamp 0 where the server has none to give.</summary>
    public sealed record IndexWaitStarted(Stamp Stamp, ulong Timestamp) : OptimizeEvent(Stamp);

    /// <param name="Stamp">As everywhere.</param>
    /// <param name="Segments">After a merge: the flushed segments that this was said of. Empty before it, where the server cannot list segments, and in journals before 0.2.</param>
    public sealed record IndexesBuilt(Stamp Stamp, ImmutableArray<long> Segments) : OptimizeEvent(Stamp)
    {
        public IndexesBuilt(Stamp stamp)
            : this(stamp, [])
        {
        }
    }

    /// <summary>The segments a force merge should cover. Empty and not <paramref name="Known"/> where the server cannot list segments.</summary>
    public sealed record CandidatesChosen(Stamp Stamp, ImmutableArray<SegmentObservation> Candidates, bool Known, ReachableMinimum? Minimum = null) : OptimizeEvent(Stamp);

    /// <summary>There is nothing left to merge although this run had begun to: somebody else's compaction finished the work.</summary>
    public sealed record MergedElsewhere(Stamp Stamp) : OptimizeEvent(Stamp);

    /// <summary>The right to send one trigger. Whoever finds it without an answer does not know whether it was sent.</summary>
    public sealed record IntentAccepted(Stamp Stamp, SendBudgets Budgets) : OptimizeEvent(Stamp);

    public sealed record TriggerAcknowledged(Stamp Stamp, long CompactionId, int PlanCount) : OptimizeEvent(Stamp);

    /// <summary>Proof that nothing was sent: the attempt does not count.</summary>
    public sealed record TriggerNotSent(Stamp Stamp, string Reason) : OptimizeEvent(Stamp);

    public sealed record TriggerRefused(Stamp Stamp, int Code, string Reason) : OptimizeEvent(Stamp);

    public sealed record TriggerOutcomeUnknown(Stamp Stamp, string Reason) : OptimizeEvent(Stamp);

    /// <summary>The answer of an attempt that was closed without it. CompactionId 0 where nothing was started.</summary>
    public sealed record LateOutcomeStored(Stamp Stamp, long CompactionId, bool StartedNothing, string Evidence) : OptimizeEvent(Stamp);

    /// <summary>What became of a trigger without an answer.</summary>
    public sealed record TriggerReconciled(Stamp Stamp, bool Triggered, string Evidence) : OptimizeEvent(Stamp);

    /// <summary>The server acknowledged and started nothing.</summary>
    public sealed record NothingStarted(Stamp Stamp, string Reason, ImmutableArray<long> Segments) : OptimizeEvent(Stamp);

    /// <summary>Plans as the server names them, kept because it forgets them.</summary>
    public sealed record PlansRecorded(Stamp Stamp, ImmutableArray<CompactionPlan> Plans) : OptimizeEvent(Stamp);

    /// <summary>The server forgot the compaction and its sources still stand: it must be asked again.</summary>
    public sealed record MergeLost(Stamp Stamp, string Evidence) : OptimizeEvent(Stamp);

    public sealed record CompactionEnded(Stamp Stamp) : OptimizeEvent(Stamp);

    public sealed record LoadRefreshStarted(Stamp Stamp) : OptimizeEvent(Stamp);

    public sealed record LoadRefreshEnded(Stamp Stamp, bool Loaded) : OptimizeEvent(Stamp);

    /// <summary>Others replaced segments whose indexes were already built: the new ones' are waited for before the run is proven.</summary>
    public sealed record SegmentsReplaced(Stamp Stamp, int Segments) : OptimizeEvent(Stamp);

    /// <summary>Candidates were left out and another force merge may cover them, when they are free.</summary>
    /// <param name="Stamp">Of the new round.</param>
    /// <param name="Uncovered">The candidates that stand and were in no plan.</param>
    /// <param name="Reason">Why they were left out; empty in journals before 0.2.</param>
    /// <param name="FlushedMeanwhile">Segments that were flushed, or made by somebody else, while the round ran.</param>
    public sealed record RoundStarted(Stamp Stamp, ImmutableArray<long> Uncovered, string Reason = "", int FlushedMeanwhile = 0) : OptimizeEvent(Stamp);

    public sealed record Warned(Stamp Stamp, Warning Warning) : OptimizeEvent(Stamp);

    public sealed record CancelRequested(Stamp Stamp, string Reason) : OptimizeEvent(Stamp);

    /// <summary>Only a person can go on from here.</summary>
    public sealed record OperatorNeeded(Stamp Stamp, string Reason) : OptimizeEvent(Stamp);

    public sealed record RetryRequested(Stamp Stamp, string Reason) : OptimizeEvent(Stamp);

    /// <summary>The last trigger can do nothing any more.</summary>
    public sealed record LaneFreed(Stamp Stamp, string Reason) : OptimizeEvent(Stamp);

    /// <param name="Stamp">As everywhere.</param>
    /// <param name="End">How and why.</param>
    /// <param name="SegmentsAfter">The flushed segments as last seen; empty where they were not looked at.</param>
    /// <param name="FullyMerged">All of them are known to be as merged as they can be: the next run for the same size has nothing to do.</param>
    /// <param name="Minimum">Where the run ends before it chose candidates.</param>
    public sealed record Ended(
        Stamp Stamp, RunEnd End, ImmutableArray<SegmentObservation> SegmentsAfter, bool FullyMerged, ReachableMinimum? Minimum = null) : OptimizeEvent(Stamp);
}
