using System.Collections.Immutable;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Core.Runs;

/// <summary>Everything that is known of a collection: the fold of its events.</summary>
public sealed record CollectionState
{
    public static CollectionState Empty { get; } = new();

    /// <summary>Number of events folded: the revision that readers compare.</summary>
    public long Revision { get; init; }

    public long Epoch { get; init; }

    /// <summary>Requests by their keys, with the run each one got.</summary>
    public ImmutableDictionary<string, KnownRequest> Requests { get; init; } = ImmutableDictionary<string, KnownRequest>.Empty;

    /// <summary>The last trigger, while it may still do something.</summary>
    public Lane? Lane { get; init; }

    /// <summary>
    /// Triggers that were given up for "not triggered", or taken for over before their ids were known, the last eight: should the answer of one come after all, it
    /// is the lane again.
    /// </summary>
    public ImmutableArray<Lane> GivenUp { get; init; } = [];

    /// <summary>What the last run that was proven left behind.</summary>
    public ProvenMerge? LastProven { get; init; }

    public OptimizeRun Run { get; init; } = new OptimizeRun.None();
}

/// <summary>A request that is remembered by its key.</summary>
/// <param name="EndedAt">When its run ended; null while it lives.</param>
public sealed record KnownRequest(RunId Run, OptimizeParameters Parameters, DateTimeOffset? EndedAt);

/// <summary>The flushed segments a proven run left, and for which size.</summary>
public sealed record ProvenMerge(TargetSize TargetSize, ImmutableHashSet<long> Segments);

/// <summary>The run of a collection: none yet, one that lives, or the last one's end.</summary>
public abstract record OptimizeRun
{
    private OptimizeRun() { }

    public sealed record None : OptimizeRun;

    /// <summary>A run that has not ended; one sub-type a stage.</summary>
    public abstract record Active(RunFacts Facts) : OptimizeRun;

    public sealed record Initializing(RunFacts Facts) : Active(Facts);

    public sealed record StartingFlush(RunFacts Facts) : Active(Facts);

    public sealed record Flushing(RunFacts Facts, FlushTicket Ticket) : Active(Facts);

    /// <summary>Before the timestamp of the wait is known. <paramref name="Rebuild"/>: after the merge.</summary>
    public sealed record StartingIndexWait(RunFacts Facts, bool Rebuild) : Active(Facts);

    public sealed record WaitingForIndexes(RunFacts Facts, bool Rebuild, ulong Timestamp) : Active(Facts);

    /// <summary>Nothing is asked for before the segments are listed and the lane is free.</summary>
    public sealed record ChoosingCandidates(RunFacts Facts) : Active(Facts);

    /// <summary>The candidates are known; the right to send is not taken yet.</summary>
    public sealed record Compacting(RunFacts Facts) : Active(Facts);

    /// <summary>The right to send is taken. Found like this after a restart, the outcome is unknown.</summary>
    public sealed record Triggering(RunFacts Facts, SendBudgets Budgets) : Active(Facts);

    public sealed record Reconciling(RunFacts Facts, SendBudgets Budgets) : Active(Facts);

    /// <summary>Acknowledged; its plans were not read yet, and none on the first read means that nothing was started.</summary>
    public sealed record ReadingPlans(RunFacts Facts, long CompactionId) : Active(Facts);

    /// <summary><paramref name="CompactionId"/> is null where the trigger was found by its segments.</summary>
    public sealed record WaitingForCompaction(RunFacts Facts, long? CompactionId) : Active(Facts);

    public sealed record StartingRefresh(RunFacts Facts) : Active(Facts);

    public sealed record RefreshingLoad(RunFacts Facts) : Active(Facts);

    public sealed record Verifying(RunFacts Facts, bool Loaded) : Active(Facts);

    /// <summary>Parked: only <c>retry</c> or <c>abandon</c> leaves it.</summary>
    public sealed record NeedsOperator(RunFacts Facts, string Reason) : Active(Facts);

    public sealed record Ended(RunFacts Facts, RunEnd End, ImmutableArray<SegmentObservation> SegmentsAfter, DateTimeOffset At) : OptimizeRun;
}
