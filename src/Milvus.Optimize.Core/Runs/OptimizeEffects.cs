namespace Milvus.Optimize.Core.Runs;

/// <summary>What is still owed to a state: the same answer live and after recovery.</summary>
public static class OptimizeEffects
{
    /// <returns>Null when no run lives, or when only a person can go on.</returns>
    public static OptimizeEffect? Pending(CollectionState state) => state.Run is OptimizeRun.Active active ? Pending(active, state.Lane) : null;

    private static OptimizeEffect? Pending(OptimizeRun.Active active, Lane? lane)
    {
        var effect = Owed(active, lane);
        return effect is null ? null : effect with { AsksForList = active.Facts.Server.Generation.MayListCompactions };
    }

    private static OptimizeEffect? Owed(OptimizeRun.Active active, Lane? lane)
    {
        var collection = active.Facts.Collection;
        if (lane is not null && FollowsLane(active, lane)) return new OptimizeEffect.ObserveLane(collection, lane);
        return active switch
        {
            OptimizeRun.Initializing => new OptimizeEffect.Inspect(collection),
            OptimizeRun.StartingFlush => new OptimizeEffect.Flush(collection),
            OptimizeRun.Flushing s => new OptimizeEffect.ObserveFlush(collection, s.Ticket),
            OptimizeRun.StartingIndexWait => new OptimizeEffect.AllocateTimestamp(collection),
            OptimizeRun.WaitingForIndexes s => new OptimizeEffect.ObserveIndexes(collection, s.Timestamp),
            OptimizeRun.ChoosingCandidates => new OptimizeEffect.ListCandidates(collection),
            OptimizeRun.Compacting => new OptimizeEffect.AcceptIntent(collection),
            OptimizeRun.Triggering s => new OptimizeEffect.Trigger(collection, s.Facts.Parameters.TargetSize, s.Facts.Attempt, s.Budgets),
            OptimizeRun.Reconciling s => new OptimizeEffect.Reconcile(collection, s.Budgets),
            OptimizeRun.ReadingPlans s => new OptimizeEffect.ObserveCompaction(collection, s.CompactionId) { Beside = lane?.Beside ?? [] },
            OptimizeRun.WaitingForCompaction s => new OptimizeEffect.ObserveCompaction(collection, s.CompactionId) { Beside = lane?.Beside ?? [] },
            OptimizeRun.StartingRefresh => new OptimizeEffect.RefreshLoad(collection),
            OptimizeRun.RefreshingLoad => new OptimizeEffect.ObserveRefresh(collection),
            OptimizeRun.Verifying => new OptimizeEffect.Verify(collection),
            OptimizeRun.NeedsOperator => null,
            _ => throw new InvalidOperationException($"no effect is defined for {active.GetType().Name}"),
        };
    }

    /// <summary>
    /// The run goes on when the last trigger can do nothing any more: before it chooses what to merge, before it proves what was merged (its answer may have come
    /// late), and before it ends because it was cancelled.
    /// </summary>
    internal static bool FollowsLane(OptimizeRun.Active active, Lane lane) => active switch
    {
        OptimizeRun.Triggering or OptimizeRun.Reconciling or OptimizeRun.ReadingPlans or OptimizeRun.WaitingForCompaction or OptimizeRun.NeedsOperator => false,
        OptimizeRun.ChoosingCandidates or OptimizeRun.Verifying => true,
        _ => active.Facts.CancelReason is not null && lane.Intent.Run == active.Facts.Run,
    };
}
