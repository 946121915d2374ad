using Grpc.Core;
using Milvus.Optimize.Simulator.Model;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Service;

internal sealed partial class MilvusEndpoint
{
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
        if (Rules.IsLite) return new GetFlushStateResponse { Status = Success(), Flushed = true };
        var collection = request.CollectionName.Length > 0 ? world.Catalog.Require(Databases.Of(request.DbName, context), request.CollectionName) : null;
        var isPending = request.SegmentIDs.Any(id => world.Segment(id) is { IsPersisted: false })
            || (collection is not null && HasUnflushed(world, collection, request.FlushTs));
        return new GetFlushStateResponse { Status = Success(), Flushed = !isPending };
    });

    /// <summary>Of one database, or of all when none is named.</summary>
    public override Task<FlushAllResponse> FlushAll(FlushAllRequest request, ServerCallContext context) => Change(context, (world, _) =>
    {
        foreach (var collection in In(world, request.DbName).ToList()) world.Writes.Flush(collection);
        return new FlushAllResponse { Status = Success(), FlushAllTs = world.NewTimestamp() };
    });

    public override Task<GetFlushAllStateResponse> GetFlushAllState(GetFlushAllStateRequest request, ServerCallContext context) => Read(world =>
        new GetFlushAllStateResponse { Status = Success(), Flushed = !In(world, request.DbName).Any(collection => HasUnflushed(world, collection, request.FlushAllTs)) });

    private static IEnumerable<Collection> In(World world, string database)
    {
        if (database.Length > 0) world.Catalog.RequireDatabase(database);
        return world.State.Collections.Where(collection => database.Length == 0 || collection.Database == database);
    }

    private static bool HasUnflushed(World world, Collection collection, ulong writtenBefore) =>
        writtenBefore > 0 && world.SegmentsOf(collection.Id).Any(segment => !segment.IsPersisted && segment.LastExpireTime <= writtenBefore);
}
