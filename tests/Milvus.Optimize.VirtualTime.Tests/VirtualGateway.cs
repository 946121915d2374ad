using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.VirtualTime.Tests;

/// <summary>
/// The port to Milvus for one flight: every call waits for the scheduler, twice, once to reach the server and once to come back. The tasks are completed
/// by the scheduler's own thread, and what waits for them goes on right there.
/// </summary>
internal sealed class VirtualGateway(Schedule schedule, VirtualNode node, Sightings seen) : IMilvusGateway
{
    private VirtualMilvus Server => schedule.Server;

    public Task<ServerDescription> DescribeServerAsync(string database, CancellationToken cancellationToken) => Call("version", Server.Version, cancellationToken);

    public Task<CollectionDescription> DescribeCollectionAsync(string database, string nameOrAlias, CancellationToken cancellationToken) =>
        Call("describe", () => Server.Describe(new(database, nameOrAlias, 0)), cancellationToken);

    public Task<CollectionDescription?> FindCollectionAsync(string database, long collectionId, CancellationToken cancellationToken) =>
        Call("find", () => Server.Find(collectionId), cancellationToken);

    public Task<ImmutableArray<IndexObservation>> DescribeIndexesAsync(CollectionName name, ulong timestamp, CancellationToken cancellationToken) =>
        Call("indexes", () => schedule.Mutant.Indexes(Server, name, timestamp), cancellationToken);

    public Task<ulong?> AllocateTimestampAsync(CancellationToken cancellationToken) => Call<ulong?>("timestamp", () => Server.Timestamp(), cancellationToken);

    public Task<ImmutableArray<SegmentObservation>?> ListSegmentsAsync(CollectionName name, CancellationToken cancellationToken) => Call<ImmutableArray<SegmentObservation>?>("segments", () =>
    {
        var segments = Server.Segments(name);
        seen.Note(Server, schedule.Clock.Now);
        return segments;
    }, cancellationToken);

    public Task<ImmutableArray<QuerySegmentObservation>?> ListQuerySegmentsAsync(CollectionName name, CancellationToken cancellationToken) =>
        Call<ImmutableArray<QuerySegmentObservation>?>("serving", () => Server.Serving(name), cancellationToken);

    public Task<TriggerOutcome> TriggerForceMergeAsync(TriggerRequest request, ISendPermit permit, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("triggers go through the outbox");

    public Task<CompactionObservation> GetCompactionAsync(CollectionName name, long compactionId, CancellationToken cancellationToken) =>
        Call("compaction", () => Server.Compaction(compactionId), cancellationToken);

    public Task<ImmutableArray<ListedCompaction>?> ListCompactionsAsync(CollectionName name, CancellationToken cancellationToken) =>
        Call("list", () => Server.List(name), cancellationToken);

    public Task<LoadState> GetLoadStateAsync(CollectionName name, CancellationToken cancellationToken) => Call("load", () => Server.Load(name), cancellationToken);

    public Task RefreshLoadAsync(CollectionName name, CancellationToken cancellationToken) => Call("refresh", () => Server.Refresh(name), cancellationToken);

    public Task<long?> GetRefreshProgressAsync(CollectionName name, CancellationToken cancellationToken) =>
        Call<long?>("progress", () => Server.RefreshProgress(name), cancellationToken);

    public Task<FlushTicket> FlushAsync(CollectionName name, CancellationToken cancellationToken) => Call("flush", () => Server.Flush(name), cancellationToken);

    public Task<bool> IsFlushedAsync(CollectionName name, FlushTicket ticket, CancellationToken cancellationToken) =>
        Call("flushed", () => Server.IsFlushed(name, ticket), cancellationToken);

    private Task<T> Call<T>(string what, Func<T> ask, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<T>();
        var life = node.Life;
        schedule.After(schedule.Pace.OneWay(), Act.CallReaches, what, () =>
        {
            Action arrive;
            try
            {
                var value = ask();
                arrive = () => answer.TrySetResult(value);
            }
            catch (MilvusException e)
            {
                arrive = () => answer.TrySetException(e);
            }

            if (!node.IsAlive(life)) return;
            if (schedule.Faults.Strikes(Act.AnswerLost, what))
            {
                // Half of them are noticed at once, the others are given up when the effect's time is over.
                if (schedule.Random.Next(2) == 0) return;
                arrive = () => answer.TrySetException(new MilvusException(new(MilvusFailureKind.Transient, 0, "UNAVAILABLE", "connection reset by peer")));
            }

            if (schedule.Random.Next(4) > 0 && node.Runs) Arrive(arrive);
            else schedule.After(schedule.Pace.OneWay(), Act.AnswerArrives, what, () => Arrive(arrive), node);
        });
        return answer.Task;

        void Arrive(Action arrive)
        {
            if (cancellationToken.IsCancellationRequested) answer.TrySetCanceled(cancellationToken);
            else arrive();
        }
    }
}

/// <summary>When a flight looked at the segments, and for a proof also how things truly were at that moment.</summary>
internal sealed class Sightings(bool keepsTruth)
{
    public DateTimeOffset? At { get; private set; }

    public ImmutableArray<TrueSegment> Truth { get; private set; } = [];

    public void Note(VirtualMilvus server, DateTimeOffset at)
    {
        At = at;
        if (keepsTruth) Truth = TrueSegment.Of(server);
    }
}
