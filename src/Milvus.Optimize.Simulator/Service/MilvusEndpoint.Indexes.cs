using Grpc.Core;
using Milvus.Optimize.Simulator.Model;
using Milvus.Optimize.Wire;
using Status = Milvus.Optimize.Wire.Status;

namespace Milvus.Optimize.Simulator.Service;

internal sealed partial class MilvusEndpoint
{
    private static readonly string[] LiteKeys = ["index_type", "metric_type"];

    public override Task<DescribeIndexResponse> DescribeIndex(DescribeIndexRequest request, ServerCallContext context) => Read(world =>
    {
        var collection = world.Catalog.Require(Databases.Of(request.DbName, context), request.CollectionName);
        var indexes = Select(world, collection, request.IndexName, request.FieldName);
        var reply = new DescribeIndexResponse { Status = Success() };
        reply.IndexDescriptions.AddRange(indexes.Select(index => Describe(world, collection, index, request.Timestamp)));
        return reply;
    });

    public override Task<GetIndexStatisticsResponse> GetIndexStatistics(GetIndexStatisticsRequest request, ServerCallContext context) => Read(world =>
    {
        var collection = world.Catalog.Require(Databases.Of(request.DbName, context), request.CollectionName);
        var reply = new GetIndexStatisticsResponse { Status = Success() };
        reply.IndexDescriptions.AddRange(Select(world, collection, request.IndexName, "").Select(index => Describe(world, collection, index, request.Timestamp)));
        return reply;
    });

    /// <summary>As DescribeIndex with timestamp 0 sees it: products of a compaction younger than the index do not count. The field that is asked for never does.</summary>
    public override Task<GetIndexStateResponse> GetIndexState(GetIndexStateRequest request, ServerCallContext context) => Read(world =>
    {
        var collection = RequireNamed(world, Databases.Of(request.DbName, context), request.CollectionName);
        if (Rules.IndexStateHidesRefusals && Indexes.Named(collection, request.IndexName).Count != 1) return new GetIndexStateResponse { Status = Success() };
        var report = world.Indexes.Report(collection, TheOne(collection, request.IndexName), 0);
        return new GetIndexStateResponse { Status = Success(), State = report.State, FailReason = report.FailReason };
    });

    public override Task<GetIndexBuildProgressResponse> GetIndexBuildProgress(GetIndexBuildProgressRequest request, ServerCallContext context) => Read(world =>
    {
        var collection = RequireNamed(world, Databases.Of(request.DbName, context), request.CollectionName);
        var report = world.Indexes.Report(collection, TheOne(collection, request.IndexName), 0);
        return new GetIndexBuildProgressResponse { Status = Success(), IndexedRows = report.IndexedRows, TotalRows = report.TotalRows };
    });

    private static Collection RequireNamed(World world, string database, string name) =>
        name.Length > 0 ? world.Catalog.Require(database, name) : throw Refusals.Invalid("collection name should not be empty");

    private static IndexDefinition TheOne(Collection collection, string name) => Indexes.Named(collection, name) switch
    {
        [var index] => index,
        [] => throw Refusals.IndexNotFound(name),
        _ => throw Refusals.IndexDuplicates(name),
    };

    private List<IndexDefinition> Select(World world, Collection collection, string indexName, string field)
    {
        if (collection.Indexes.Count == 0 && (indexName.Length == 0 || Rules.IsLite)) throw world.Catalog.Refusals.NoIndexOn(collection.Name);
        var indexes = collection.Indexes.Where(index => indexName.Length == 0 || Rules.IsLite || index.Name == indexName).ToList();
        if (Rules.FiltersIndexesByField && field.Length > 0) indexes.RemoveAll(index => index.Field != field);
        if (Rules.IsLite && indexes.Count == 0 && field.Length > 0) throw Refusals.NoIndexOnField(field, collection.Name);
        if (indexes.Count == 0) throw indexName.Length > 0 ? Refusals.IndexNotFound(indexName) : world.Catalog.Refusals.NoIndexOn(collection.Name);
        return indexes;
    }

    private IndexDescription Describe(World world, Collection collection, IndexDefinition index, ulong timestamp)
    {
        var report = world.Indexes.Report(collection, index, timestamp);
        var description = new IndexDescription
        {
            IndexName = index.Name,
            IndexID = Rules.IsLite ? 0 : index.Id,
            FieldName = index.Field,
            TotalRows = report.TotalRows,
            IndexedRows = report.IndexedRows,
            PendingIndexRows = report.PendingRows,
            State = report.State,
            IndexStateFailReason = report.FailReason,
        };
        // Lite keeps an index's type and metric and no more.
        description.Params.AddRange(Pairs(Rules.IsLite ? LiteKeys.Where(index.Params.ContainsKey).Select(key => System.Collections.Generic.KeyValuePair.Create(key, index.Params[key])) : index.Params));
        return description;
    }

    public override Task<Status> CreateIndex(CreateIndexRequest request, ServerCallContext context) =>
        ChangeCollection(context, request.DbName, request.CollectionName, (world, collection) =>
            world.Indexes.Create(collection, request.IndexName, request.FieldName, Map(request.ExtraParams)));

    public override Task<Status> DropIndex(DropIndexRequest request, ServerCallContext context) =>
        ChangeCollection(context, request.DbName, request.CollectionName, (world, collection) =>
            world.Indexes.Drop(collection, request.IndexName, request.FieldName));
}
