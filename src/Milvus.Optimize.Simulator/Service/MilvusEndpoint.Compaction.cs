using Grpc.Core;
using Milvus.Optimize.Simulator.Model;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Service;

internal sealed partial class MilvusEndpoint
{
    public override Task<ManualCompactionResponse> ManualCompaction(ManualCompactionRequest request, ServerCallContext context) =>
        Change(context, (world, record) =>
        {
            record.Note(entry => entry with { TargetSize = Simulation.Ids([request.TargetSize])[0] });
            var collections = Meant(world, request, context);
            var named = Named(world, request, context);
            record.Note(entry => entry with
            {
                CollectionId = request.CollectionID == 0 && named is not null && !Rules.CompactsById ? Simulation.Ids([named.Id])[0] : entry.CollectionId,
                Overlaps = collections.Sum(collection => world.Compactions.RunningManual(collection.Id)),
                SegmentsBefore = Simulation.Ids(collections.SelectMany(c => world.SegmentsOf(c.Id)).Where(s => s.IsData).Select(s => s.Id)),
            });

            var trigger = world.Compactions.Trigger(collections, Ask(request, collections));
            var unnamed = trigger.Plans.Where(plan => plan.CollectionId != named?.Id).Select(plan => $"{plan.Database}/{plan.CollectionName}").Distinct().ToList();
            record.Note(entry => entry with
            {
                CompactionId = Simulation.Ids([trigger.CompactionId])[0],
                PlanIds = Simulation.Ids(trigger.Plans.Select(plan => plan.PlanId)),
                TouchedUnnamed = unnamed.Count > 0 ? unnamed : null,
            });
            return new ManualCompactionResponse
            {
                Status = Success(),
                CompactionID = trigger.CompactionId,
                CompactionPlanCount = Rules.SendsPlanCount ? trigger.Plans.Count : 0,
            };
        });

    /// <summary>An old server does not know the fields after the id.</summary>
    private CompactionAsk Ask(ManualCompactionRequest request, List<Collection> collections)
    {
        if (!Rules.HasCompactionFilters) return new CompactionAsk(request.TargetSize);
        var isMajor = request.MajorCompaction && !CompactionPlanner.IsForceMerge(Rules, request.TargetSize);
        if (isMajor && collections.Exists(collection => collection.Schema.Fields.Any(field => field.IsClusteringKey)))
            throw new RpcException(new(StatusCode.Unimplemented, "the simulator does not cluster"));
        return new CompactionAsk(request.TargetSize, request.PartitionId, request.Channel, request.SegmentIds, request.MajorCompaction, request.L0Compaction);
    }

    /// <summary>Old servers look at the id alone: 0 is every collection of every database, and an id of none is no error.</summary>
    private List<Collection> Meant(World world, ManualCompactionRequest request, ServerCallContext context)
    {
        if (Rules.IsLite) return [];
        if (Rules.CompactsById)
            return [.. world.State.Collections.Where(collection => request.CollectionID == 0 || collection.Id == request.CollectionID)];
        return [world.Catalog.Require(request.CollectionID, Databases.OfCompaction(world, request.DbName, context), request.CollectionName)];
    }

    /// <summary>The collection that the caller had in mind, whatever the server made of the call.</summary>
    private static Collection? Named(World world, ManualCompactionRequest request, ServerCallContext context) =>
        request.CollectionID != 0
            ? world.Catalog.ById(request.CollectionID)
            : world.Catalog.Find(Databases.Of(request.DbName, context), request.CollectionName);

    public override Task<GetCompactionStateResponse> GetCompactionState(GetCompactionStateRequest request, ServerCallContext context) => Read(world =>
    {
        var tasks = world.Compactions.Of(request.CompactionID).ToList();
        int Count(CompactionTaskState state) => tasks.Count(task => task.State == state);
        var executing = tasks.Count(task => task.IsLive);
        return new GetCompactionStateResponse
        {
            Status = Success(),
            State = executing > 0 || IsUnknownAndExecutes(world, tasks) ? CompactionState.Executing : CompactionState.Completed,
            ExecutingPlanNo = executing,
            CompletedPlanNo = Rules.SendsPlanDetails ? 0 : Count(CompactionTaskState.Completed),
            FailedPlanNo = Rules.SendsPlanDetails ? 0 : Count(CompactionTaskState.Failed),
        };
    });

    public override Task<GetCompactionPlansResponse> GetCompactionStateWithPlans(GetCompactionPlansRequest request, ServerCallContext context) => Read(world =>
    {
        var isById = !AsksByCollection(request);
        var tasks = (isById ? world.Compactions.Of(request.CompactionID) : OfCollection(world, request, context)).ToList();
        var reply = new GetCompactionPlansResponse
        {
            Status = Success(),
            State = tasks.Exists(task => task.IsLive) || (isById && IsUnknownAndExecutes(world, tasks)) ? CompactionState.Executing : CompactionState.Completed,
        };
        reply.MergeInfos.AddRange(tasks.Select(MergeInfo));
        return reply;
    });

    private bool IsUnknownAndExecutes(World world, List<CompactionTask> tasks) => tasks.Count == 0 && world.Settings.UnknownCompactionsExecute && !Rules.IsLite;

    /// <summary>A server that does not know the collection fields answers for the id alone, 0 included.</summary>
    private bool AsksByCollection(GetCompactionPlansRequest request) =>
        Rules.SendsPlanDetails && request.CompactionID == 0 && (request.CollectionId != 0 || request.CollectionName.Length > 0);

    private static IEnumerable<CompactionTask> OfCollection(World world, GetCompactionPlansRequest request, ServerCallContext context) => world.Compactions.OfCollection(
        world.Catalog.Require(request.CollectionId, Databases.OfCompaction(world, request.DbName, context), request.CollectionName).Id);

    private CompactionMergeInfo MergeInfo(CompactionTask task)
    {
        var info = new CompactionMergeInfo { Target = task.Targets.Count > 0 ? task.Targets[0] : -1 };
        info.Sources.AddRange(task.Sources);
        if (!Rules.SendsPlanDetails) return info;

        info.PlanId = task.PlanId;
        info.TriggerId = task.TriggerId;
        info.CollectionId = task.CollectionId;
        info.PartitionId = task.PartitionId;
        info.Channel = task.Channel;
        info.Type = task.IsL0 ? L0Compaction : MixCompaction;
        info.State = task.State;
        info.FailureReason = task.FailureReason;
        info.Targets.AddRange(task.Targets);
        return info;
    }

    // common.CompactionType of every force merge: in lists it looks like an ordinary mix compaction.
    private const int MixCompaction = 3;
    private const int L0Compaction = 7;
}
