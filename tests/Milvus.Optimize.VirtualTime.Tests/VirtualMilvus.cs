using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Simulator;
using Milvus.Optimize.Simulator.Model;
using S = Milvus.Optimize.Simulator.Model;
using W = Milvus.Optimize.Wire;

namespace Milvus.Optimize.VirtualTime.Tests;

/// <summary>The simulator's model without its wire: each member is what the server does and answers at the moment when a call reaches it.</summary>
internal sealed class VirtualMilvus(Simulation simulation, string name)
{
    private readonly List<StartedBeside> _beside = [];
    private int _rotation;

    public Simulation Simulation => simulation;

    public GenerationRules Rules => simulation.Rules;

    public string Collection => name;

    /// <summary>Compactions of ours that were started while others of ours ran.</summary>
    public IReadOnlyList<StartedBeside> Beside => _beside;

    public ServerDescription Version() => new(Rules.Version, Rules.Name switch
    {
        "2.3" => GenerationRange.Exactly(Generation.V23),
        "g0" => GenerationRange.Exactly(Generation.G0),
        "g1" => new(Generation.G1, Generation.G2),
        "g2" => GenerationRange.Unknown,
        _ => new(Generation.G3, Generation.G6),
    });

    public CollectionDescription Describe(CollectionName named) => Ask(world => Describe(world.Catalog.Require(named.Database, named.Name)));

    public CollectionDescription? Find(long id) => Ask(world => world.Catalog.ById(id) is { } found ? Describe(found) : null);

    public ImmutableArray<IndexObservation> Indexes(CollectionName named, ulong timestamp) => Ask(world =>
    {
        var collection = world.Catalog.Require(named.Database, named.Name);
        return collection.Indexes.Select(index => (index, report: world.Indexes.Report(collection, index, timestamp)))
            .Select(i => new IndexObservation(i.index.Name, i.index.Field, (IndexState)i.report.State, i.report.IndexedRows, i.report.TotalRows, i.report.PendingRows, i.report.FailReason))
            .ToImmutableArray();
    });

    public ulong Timestamp() => Ask(world => world.NewTimestamp());

    public ImmutableArray<SegmentObservation> Segments(CollectionName named) => Ask(world =>
    {
        var collection = world.Catalog.Require(named.Database, named.Name);
        world.Catalog.StumbleOverDroppedSegment(collection);
        var listed = world.SegmentsOf(collection.Id).Where(s => s.State is W.SegmentState.Flushed or W.SegmentState.Flushing or W.SegmentState.Sealed).Select(Persistent).ToList();
        var shift = listed.Count == 0 ? 0 : _rotation++ % listed.Count;
        return listed.Skip(shift).Concat(listed.Take(shift)).ToImmutableArray();
    });

    public ImmutableArray<QuerySegmentObservation> Serving(CollectionName named) => Ask(world =>
    {
        var collection = world.Catalog.Require(named.Database, named.Name);
        if (collection.Load != LoadStage.Loaded) return [];
        var served = collection.QuerySegments.Select(world.Segment).OfType<Segment>().Select(s => Served(collection, s, SegmentState.Sealed));
        var growing = world.SegmentsOf(collection.Id).Where(s => Rules.ShowsGrowingInQueryView && s.State == W.SegmentState.Growing).Select(s => Served(collection, s, SegmentState.Growing));
        return served.Concat(growing).ToImmutableArray();
    });

    public LoadState Load(CollectionName named) => Ask(world => world.Catalog.Find(named.Database, named.Name)?.Load switch
    {
        null => LoadState.NotExist,
        LoadStage.NotLoaded => LoadState.NotLoaded,
        LoadStage.Loading => LoadState.Loading,
        _ => LoadState.Loaded,
    });

    public bool Refresh(CollectionName named) => Ask(world =>
    {
        world.Loads.Load(world.Catalog.Require(named.Database, named.Name), refresh: true);
        return true;
    });

    public long RefreshProgress(CollectionName named) => Ask(world =>
    {
        var collection = world.Catalog.Require(named.Database, named.Name);
        if (collection.Load == LoadStage.NotLoaded) throw Refusals.NotLoaded(collection.Id);
        return collection.RefreshOutstanding ? 0 : 100;
    });

    public FlushTicket Flush(CollectionName named) => Ask(world =>
    {
        var sealedNow = world.Writes.Flush(world.Catalog.Require(named.Database, named.Name));
        simulation.Log.Append(simulation.NewEntry("call") with { Rpc = "Flush", Code = 0, Effect = true });
        return new FlushTicket([.. sealedNow], world.NewTimestamp());
    });

    public bool IsFlushed(CollectionName named, FlushTicket ticket) => Ask(world =>
    {
        var collection = world.Catalog.Find(named.Database, named.Name);
        return !world.SegmentsOf(collection?.Id ?? 0).Any(s => s.State is W.SegmentState.Growing or W.SegmentState.Flushing
            && (ticket.SegmentIds.Contains(s.Id) || (ticket.FlushTimestamp > 0 && s.LastExpireTime <= ticket.FlushTimestamp)));
    });

    /// <summary>The call that changes everything, with its line in the log.</summary>
    public (long Id, int Plans) ForceMerge(TriggerRequest request) => Ask(world =>
    {
        var collections = Rules.CompactsById
            ? world.State.Collections.Where(c => c.Id == request.Name.CollectionId).ToList()
            : [world.Catalog.Require(request.Name.CollectionId, request.Name.Database, request.Name.Name)];
        var entry = simulation.NewEntry("call") with
        {
            Rpc = "ManualCompaction",
            CollectionId = Simulation.Ids([request.Name.CollectionId])[0],
            Overlaps = collections.Sum(c => world.Compactions.RunningManual(c.Id)),
            SegmentsBefore = Simulation.Ids(collections.SelectMany(c => world.SegmentsOf(c.Id)).Where(s => s.IsData).Select(s => s.Id)),
        };
        try
        {
            ImmutableArray<long> running = [.. world.State.Tasks.Where(t => t.IsLive && !t.IsForeign).Select(t => t.TriggerId).Distinct()];
            var trigger = world.Compactions.Trigger(collections, new(request.TargetSizeMb));
            if (!running.IsEmpty && trigger.Plans.Count > 0) _beside.Add(new(simulation.NewEntry("").At, running));
            simulation.Log.Append(entry with
            {
                Code = 0,
                Effect = true,
                CompactionId = Simulation.Ids([trigger.CompactionId])[0],
                PlanIds = Simulation.Ids(trigger.Plans.Select(p => p.PlanId)),
            });
            return (trigger.CompactionId, Rules.SendsPlanCount ? trigger.Plans.Count : 0);
        }
        catch (MilvusRefusal refusal)
        {
            simulation.Log.Append(entry with { Code = refusal.Code, Effect = false });
            throw;
        }
    });

    public CompactionObservation Compaction(long id) => Ask(world =>
    {
        var tasks = world.Compactions.Of(id).ToList();
        var executing = tasks.Count(t => t.IsLive);
        return new CompactionObservation(executing > 0, [.. tasks.Select(Plan)], executing,
            tasks.Count(t => !Rules.SendsPlanDetails && t.State == W.CompactionTaskState.Completed),
            tasks.Count(t => !Rules.SendsPlanDetails && t.State == W.CompactionTaskState.Failed));
    });

    /// <summary>As the gateway believes it: only where each entry says whose it is.</summary>
    public ImmutableArray<ListedCompaction>? List(CollectionName named) => Ask<ImmutableArray<ListedCompaction>?>(world =>
    {
        if (!Rules.SendsPlanDetails) return null;
        var tasks = world.Compactions.OfCollection(world.Catalog.Require(named.CollectionId, named.Database, named.Name).Id).ToList();
        return tasks.Count == 0 ? null : [.. tasks.Select(t => new ListedCompaction(t.TriggerId, [.. t.Sources], t.IsLive))];
    });

    private CompactionPlan Plan(CompactionTask task) => new(
        [.. task.Sources], Rules.SendsPlanDetails ? [.. task.Targets] : [.. task.Targets.Take(1)], Rules.SendsPlanDetails, Rules.SendsPlanDetails ? task.FailureReason : "");

    private static CollectionDescription Describe(S.Collection found) =>
        new(new(found.Database, found.Name, found.Id), [.. found.Aliases], found.Channels.Count, ["v"]);

    private SegmentObservation Persistent(Segment s) => new(
        s.Id, s.PartitionId, s.Rows, (SegmentState)s.State, Rules.SendsLevelAndSorted ? (SegmentLevel)s.Level : SegmentLevel.Legacy,
        Rules.SendsLevelAndSorted && s.IsSorted, Rules.SendsPlanDetails ? s.Channel : "");

    private static QuerySegmentObservation Served(S.Collection collection, Segment s, SegmentState state) =>
        new(s.Id, s.PartitionId, s.Rows, state, collection.Indexes.Exists(i => s.IsIndexedFor(i.Id)));

    private T Ask<T>(Func<World, T> ask)
    {
        try
        {
            return simulation.Change(ask);
        }
        catch (MilvusRefusal refusal)
        {
            // The few codes that the model gives, as the gateway's table has them.
            var kind = refusal.Code is 2 or 600 ? MilvusFailureKind.Transient : MilvusFailureKind.Permanent;
            throw new MilvusException(new(kind, refusal.Code, "OK", refusal.Message), refusal);
        }
    }
}

/// <param name="At">When one was started.</param>
/// <param name="Running">The ids of those that ran.</param>
internal sealed record StartedBeside(DateTimeOffset At, ImmutableArray<long> Running);
