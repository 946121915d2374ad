using Grpc.Core;
using Milvus.Optimize.Simulator.Model;
using Milvus.Optimize.Wire;
using Status = Grpc.Core.Status;

namespace Milvus.Optimize.Simulator.Service;

internal sealed partial class MilvusEndpoint
{
    private const string Count = "count(*)";

    /// <summary>Only what can be said from numbers of rows: count(*) without an expression, and what a query is refused by.</summary>
    public override Task<QueryResults> Query(QueryRequest request, ServerCallContext context) => Read(world =>
    {
        var collection = world.Catalog.Require(Databases.Of(request.DbName, context), request.CollectionName);
        var hasLimit = request.QueryParams.Any(pair => pair.Key == "limit");
        if (!Rules.IsLite) CheckQuery(collection, request, hasLimit);
        if (request.Expr.Length > 0 || request.OutputFields is not [Count]) throw NotKept("the contents of rows");
        var asked = request.PartitionNames.Select(name => Partitions.Find(collection, name) ?? throw Refusals.Unexpected($"partition name {name} not found")).ToList();
        if (!Rules.IsLite && asked.Find(partition => collection.StageOf(partition.Id) != LoadStage.Loaded) is { } missing)
            throw Refusals.Unexpected($"failed to search/query delegator 1 for channel {collection.Channels[0]}: fail to Query, QueryNode ID = 1, reason=partition not loaded[partition=[{missing.Id}]]");
        var rows = world.Writes.LivingRows(collection, partition =>
            (Rules.IsLite || collection.StageOf(partition) == LoadStage.Loaded) && (asked.Count == 0 || asked.Exists(p => p.Id == partition)));
        var reply = new QueryResults
        {
            Status = Success(),
            FieldsData = { new FieldData { Type = DataType.Int64, FieldName = Count, Scalars = new() { LongData = new() { Data = { rows } } } } },
        };
        if (!Rules.IsLite) return reply;
        reply.CollectionName = collection.Name;
        reply.OutputFields.Add(Count);
        return reply;
    });

    private static void CheckQuery(Collection collection, QueryRequest request, bool hasLimit)
    {
        var isCount = request.OutputFields is [Count];
        if (!isCount && !collection.Schema.EnableDynamicField
            && request.OutputFields.FirstOrDefault(name => name != "*" && collection.Schema.Fields.All(field => field.Name != name)) is { } unknown)
            throw Refusals.Unexpected($"field {unknown} not exist");
        if (isCount)
        {
            if (hasLimit) throw Refusals.Unexpected("count entities with pagination is not allowed");
        }
        else if (request.Expr.Length == 0 && !hasLimit)
        {
            throw Refusals.Unexpected("empty expression should be used with limit");
        }

        RequireLoaded(collection, "query");
    }

    /// <summary>What is looked for is not kept, so a search that a server would carry out is not answered at all.</summary>
    public override Task<SearchResults> Search(SearchRequest request, ServerCallContext context) => Read<SearchResults>(world =>
    {
        var collection = world.Catalog.Require(Databases.Of(request.DbName, context), request.CollectionName);
        if (Rules.IsLite) throw NotKept("vectors");
        if (request.Nq is < 1 or > 16384)
            throw Refusals.Unexpected($"nq [{request.Nq}] is invalid, nq (number of search vector per search request) should be in range [1, 16384], but got {request.Nq}");
        RequireLoaded(collection, "search");
        throw NotKept("vectors");
    });

    private static void RequireLoaded(Collection collection, string verb)
    {
        if (collection.Load == LoadStage.NotLoaded) throw new MilvusRefusal(101, $"failed to {verb}: {Refusals.NotLoaded(collection.Id).Message}");
        if (collection.Load == LoadStage.Loading) throw new MilvusRefusal(103, $"failed to {verb}: {Refusals.NotFullyLoaded(collection.Id).Message}");
    }

    private static RpcException NotKept(string what) =>
        new(new Status(StatusCode.Unimplemented, $"the simulator counts rows and does not keep {what}"));
}
