using Grpc.Core;
using Milvus.Optimize.Simulator.Model;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Service;

internal sealed partial class MilvusEndpoint
{
    private int _rotation;

    public override Task<GetPersistentSegmentInfoResponse> GetPersistentSegmentInfo(GetPersistentSegmentInfoRequest request, ServerCallContext context) => Read(world =>
    {
        var collection = world.Catalog.Require(Databases.Of(request.DbName, context), request.CollectionName);
        world.Catalog.StumbleOverDroppedSegment(collection);
        var segments = world.SegmentsOf(collection.Id)
            .Where(segment => segment.State is SegmentState.Flushed or SegmentState.Flushing or SegmentState.Sealed)
            .Where(segment => !Rules.SendsPlanDetails || request.States.Count == 0 || request.States.Contains(segment.State))
            .ToList();
        // Real servers promise no order, and show it: nobody may lean on one here.
        var shift = segments.Count == 0 ? 0 : _rotation++ % segments.Count;
        var reply = new GetPersistentSegmentInfoResponse { Status = Success() };
        reply.Infos.AddRange(segments.Skip(shift).Concat(segments.Take(shift)).Select(Persistent));
        return reply;
    });

    private PersistentSegmentInfo Persistent(Segment segment)
    {
        var info = new PersistentSegmentInfo
        {
            SegmentID = segment.Id,
            CollectionID = segment.CollectionId,
            PartitionID = segment.PartitionId,
            NumRows = segment.Rows,
            State = segment.State,
        };
        if (Rules.SendsLevelAndSorted)
        {
            info.Level = segment.Level;
            info.IsSorted = segment.IsSorted;
            info.StorageVersion = 2;
        }

        if (!Rules.SendsPlanDetails) return info;
        info.InsertChannel = segment.Channel;
        info.CompactionFrom.AddRange(segment.CompactionFrom);
        return info;
    }

    public override Task<GetQuerySegmentInfoResponse> GetQuerySegmentInfo(GetQuerySegmentInfoRequest request, ServerCallContext context) => Read(world =>
    {
        var collection = world.Catalog.Require(Databases.Of(request.DbName, context), request.CollectionName);
        var reply = new GetQuerySegmentInfoResponse { Status = Success() };
        if (collection.Load == LoadStage.NotLoaded) return reply;
        reply.Infos.AddRange(collection.QuerySegments.Select(world.Segment).OfType<Segment>().Select(segment => Served(world, collection, segment, SegmentState.Sealed)));
        if (Rules.ShowsGrowingInQueryView)
        {
            var growing = world.SegmentsOf(collection.Id).Where(segment =>
                segment.State == SegmentState.Growing && collection.StageOf(segment.PartitionId) == LoadStage.Loaded);
            reply.Infos.AddRange(growing.Select(segment => Served(world, collection, segment, SegmentState.Growing)));
        }

        return reply;
    });

    private QuerySegmentInfo Served(World world, Collection collection, Segment segment, SegmentState state)
    {
        var info = new QuerySegmentInfo
        {
            SegmentID = segment.Id,
            CollectionID = segment.CollectionId,
            PartitionID = segment.PartitionId,
            NumRows = segment.Rows,
            MemSize = Rules.SendsMemSize ? segment.Bytes : 0,
            State = state,
            NodeIds = { Enumerable.Range(0, collection.Replicas).SelectMany(replica => world.Loads.NodesOf(collection, replica)).Distinct() },
        };
        if (collection.Indexes.Find(index => segment.IsIndexedFor(index.Id)) is { } index)
        {
            info.IndexName = index.Name;
            info.IndexID = index.Id;
        }

        if (!Rules.SendsLevelAndSorted) return info;
        info.Level = segment.Level;
        info.IsSorted = segment.IsSorted;
        info.StorageVersion = 2;
        return info;
    }
}
