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
        return active switch
        {
            OptimizeRun.Initializing => new OptimizeEffect.Inspect(collection),
            OptimizeRun.StartingFlush => new OptimizeEffect.Flush(collection),
            OptimizeRun.Flushing s => new OptimizeEffect.ObserveFlush(collection, s.Ticket),
            OptimizeRun.StartingIndexWait => new OptimizeEffect.AllocateTimestamp(collection),
            OptimizeRun.WaitingForIndexes s => new OptimizeEffect.ObserveIndexes(collection, s.Timestamp),
            OptimizeRun.ChoosingCandidates => lane is null ? new OptimizeEffect.ListCandidates(collection) : new OptimizeEffect.ObserveLane(collection, lane),
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
}
