using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Core.Runs;

/// <summary>What the world still owes a state: one look at Milvus, or one call to it.</summary>
/// <param name="Collection">What it is about.</param>
public abstract record OptimizeEffect(CollectionName Collection)
{
    /// <summary>The server may be able to list the collection's compactions: then its list is looked at too, where an effect says what works there.</summary>
    public bool AsksForList { get; init; }

    public sealed record Inspect(CollectionName Collection) : OptimizeEffect(Collection);

    public sealed record Flush(CollectionName Collection) : OptimizeEffect(Collection);

    public sealed record ObserveFlush(CollectionName Collection, FlushTicket Ticket) : OptimizeEffect(Collection);

    public sealed record AllocateTimestamp(CollectionName Collection) : OptimizeEffect(Collection);

    public sealed record ObserveIndexes(CollectionName Collection, ulong Timestamp) : OptimizeEffect(Collection);

    /// <summary>Looks whether the last trigger can still do something.</summary>
    public sealed record ObserveLane(CollectionName Collection, Lane Lane) : OptimizeEffect(Collection);

    public sealed record ListCandidates(CollectionName Collection) : OptimizeEffect(Collection);

    /// <summary>Makes a send permit and persists the intent; no call.</summary>
    public sealed record AcceptIntent(CollectionName Collection) : OptimizeEffect(Collection);

    /// <summary>The one call that is never repeated.</summary>
    public sealed record Trigger(CollectionName Collection, TargetSize TargetSize, int Attempt, SendBudgets Budgets) : OptimizeEffect(Collection);

    /// <summary>Looks at the segments for signs of a trigger whose outcome is unknown.</summary>
    public sealed record Reconcile(CollectionName Collection, SendBudgets Budgets) : OptimizeEffect(Collection);

    /// <summary>Looks at the compaction and at the segments. <paramref name="CompactionId"/> is null where only the segments can tell.</summary>
    public sealed record ObserveCompaction(CollectionName Collection, long? CompactionId) : OptimizeEffect(Collection)
    {
        /// <summary>Compactions of earlier triggers that may run beside it.</summary>
        public ImmutableArray<long> Beside { get; init; } = [];

        /// <summary>All that are asked about.</summary>
        public ImmutableArray<long> Ids() => CompactionId is { } id ? Beside.Insert(0, id) : Beside;
    }

    public sealed record RefreshLoad(CollectionName Collection) : OptimizeEffect(Collection);

    public sealed record ObserveRefresh(CollectionName Collection) : OptimizeEffect(Collection);

    public sealed record Verify(CollectionName Collection) : OptimizeEffect(Collection);
}

/// <summary>The last trigger of a collection, while it may still do something, whatever became of its run.</summary>
/// <param name="CompactionId">Null while the outcome is unknown.</param>
/// <param name="Candidates">The segments it was to merge.</param>
public sealed record Lane(Stamp Intent, SendBudgets Budgets, long? CompactionId, ImmutableArray<long> Candidates)
{
    /// <summary>
    /// Compactions of triggers that had been given up as "not triggered" and whose answers came after all, while the next one was under way: the lane is
    /// free when they are over too.
    /// </summary>
    public ImmutableArray<long> Beside { get; init; } = [];

    /// <summary>Every compaction that is known to hold it.</summary>
    public ImmutableArray<long> Ids() => CompactionId is { } id ? Beside.Insert(0, id) : Beside;

    /// <summary>Whether it is that attempt's.</summary>
    public bool IsOf(Stamp stamp) => Intent.Run == stamp.Run && Intent.Attempt == stamp.Attempt;

    /// <summary>What is left of the lane when its own trigger started nothing.</summary>
    public Lane? Rest() => Beside.IsEmpty ? null : this with { CompactionId = Beside[0], Beside = Beside.RemoveAt(0) };
}
