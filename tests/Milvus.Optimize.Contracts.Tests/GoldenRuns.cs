using System.Collections.Immutable;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Contracts.Tests;

/// <summary>Histories that together hold every event. The golden journal of 0.1.0 was written from them: add others, change none.</summary>
internal static class GoldenRuns
{
    private static readonly OptimizeParameters OneGigabyte = new(new(1024), Flush: false, Force: false);
    private static readonly DateTimeOffset Deadline = new(2026, 1, 3, 3, 4, 5, TimeSpan.Zero);
    private static readonly SendBudgets Budgets = SendBudgets.Default;

    public static ClusterName Cluster { get; } = new("golden");

    /// <summary>Two rounds, with everything that can go wrong on the way.</summary>
    public static ImmutableArray<OptimizeEvent> Merged { get; } = new Story(101).Run("01KE3AAAAAAAAAAAAAAAAAAAAA").Tell(
        s => new E.Started(s, "key-1", new("default", "papers", 101), "papers_alias", OneGigabyte with { Flush = true }, Deadline),
        s => new E.Joined(s, "key-2", OneGigabyte with { Flush = true }),
        s => Inspected(s, "v2.6.17", GenerationRange.Exactly(Generation.G4)),
        s => new E.Warned(s, new(WarningCode.GrowingRowsLeft, "12 rows grow")),
        s => new E.CollectionRenamed(s, "default", "books"),
        s => new E.FlushStarted(s, new([1, 2, 3], 4_567)),
        s => new E.FlushCompleted(s),
        s => new E.IndexWaitStarted(s, ulong.MaxValue),
        s => new E.IndexesBuilt(s),
        s => new E.CandidatesChosen(s, Segments(1, 2, 3), Known: true),
        s => new E.IntentAccepted(s, Budgets),
        s => new E.TriggerNotSent(s, "the connection is down"),
        s => new E.IntentAccepted(s, Budgets),
        s => new E.TriggerRefused(s, 8, "rate limited"),
        s => new E.IntentAccepted(s, Budgets),
        s => new E.TriggerAcknowledged(s, 9001, 0),
        s => new E.NothingStarted(s, "the server started no plan", [1, 2, 3]),
        s => new E.CandidatesChosen(s, Segments(1, 2, 3), Known: true),
        s => new E.IntentAccepted(s, Budgets),
        s => new E.TriggerAcknowledged(s, 9002, 1),
        s => new E.PlansRecorded(s, [new([1, 2], [], false, "")]),
        s => new E.OwnershipTaken(s, "node-b:4711"),
        s => new E.MergeLost(s, "the server forgot 9002 and its sources stand"),
        s => new E.CandidatesChosen(s, Segments(1, 2, 3), Known: true),
        s => new E.IntentAccepted(s, Budgets),
        s => new E.TriggerAcknowledged(s, 9004, 1),
        s => new E.PlansRecorded(s, [new([1, 2], [10], true, "")]),
        s => new E.CompactionEnded(s),
        s => new E.IndexWaitStarted(s, 5_678),
        s => new E.IndexesBuilt(s),
        s => new E.LoadRefreshStarted(s),
        s => new E.LoadRefreshEnded(s, Loaded: true),
        s => new E.RoundStarted(s, [3]),
        s => new E.CandidatesChosen(s, Segments(3, 10), Known: true),
        s => new E.IntentAccepted(s, Budgets),
        s => new E.TriggerAcknowledged(s, 9004, 1),
        s => new E.PlansRecorded(s, [new([3, 10], [11], true, "")]),
        s => new E.CompactionEnded(s),
        s => new E.IndexWaitStarted(s, 6_789),
        s => new E.IndexesBuilt(s),
        s => new E.LoadRefreshEnded(s, Loaded: false),
        s => new E.Ended(s, new(RunOutcome.Succeeded, RunEndReason.None, "one segment holds everything"), Segments(11), FullyMerged: true)).Events;

    /// <summary>Triggers without answers, a late one, and a cancel that waits for the merge.</summary>
    public static ImmutableArray<OptimizeEvent> Cancelled { get; } = new Story(102).Run("01KE3BBBBBBBBBBBBBBBBBBBBB").Tell(UpToCandidates).Tell(
        s => new E.IntentAccepted(s, Budgets),
        s => new E.TriggerOutcomeUnknown(s, "the connection broke"),
        s => new E.OperatorNeeded(s, "the segments cannot be listed"),
        s => new E.RetryRequested(s, "looked at it by hand"),
        s => new E.LateOutcomeStored(s, 9005, StartedNothing: false, "acknowledged late"),
        s => new E.LaneFreed(s, "9005 has completed"),
        s => new E.CandidatesChosen(s, Segments(1, 2, 3), Known: true),
        s => new E.IntentAccepted(s, Budgets),
        s => new E.OwnershipTaken(s, "node-a:4712"),
        s => new E.TriggerOutcomeUnknown(s, "this node took over"),
        s => new E.TriggerReconciled(s, Triggered: true, "1 and 2 are gone"),
        s => new E.CancelRequested(s, "not today"),
        s => new E.Ended(s, new(RunOutcome.Cancelled, RunEndReason.OnRequest, "cancelled: not today"), [], FullyMerged: false)).Events;

    /// <summary>Two triggers without an answer and without a trace: a person must decide.</summary>
    public static ImmutableArray<OptimizeEvent> Parked { get; } = new Story(103).Run("01KE3CCCCCCCCCCCCCCCCCCCCC").Tell(UpToCandidates).Tell(
        s => new E.IntentAccepted(s, Budgets),
        s => new E.TriggerOutcomeUnknown(s, "the connection broke"),
        s => new E.TriggerReconciled(s, Triggered: false, "all 3 stand"),
        s => new E.CandidatesChosen(s, Segments(1, 2, 3), Known: true),
        s => new E.IntentAccepted(s, Budgets),
        s => new E.TriggerOutcomeUnknown(s, "the connection broke again"),
        s => new E.OperatorNeeded(s, "no answer twice: retry or abandon it")).Events;

    /// <summary>A run that somebody else's compaction made needless, then one that merges now.</summary>
    public static ImmutableArray<OptimizeEvent> AtWork { get; } = new Story(104).Run("01KE3DDDDDDDDDDDDDDDDDDDDD").Tell(UpToCandidates).Tell(
        s => new E.IntentAccepted(s, Budgets),
        s => new E.TriggerAcknowledged(s, 9006, 0),
        s => new E.NothingStarted(s, "the segments are busy", [1, 2, 3]),
        s => new E.MergedElsewhere(s),
        s => new E.IndexWaitStarted(s, 0),
        s => new E.IndexesBuilt(s),
        s => new E.LoadRefreshStarted(s),
        s => new E.LoadRefreshEnded(s, Loaded: true),
        s => new E.Ended(s, new(RunOutcome.SucceededNoWork, RunEndReason.NothingToMerge, "one segment holds everything"), Segments(20), FullyMerged: true))
        .Run("01KE3EEEEEEEEEEEEEEEEEEEEE").Tell(UpToCandidates).Tell(
        s => new E.IntentAccepted(s, Budgets),
        s => new E.TriggerAcknowledged(s, long.MaxValue, 2),
        s => new E.PlansRecorded(s, [new([1, 2], [21], true, ""), new([3], [], true, "out of memory")])).Events;

    /// <summary>The server says no for good.</summary>
    public static ImmutableArray<OptimizeEvent> Refused { get; } = new Story(105).Run("01KE3FFFFFFFFFFFFFFFFFFFFF").Tell(UpToCandidates).Tell(
        s => new E.IntentAccepted(s, Budgets),
        s => new E.TriggerRefused(s, 1100, "invalid parameter"),
        s => new E.Ended(s, new(RunOutcome.Failed, RunEndReason.RejectedByServer, "the server refused the merge: invalid parameter", 1100), Segments(1, 2, 3), FullyMerged: false)).Events;

    /// <summary>A merge whose results somebody else's compaction replaced before the proof.</summary>
    public static ImmutableArray<OptimizeEvent> Replaced { get; } = new Story(106).Run("01KE3GGGGGGGGGGGGGGGGGGGGG").Tell(UpToCandidates).Tell(
        s => new E.IntentAccepted(s, Budgets),
        s => new E.TriggerAcknowledged(s, 9007, 1),
        s => new E.PlansRecorded(s, [new([1, 2, 3], [30, 31], true, "")]),
        s => new E.CompactionEnded(s),
        s => new E.IndexWaitStarted(s, 7_890),
        s => new E.IndexesBuilt(s, [30, 31]),
        s => new E.LoadRefreshEnded(s, Loaded: false),
        s => new E.SegmentsReplaced(s, 2),
        s => new E.IndexWaitStarted(s, 7_891),
        s => new E.IndexesBuilt(s, [32]),
        s => new E.LoadRefreshEnded(s, Loaded: false),
        s => new E.Ended(s, new(RunOutcome.Succeeded, RunEndReason.None, "one segment holds everything"), Segments(32), FullyMerged: false)).Events;

    public static ImmutableArray<ImmutableArray<OptimizeEvent>> All { get; } = [Merged, Cancelled, Parked, AtWork, Refused, Replaced];

    private static Func<Stamp, OptimizeEvent>[] UpToCandidates =>
    [
        s => new E.Started(s, $"key-{s.Run.Ulid}", new("default", "books", s.Run.Collection.CollectionId), "books", OneGigabyte, Deadline),
        s => Inspected(s, "v3.0.1", new(Generation.G5, Generation.G6)),
        s => new E.IndexWaitStarted(s, 1_234),
        s => new E.IndexesBuilt(s),
        s => new E.CandidatesChosen(s, Segments(1, 2, 3), Known: true),
    ];

    public static CollectionState Fold(IEnumerable<OptimizeEvent> events) => events.Aggregate(CollectionState.Empty, OptimizeState.Apply);

    public static RunDocument Document(IEnumerable<OptimizeEvent> events) => RunDocuments.Of(Fold(events), Cluster, LiveView.Empty)!;

    private static E.CollectionInspected Inspected(Stamp s, string version, GenerationRange generation) =>
        new(s, new(version, generation), 2, ["embedding_idx", "title_idx"], HasVectorIndex: true);

    private static ImmutableArray<SegmentObservation> Segments(params long[] ids) =>
        [.. ids.Select(id => new SegmentObservation(id, 7, 1_000 * id, SegmentState.Flushed, SegmentLevel.L1, true, "by-dev-rootcoord-dml_0"))];
}
