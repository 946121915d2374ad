using Google.Protobuf.Collections;
using Grpc.Core;
using Milvus.Optimize.Simulator.Model;
using Milvus.Optimize.Wire;
using KeyValuePair = Milvus.Optimize.Wire.KeyValuePair;
using Status = Milvus.Optimize.Wire.Status;

namespace Milvus.Optimize.Simulator.Service;

internal sealed partial class MilvusEndpoint
{
    public override Task<Status> CreatePartition(CreatePartitionRequest request, ServerCallContext context) =>
        ChangeCollection(context, request.DbName, request.CollectionName, (world, collection) => world.Partitions.Create(collection, request.PartitionName));

    public override Task<Status> DropPartition(DropPartitionRequest request, ServerCallContext context) =>
        ChangeCollection(context, request.DbName, request.CollectionName, (world, collection) => world.Partitions.Drop(collection, request.PartitionName));

    public override Task<BoolResponse> HasPartition(HasPartitionRequest request, ServerCallContext context) => Read(world =>
    {
        var collection = world.Catalog.Require(Databases.Of(request.DbName, context), request.CollectionName);
        return new BoolResponse { Status = Success(), Value = world.Partitions.Has(collection, request.PartitionName) };
    });

    public override Task<ShowPartitionsResponse> ShowPartitions(ShowPartitionsRequest request, ServerCallContext context) => Read(world =>
    {
        var collection = world.Catalog.Require(request.CollectionID, Databases.Of(request.DbName, context), request.CollectionName);
        var reply = new ShowPartitionsResponse { Status = Success() };
#pragma warning disable CS0612 // Deprecated in the proto, and still what old clients ask for.
        var isAboutLoads = request.Type == ShowType.InMemory && !Rules.IsLite;
        var partitions = isAboutLoads ? ShownAsLoaded(world, collection, request.PartitionNames) : collection.Partitions;
        if (isAboutLoads) reply.InMemoryPercentages.AddRange(partitions.Select(partition => world.Loads.Progress(collection, partition.Id)));
        if (Rules.IsLite) reply.InMemoryPercentages.AddRange(partitions.Select(_ => 100L));
#pragma warning restore CS0612
        foreach (var partition in partitions)
        {
            reply.PartitionNames.Add(partition.Name);
            if (Rules.IsLite) continue;
            reply.PartitionIDs.Add(partition.Id);
            reply.CreatedTimestamps.Add(partition.CreatedAt);
            reply.CreatedUtcTimestamps.Add(Milliseconds(partition.CreatedAt));
        }

        return reply;
    });

    private static List<Partition> ShownAsLoaded(World world, Collection collection, RepeatedField<string> names)
    {
        if (names.Count == 0) return collection.Partitions.FindAll(partition => collection.StageOf(partition.Id) != LoadStage.NotLoaded);
        return [.. names.Select(name => LoadedOrLoading(world, collection, name))];
    }

    private static Partition LoadedOrLoading(World world, Collection collection, string name)
    {
        var partition = world.Partitions.Require(collection, name);
        return collection.StageOf(partition.Id) == LoadStage.NotLoaded ? throw Refusals.PartitionNotLoaded(partition.Id) : partition;
    }

    public override Task<GetPartitionStatisticsResponse> GetPartitionStatistics(GetPartitionStatisticsRequest request, ServerCallContext context) => Read(world =>
    {
        var collection = world.Catalog.Require(Databases.Of(request.DbName, context), request.CollectionName);
        var partition = world.Partitions.Require(collection, request.PartitionName);
        var rows = world.SegmentsOf(collection.Id).Where(segment => segment.IsData && segment.PartitionId == partition.Id).Sum(segment => segment.Rows);
        return new GetPartitionStatisticsResponse { Status = Success(), Stats = { RowCount(rows) } };
    });

    private static KeyValuePair RowCount(long rows) => new() { Key = "row_count", Value = rows.ToString(System.Globalization.CultureInfo.InvariantCulture) };

    public override Task<Status> LoadPartitions(LoadPartitionsRequest request, ServerCallContext context) =>
        ChangeCollection(context, request.DbName, request.CollectionName, (world, collection) =>
            world.Loads.LoadPartitions(collection, request.PartitionNames, request.Refresh, request.ReplicaNumber));

    public override Task<Status> ReleasePartitions(ReleasePartitionsRequest request, ServerCallContext context) =>
        ChangeCollection(context, request.DbName, request.CollectionName, (world, collection) => world.Loads.ReleasePartitions(collection, request.PartitionNames));
}
