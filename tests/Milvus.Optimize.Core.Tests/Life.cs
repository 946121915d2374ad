using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using static Milvus.Optimize.Core.Tests.Books;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Tests;

/// <summary>The events of one run up to each of its stages, all of them at T0.</summary>
internal sealed record Life
{
    /// <summary>Segments 1, 2 and 3 are merged into 10 by compaction 42.</summary>
    public static Life Usual { get; } = new();

    public OptimizeParameters Parameters { get; init; } = OneGigabyte;
    public ServerDescription Server { get; init; } = Books.Server(Generation.G6);
    public bool HasVectorIndex { get; init; } = true;
    public ImmutableArray<SegmentObservation> Candidates { get; init; } = Segments(1, 2, 3);
    public bool CandidatesKnown { get; init; } = true;
    public ImmutableArray<CompactionPlan> Plans { get; init; } = [Plan([1, 2, 3], 10)];

    /// <summary>What stood when the indexes were seen built after the merge.</summary>
    public ImmutableArray<long> Indexed { get; init; } = [];

    public ImmutableArray<OptimizeEvent> Initializing => [new E.Started(Stamp(), "key-1", Name, "books", Parameters, At(24 * 60))];
    public ImmutableArray<OptimizeEvent> Inspected => [.. Initializing, new E.CollectionInspected(Stamp(), Server, 1, ["embedding_idx"], HasVectorIndex)];
    public ImmutableArray<OptimizeEvent> WaitingForIndexes => [.. Inspected, new E.IndexWaitStarted(Stamp(), 7)];
    public ImmutableArray<OptimizeEvent> ChoosingCandidates => [.. WaitingForIndexes, new E.IndexesBuilt(Stamp())];
    public ImmutableArray<OptimizeEvent> Compacting => [.. ChoosingCandidates, new E.CandidatesChosen(Stamp(), Candidates, CandidatesKnown)];
    public ImmutableArray<OptimizeEvent> Triggering => [.. Compacting, new E.IntentAccepted(Stamp(attempt: 1), SendBudgets.Default)];
    public ImmutableArray<OptimizeEvent> Reconciling => [.. Triggering, new E.TriggerOutcomeUnknown(Stamp(attempt: 1), "no answer")];
    public ImmutableArray<OptimizeEvent> ReadingPlans => [.. Triggering, new E.TriggerAcknowledged(Stamp(attempt: 1), 42, 1)];
    public ImmutableArray<OptimizeEvent> WaitingForCompaction => [.. ReadingPlans, new E.PlansRecorded(Stamp(attempt: 1), Plans)];
    public ImmutableArray<OptimizeEvent> FoundBySegments => [.. Reconciling, new E.TriggerReconciled(Stamp(attempt: 1), Triggered: true, "gone")];
    public ImmutableArray<OptimizeEvent> Merged => [.. WaitingForCompaction, new E.CompactionEnded(Stamp(attempt: 1))];
    public ImmutableArray<OptimizeEvent> WaitingForRebuild => [.. Merged, new E.IndexWaitStarted(Stamp(attempt: 1), 8)];
    public ImmutableArray<OptimizeEvent> StartingRefresh => [.. WaitingForRebuild, new E.IndexesBuilt(Stamp(attempt: 1), Indexed)];
    public ImmutableArray<OptimizeEvent> RefreshingLoad => [.. StartingRefresh, new E.LoadRefreshStarted(Stamp(attempt: 1))];
    public ImmutableArray<OptimizeEvent> Verifying => [.. StartingRefresh, new E.LoadRefreshEnded(Stamp(attempt: 1), Loaded: false)];
    public ImmutableArray<OptimizeEvent> VerifyingLoaded => [.. RefreshingLoad, new E.LoadRefreshEnded(Stamp(attempt: 1), Loaded: true)];

    public ImmutableArray<OptimizeEvent> NotTriggered => [.. Reconciling, new E.TriggerReconciled(Stamp(attempt: 1), Triggered: false, "all stand")];
    public ImmutableArray<OptimizeEvent> NeedsOperator => [.. NotTriggered, new E.OperatorNeeded(Stamp(attempt: 1), "no answer twice")];

    public ImmutableArray<OptimizeEvent> Succeeded =>
        [.. Verifying, new E.Ended(Stamp(attempt: 1), new(RunOutcome.Succeeded, RunEndReason.None, "merged"), Segments(10), FullyMerged: true)];

    /// <summary>The run timed out, and what it triggered may still be at work.</summary>
    public ImmutableArray<OptimizeEvent> TimedOutUnanswered =>
        [.. Triggering, new E.Ended(Stamp(attempt: 1), new(RunOutcome.TimedOut, RunEndReason.DeadlineExceeded, "over"), [], FullyMerged: false)];

    /// <summary>The same, with the compaction's id known.</summary>
    public ImmutableArray<OptimizeEvent> TimedOutCompacting =>
        [.. WaitingForCompaction, new E.Ended(Stamp(attempt: 1), new(RunOutcome.TimedOut, RunEndReason.DeadlineExceeded, "over"), [], FullyMerged: false)];

    /// <summary>A second run of the same collection, up to its choice of candidates.</summary>
    public static ImmutableArray<OptimizeEvent> SecondRun =>
    [
        new E.Started(Stamp(run: Run2), "key-2", Name, "books", OneGigabyte, At(48 * 60)),
        new E.CollectionInspected(Stamp(run: Run2), Books.Server(Generation.G6), 1, ["embedding_idx"], true),
        new E.IndexWaitStarted(Stamp(run: Run2), 9),
        new E.IndexesBuilt(Stamp(run: Run2)),
    ];

    /// <summary>A run in each stage, by the stage's name.</summary>
    public ImmutableDictionary<string, ImmutableArray<OptimizeEvent>> EveryStage => new Dictionary<string, ImmutableArray<OptimizeEvent>>
    {
        [nameof(Initializing)] = Initializing,
        [nameof(Inspected)] = Inspected,
        [nameof(WaitingForIndexes)] = WaitingForIndexes,
        [nameof(ChoosingCandidates)] = ChoosingCandidates,
        [nameof(Compacting)] = Compacting,
        [nameof(Triggering)] = Triggering,
        [nameof(Reconciling)] = Reconciling,
        [nameof(ReadingPlans)] = ReadingPlans,
        [nameof(WaitingForCompaction)] = WaitingForCompaction,
        [nameof(FoundBySegments)] = FoundBySegments,
        [nameof(Merged)] = Merged,
        [nameof(WaitingForRebuild)] = WaitingForRebuild,
        [nameof(StartingRefresh)] = StartingRefresh,
        [nameof(RefreshingLoad)] = RefreshingLoad,
        [nameof(Verifying)] = Verifying,
        [nameof(NeedsOperator)] = NeedsOperator,
    }.ToImmutableDictionary();
}
