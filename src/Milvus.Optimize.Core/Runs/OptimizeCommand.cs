using System.Collections.Immutable;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Core.Runs;

/// <summary>What is asked of a collection, or reported to it. Instants and ids arrive inside: a decision reads no clock.</summary>
public abstract record OptimizeCommand(DateTimeOffset At)
{
    /// <param name="At">Now.</param>
    /// <param name="Run">The id that a new run would get.</param>
    /// <param name="Key">The caller's key of this request.</param>
    /// <param name="Collection">As resolved.</param>
    /// <param name="RequestedName">As written by the caller.</param>
    /// <param name="Parameters">What makes requests equal.</param>
    /// <param name="Deadline">When the run must have ended.</param>
    /// <param name="FailIfLive">Never join a run of somebody else.</param>
    public sealed record Start(
        DateTimeOffset At, RunId Run, string Key, CollectionName Collection, string RequestedName, OptimizeParameters Parameters, DateTimeOffset Deadline,
        bool FailIfLive = false) : OptimizeCommand(At);

    /// <summary>A recovered incarnation claims the collection before it does anything.</summary>
    public sealed record TakeOwnership(DateTimeOffset At, string Node) : OptimizeCommand(At);

    /// <summary>A command about one run: another run's is refused.</summary>
    public abstract record OfRun(DateTimeOffset At, RunId Run) : OptimizeCommand(At);

    public sealed record Cancel(DateTimeOffset At, RunId Run, string Reason) : OfRun(At, Run);

    public sealed record Abandon(DateTimeOffset At, RunId Run, string Reason, bool FreeLane) : OfRun(At, Run);

    public sealed record Retry(DateTimeOffset At, RunId Run, string Reason) : OfRun(At, Run);

    /// <summary>What became of a trigger; taken from any incarnation's outbox, early or late.</summary>
    public sealed record RecordTriggerOutcome(DateTimeOffset At, RunId Run, int Round, int Attempt, TriggerOutcome Outcome) : OfRun(At, Run);

    /// <summary>What an effect saw or did. Only the effect in flight may report.</summary>
    public abstract record Report(DateTimeOffset At, RunId Run) : OfRun(At, Run);

    public sealed record RecordInspection(
        DateTimeOffset At, RunId Run, ServerDescription Server, CollectionDescription Description, ImmutableArray<IndexObservation> Indexes) : Report(At, Run);

    public sealed record RecordFlush(DateTimeOffset At, RunId Run, FlushTicket Ticket) : Report(At, Run);

    public sealed record RecordFlushState(DateTimeOffset At, RunId Run, bool Flushed) : Report(At, Run);

    public sealed record RecordTimestamp(DateTimeOffset At, RunId Run, ulong? Timestamp) : Report(At, Run);

    /// <param name="At">Now.</param>
    /// <param name="Run">Whose.</param>
    /// <param name="Indexes">All of them, at the wait's timestamp.</param>
    /// <param name="Segments">Null where the server cannot list them.</param>
    /// <param name="NewSegmentsSeen">Flushed segments appeared since this wait began.</param>
    public sealed record RecordIndexes(
        DateTimeOffset At, RunId Run, ImmutableArray<IndexObservation> Indexes, ImmutableArray<SegmentObservation>? Segments, bool NewSegmentsSeen)
        : Report(At, Run);

    /// <param name="At">Now.</param>
    /// <param name="Run">Whose.</param>
    /// <param name="Look">What was seen.</param>
    /// <param name="WaitedOut">The trigger's sender cannot act any more, by this node's own monotonic clock.</param>
    public sealed record RecordLane(DateTimeOffset At, RunId Run, CompactionLook Look, bool WaitedOut) : Report(At, Run);

    /// <param name="At">Now.</param>
    /// <param name="Run">Whose.</param>
    /// <param name="Segments">Null where the server cannot list them.</param>
    /// <param name="GrowingRows">Rows that the query nodes hold as growing; 0 where nobody can tell.</param>
    /// <param name="Limits">Null where the server does not tell them.</param>
    /// <param name="Listed">The collection's compactions; null where the server does not list them.</param>
    public sealed record RecordCandidates(
        DateTimeOffset At, RunId Run, ImmutableArray<SegmentObservation>? Segments, long GrowingRows, ServerLimits? Limits = null,
        ImmutableArray<ListedCompaction>? Listed = null) : Report(At, Run);

    /// <summary>The shell holds a send permit.</summary>
    public sealed record AcceptIntent(DateTimeOffset At, RunId Run, SendBudgets Budgets) : Report(At, Run);

    /// <param name="At">Now.</param>
    /// <param name="Run">Whose.</param>
    /// <param name="Segments">Null where the server cannot list them.</param>
    /// <param name="WaitedOut">The trigger's sender cannot act any more.</param>
    /// <param name="Listed">The collection's compactions as they were before the segments; null where the server does not list them.</param>
    public sealed record RecordReconciliation(
        DateTimeOffset At, RunId Run, ImmutableArray<SegmentObservation>? Segments, bool WaitedOut, ImmutableArray<ListedCompaction>? Listed = null) : Report(At, Run)
    {
        /// <summary>What the management port showed before the segments were looked at; empty where nobody can tell.</summary>
        public ImmutableArray<ListedTask> Tasks { get; init; } = [];
    }

    public sealed record RecordCompaction(DateTimeOffset At, RunId Run, CompactionLook Look) : Report(At, Run);

    /// <param name="At">Now.</param>
    /// <param name="Run">Whose.</param>
    /// <param name="Loaded">It was loaded, and its refresh was asked for.</param>
    /// <param name="Loading">Somebody's load is not over: it can be refreshed only then.</param>
    public sealed record RecordRefreshStarted(DateTimeOffset At, RunId Run, bool Loaded, bool Loading = false) : Report(At, Run);

    /// <param name="At">Now.</param>
    /// <param name="Run">Whose.</param>
    /// <param name="Progress">0 or 100; null where the server cannot tell.</param>
    public sealed record RecordRefresh(DateTimeOffset At, RunId Run, long? Progress) : Report(At, Run);

    /// <param name="At">Now.</param>
    /// <param name="Run">Whose.</param>
    /// <param name="Segments">Null where the server cannot list them.</param>
    /// <param name="Serving">What the query nodes hold; null where nobody can tell.</param>
    /// <param name="Replicas">How many times each segment is to be held.</param>
    public sealed record RecordVerification(
        DateTimeOffset At, RunId Run, ImmutableArray<SegmentObservation>? Segments, ImmutableArray<QuerySegmentObservation>? Serving, int Replicas = 1) : Report(At, Run);

    /// <summary>An effect failed although its reads were retried.</summary>
    public sealed record RecordFailure(DateTimeOffset At, RunId Run, MilvusFailure Failure) : Report(At, Run);

    public sealed record RecordRename(DateTimeOffset At, RunId Run, string Database, string Name) : Report(At, Run);

    /// <param name="At">Now.</param>
    /// <param name="Run">Whose.</param>
    /// <param name="Replaced">Another collection has the name now.</param>
    public sealed record RecordCollectionGone(DateTimeOffset At, RunId Run, bool Replaced) : Report(At, Run);

    public sealed record RecordDeadline(DateTimeOffset At, RunId Run) : OfRun(At, Run);

    public sealed record RecordNoProgress(DateTimeOffset At, RunId Run) : OfRun(At, Run);
}

/// <summary>One look at a compaction and at the segments it works on.</summary>
/// <param name="Compaction">Null where only the segments were looked at.</param>
/// <param name="Segments">Null while a plan executes, and where the server cannot list them.</param>
/// <param name="Settled">The segments did not change for the settle window.</param>
/// <param name="MayBeForgotten">So much time went by since the acknowledgement that the server may have been started again: that it knows no plan is no proof.</param>
public sealed record CompactionLook(CompactionObservation? Compaction, ImmutableArray<SegmentObservation>? Segments, bool Settled, bool MayBeForgotten = false)
{
    /// <summary>The collection's compactions as they were before the segments; null where nobody asked, and where the server does not list them.</summary>
    public ImmutableArray<ListedCompaction>? Listed { get; init; }

    /// <summary>What the management port showed before the segments were looked at; empty where nobody can tell.</summary>
    public ImmutableArray<ListedTask> Tasks { get; init; } = [];

    /// <summary>The compactions that were asked about; null where that is not known.</summary>
    public ImmutableArray<long>? Asked { get; init; }

    /// <summary>An answer came while the look was under way, and named one that it did not ask about.</summary>
    public bool IsOutdated(Lane? lane) => Asked is { } asked && lane is not null && !lane.Ids().All(asked.Contains);
}
