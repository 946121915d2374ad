using Grpc.Core;
using Milvus.Optimize.Simulator.Model;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Service;

internal sealed partial class MilvusEndpoint
{
    /// <summary>Rows are only counted; what is in them is not kept.</summary>
    public override Task<MutationResult> Insert(InsertRequest request, ServerCallContext context) => Change(context, (world, record) =>
    {
        var collection = world.Catalog.Require(Databases.Of(request.DbName, context), request.CollectionName);
        record.Note(entry => entry with { CollectionId = Simulation.Ids([collection.Id])[0] });
        world.Writes.Insert(collection, request.PartitionName, request.NumRows);
        var reply = new MutationResult { Status = Success(), InsertCnt = request.NumRows, Acknowledged = true, Timestamp = world.NewTimestamp() };
        reply.SuccIndex.AddRange(Enumerable.Range(0, (int)request.NumRows).Select(row => (uint)row));
        return reply;
    });

    public override Task<FlushResponse> Flush(FlushRequest request, ServerCallContext context) => Change(context, (world, _) =>
    {
        var database = Databases.Of(request.DbName, context);
        // Lite does not look: flushing a collection that is not there is a success.
        var collections = request.CollectionNames
            .Select(name => (name, collection: Rules.IsLite ? world.Catalog.Find(database, name) : world.Catalog.Require(database, name)))
            .ToList();
        var reply = new FlushResponse { Status = Success() };
        if (!Rules.IsLite) reply.DbName = database;
        foreach (var (name, collection) in collections)
        {
            if (collection is null) continue;
            var flushed = world.SegmentsOf(collection.Id).Where(segment => segment.IsData).Select(segment => segment.Id).ToList();
            var sealedNow = world.Writes.Flush(collection);
            if (Rules.IsLite) continue;
            reply.CollSegIDs[name] = new LongArray { Data = { sealedNow } };
            reply.FlushCollSegIDs[name] = new LongArray { Data = { flushed } };
            reply.CollSealTimes[name] = world.Now.ToUnixTimeSeconds();
            reply.CollFlushTs[name] = world.NewTimestamp();
        }

        return reply;
    });

    /// <summary>True once the named segments are persisted; a segment that compaction has replaced meanwhile was persisted before.</summary>
    public override Task<GetFlushStateResponse> GetFlushState(GetFlushStateRequest request, ServerCallContext context) => Read(world =>
    {
        var collection = world.Catalog.Find(Databases.Of(request.DbName, context), request.CollectionName);
        bool IsPending(Segment segment) => segment.State is SegmentState.Growing or SegmentState.Flushing
            && (request.SegmentIDs.Contains(segment.Id)
                || (segment.CollectionId == collection?.Id && request.FlushTs > 0 && segment.LastExpireTime <= request.FlushTs));
        return new GetFlushStateResponse { Status = Success(), Flushed = Rules.IsLite || !world.State.Segments.Any(IsPending) };
    });
}
