using System.Collections.Immutable;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Core.Milvus;

/// <summary>
/// One configured Milvus cluster, as far as optimize needs it. Each member is one call or a short fixed sequence of calls; none waits for work on the
/// server to end. Every failure is thrown as a <see cref="MilvusException"/> whose <see cref="MilvusException.Failure"/> says whether asking again can
/// help. Reads are retried inside by policy. What changes something is not: <see cref="RefreshLoadAsync"/> and <see cref="FlushAsync"/> are tried once a
/// call, and whoever still may repeats them; <see cref="TriggerForceMergeAsync"/> is sent at most once and never retried.
/// </summary>
public interface IMilvusGateway
{
    /// <summary>The server's version and what follows from it. Fails like any read when there is no server, no right, or no such database.</summary>
    Task<ServerDescription> DescribeServerAsync(string database, CancellationToken cancellationToken);

    /// <summary>Resolves a name or an alias. Throws code 100 when it is neither.</summary>
    Task<CollectionDescription> DescribeCollectionAsync(string database, string nameOrAlias, CancellationToken cancellationToken);

    /// <summary>The collection with this id, whatever it is called now; null when no database of the server lists the id.</summary>
    Task<CollectionDescription?> FindCollectionAsync(string database, long collectionId, CancellationToken cancellationToken);

    /// <summary>Collections of one database, or of all where it is null. Null where this gateway cannot list them.</summary>
    Task<ImmutableArray<CollectionName>?> ListCollectionsAsync(string? database, CancellationToken cancellationToken) =>
        Task.FromResult<ImmutableArray<CollectionName>?>(null);

    /// <summary>What bounds a merged segment's size there. Null where the server does not tell; does not throw for what it refuses.</summary>
    Task<ServerLimits?> DescribeLimitsAsync(CollectionName name, CancellationToken cancellationToken) => Task.FromResult<ServerLimits?>(null);

    /// <summary>All indexes, scalar ones too; empty when there are none. <paramref name="timestamp"/> 0 asks as of each index's creation.</summary>
    Task<ImmutableArray<IndexObservation>> DescribeIndexesAsync(CollectionName name, ulong timestamp, CancellationToken cancellationToken);

    /// <summary>A fresh hybrid timestamp; null where the server has no such call (Milvus Lite).</summary>
    Task<ulong?> AllocateTimestampAsync(CancellationToken cancellationToken);

    /// <summary>The persistent segments; null where the server has no such call (Milvus Lite). 600 during a hand-over is retried inside.</summary>
    Task<ImmutableArray<SegmentObservation>?> ListSegmentsAsync(CollectionName name, CancellationToken cancellationToken);

    /// <summary>What the query nodes serve, growing segments too; empty when not loaded, null where the server has no such call.</summary>
    Task<ImmutableArray<QuerySegmentObservation>?> ListQuerySegmentsAsync(CollectionName name, CancellationToken cancellationToken);

    /// <summary>Replicas of a loaded collection; 1 where it is not loaded, and where the server does not tell. Does not throw for what it refuses.</summary>
    Task<int> CountReplicasAsync(CollectionName name, CancellationToken cancellationToken) => Task.FromResult(1);

    /// <summary>Sends <c>ManualCompaction</c> once. <paramref name="permit"/> is asked right before the first byte of the message is written.</summary>
    /// <returns>What the server answered, or proof that nothing was sent, or that nobody knows. Does not throw for any of these.</returns>
    Task<TriggerOutcome> TriggerForceMergeAsync(TriggerRequest request, ISendPermit permit, CancellationToken cancellationToken);

    /// <summary>State and plans of one trigger. Plans are null where the server has no such call.</summary>
    Task<CompactionObservation> GetCompactionAsync(CollectionName name, long compactionId, CancellationToken cancellationToken);

    /// <summary>
    /// The compactions of one collection, whoever asked for them, as far as the server remembers them. Null where its answer does not prove that it lists by
    /// collection (below Milvus 3.0, and where it names none); does not throw for what it refuses.
    /// </summary>
    Task<ImmutableArray<ListedCompaction>?> ListCompactionsAsync(CollectionName name, CancellationToken cancellationToken) =>
        Task.FromResult<ImmutableArray<ListedCompaction>?>(null);

    /// <summary>
    /// The merges of one collection that the cluster's management port shows, by their segments alone. Empty where there is no such port and where it does not
    /// answer as it should, so that an empty answer proves nothing. Does not throw for what it refuses.
    /// </summary>
    Task<ImmutableArray<ListedTask>> ListTasksAsync(CollectionName name, CancellationToken cancellationToken) =>
        Task.FromResult<ImmutableArray<ListedTask>>([]);

    /// <summary>Whether the collection is loaded.</summary>
    Task<LoadState> GetLoadStateAsync(CollectionName name, CancellationToken cancellationToken);

    /// <summary>Asks the query coordinator to take the newest segments now. Tried once; safe to repeat. Code 101 when not loaded.</summary>
    Task RefreshLoadAsync(CollectionName name, CancellationToken cancellationToken);

    /// <summary>0 or 100; null where the server never sends it.</summary>
    Task<long?> GetRefreshProgressAsync(CollectionName name, CancellationToken cancellationToken);

    /// <summary>Seals and flushes what grows. Tried once; safe to repeat.</summary>
    Task<FlushTicket> FlushAsync(CollectionName name, CancellationToken cancellationToken);

    /// <summary>Whether everything that <paramref name="ticket"/> names is flushed.</summary>
    Task<bool> IsFlushedAsync(CollectionName name, FlushTicket ticket, CancellationToken cancellationToken);
}

/// <summary>Where a collection is found: never an alias, always together with the id it had when it was resolved.</summary>
public sealed record CollectionName(string Database, string Name, long CollectionId);

/// <summary>What a collection is, as its server describes it.</summary>
/// <param name="Name">Database, real name and id.</param>
/// <param name="Aliases">Other names that lead to it.</param>
/// <param name="Shards">Number of shards (channels).</param>
/// <param name="VectorFields">Names of its vector fields.</param>
public sealed record CollectionDescription(CollectionName Name, ImmutableArray<string> Aliases, int Shards, ImmutableArray<string> VectorFields);

/// <summary>One index at one moment.</summary>
/// <param name="PendingRows">Rows of flushed segments without a finished index, whatever the timestamp asked for.</param>
/// <param name="FailReason">The server's reason where <paramref name="State"/> is <see cref="IndexState.Failed"/>.</param>
public sealed record IndexObservation(string Name, string Field, IndexState State, long IndexedRows, long TotalRows, long PendingRows, string FailReason);

/// <summary>State of an index as Milvus numbers it.</summary>
public enum IndexState { None = 0, Unissued = 1, InProgress = 2, Finished = 3, Failed = 4, Retry = 5 }

/// <summary>A persistent segment. <paramref name="Channel"/> is empty below Milvus 3.0.</summary>
/// <param name="Sorted">False also from servers before 2.5, which never send it: not to be read as "unsorted" there.</param>
public sealed record SegmentObservation(long Id, long PartitionId, long Rows, SegmentState State, SegmentLevel Level, bool Sorted, string Channel);

/// <summary>State of a persistent segment as Milvus numbers it.</summary>
public enum SegmentState { None = 0, NotExist = 1, Growing = 2, Sealed = 3, Flushed = 4, Flushing = 5, Dropped = 6, Importing = 7 }

/// <summary>Level of a segment as Milvus numbers it; Legacy where the server never sends it.</summary>
public enum SegmentLevel { Legacy = 0, L0 = 1, L1 = 2, L2 = 3 }

/// <summary>A segment as query nodes hold it.</summary>
/// <param name="Nodes">How many hold it: one a replica; 0 where the server does not tell.</param>
public sealed record QuerySegmentObservation(long Id, long PartitionId, long Rows, SegmentState State, bool Indexed, int Nodes = 0);

/// <summary>Whether a collection is loaded, as Milvus numbers it.</summary>
public enum LoadState { NotExist = 0, NotLoaded = 1, Loading = 2, Loaded = 3 }

/// <summary>One force merge to ask for.</summary>
/// <param name="TargetSizeMb">Megabytes; <see cref="TargetSize.Automatic"/> lets the server choose.</param>
/// <param name="CallTimeout">Deadline of the call itself.</param>
public sealed record TriggerRequest(CollectionName Name, long TargetSizeMb, TimeSpan CallTimeout);

/// <summary>The right to send one trigger once. It looks at the monotonic clock of this process, never at the wall clock.</summary>
public interface ISendPermit
{
    /// <summary>Uses the permit up. False when it was used before or its time to send is over: then nothing may be sent.</summary>
    bool TryUse();
}

/// <summary>What became of a trigger.</summary>
public abstract record TriggerOutcome
{
    private TriggerOutcome() { }

    /// <summary>The server answered with success. An id of 0 or below means that it started nothing.</summary>
    public sealed record Acknowledged(long CompactionId, int PlanCount) : TriggerOutcome;

    /// <summary>The server answered with a refusal: it started nothing.</summary>
    public sealed record Refused(MilvusFailure Failure) : TriggerOutcome;

    /// <summary>No byte of the message left this process.</summary>
    public sealed record NotSent(string Reason) : TriggerOutcome;

    /// <summary>It may or may not have been carried out.</summary>
    public sealed record Unknown(MilvusFailure Failure) : TriggerOutcome;
}

/// <summary>State of one trigger's compaction.</summary>
/// <param name="Executing">True while the server says so. False means only "nothing executes": it is no success.</param>
/// <param name="Plans">Null where the server cannot tell; empty when it knows none (any more).</param>
/// <param name="StateKnown">False where the server has no call that tells: then it is not known either that nothing executes.</param>
public sealed record CompactionObservation(
    bool Executing, ImmutableArray<CompactionPlan>? Plans, int ExecutingPlans, int CompletedPlans, int FailedPlans, bool StateKnown = true)
{
    /// <summary>Called executing, while no plan that executes is counted and none is listed at all: up to 2.2 Milvus says so for ever of a compaction that it does not know, or no longer.</summary>
    public bool IsOfNoPlan => Executing && ExecutingPlans == 0 && Plans is not { IsEmpty: false };

    /// <summary>Several compactions as one: over when all are over, with the plans of all.</summary>
    public static CompactionObservation Together(IReadOnlyCollection<CompactionObservation> all) => new(
        all.Any(c => c.Executing), all.All(c => c.Plans is not null) ? [.. all.SelectMany(c => c.Plans!.Value)] : null,
        all.Sum(c => c.ExecutingPlans), all.Sum(c => c.CompletedPlans), all.Sum(c => c.FailedPlans), all.All(c => c.StateKnown));
}

/// <summary>One plan of a compaction: these segments become those.</summary>
/// <param name="Targets">Ids of results known so far; empty while it runs and when it failed.</param>
/// <param name="NamesEveryTarget">True from Milvus 3.0 on; before, only the first of several results is named.</param>
/// <param name="FailureReason">The server's, from Milvus 3.0 on; empty otherwise.</param>
public sealed record CompactionPlan(ImmutableArray<long> Sources, ImmutableArray<long> Targets, bool NamesEveryTarget, string FailureReason);

/// <summary>One plan in a server's list of a collection's compactions: ours, another client's, or the server's own.</summary>
/// <param name="CompactionId">The id that whoever asked for it was told; 0 where the list names none.</param>
/// <param name="AtWork">Waiting or executing, or in a state that nobody knows; false once it is over, however it ended.</param>
public sealed record ListedCompaction(long CompactionId, ImmutableArray<long> Sources, bool AtWork);

/// <summary>One merge as a management port shows it: nothing says who asked for it.</summary>
/// <param name="Sources">Never empty.</param>
/// <param name="AtWork">Waiting or executing; false once it is over, however it ended.</param>
/// <param name="StartedAt">By the server's clock, to the second; null where it does not tell, or without its time zone.</param>
public sealed record ListedTask(ImmutableArray<long> Sources, bool AtWork, DateTimeOffset? StartedAt);

/// <summary>What to ask <c>GetFlushState</c> for.</summary>
public sealed record FlushTicket(ImmutableArray<long> SegmentIds, ulong FlushTimestamp);
