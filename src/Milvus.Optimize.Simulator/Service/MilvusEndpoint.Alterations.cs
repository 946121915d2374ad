using Grpc.Core;
using Milvus.Optimize.Simulator.Model;
using Milvus.Optimize.Wire;
using Status = Milvus.Optimize.Wire.Status;

namespace Milvus.Optimize.Simulator.Service;

internal sealed partial class MilvusEndpoint
{
    public override Task<Status> RenameCollection(RenameCollectionRequest request, ServerCallContext context) => Change(context, world =>
    {
        if (!Rules.IsLite) CollectionNames.Check(request.NewName);
        world.Catalog.RenameCollection(Databases.Of(request.DbName, context), request.OldName, request.NewDBName, request.NewName);
    });

    public override Task<Status> AlterCollection(AlterCollectionRequest request, ServerCallContext context) => Change(context, world =>
        world.Catalog.AlterCollection(Databases.Of(request.DbName, context), request.CollectionName, Map(request.Properties), request.DeleteKeys));

    public override Task<Status> AlterIndex(AlterIndexRequest request, ServerCallContext context)
    {
        // 2.3.5 knows the name and has nothing behind it.
        if (Rules.AlterIndexIsBroken) throw new RpcException(new(StatusCode.Internal, "grpc: error while marshaling: proto: Marshal called with nil"));
        return ChangeCollection(context, request.DbName, request.CollectionName, (_, collection) =>
            Indexes.Alter(collection, request.IndexName, Map(request.ExtraParams), request.DeleteKeys));
    }

    private static Dictionary<string, string> Map(IEnumerable<Wire.KeyValuePair> pairs)
    {
        var map = new Dictionary<string, string>();
        foreach (var pair in pairs) map[pair.Key] = pair.Value;
        return map;
    }
}
