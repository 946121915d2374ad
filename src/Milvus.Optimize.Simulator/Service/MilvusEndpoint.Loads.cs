using Google.Protobuf.Collections;
using Grpc.Core;
using Milvus.Optimize.Simulator.Model;
using Milvus.Optimize.Wire;
using Status = Milvus.Optimize.Wire.Status;

namespace Milvus.Optimize.Simulator.Service;

internal sealed partial class MilvusEndpoint
{
    public override Task<Status> LoadCollection(LoadCollectionRequest request, ServerCallContext context) =>
        ChangeCollection(context, request.DbName, request.CollectionName, (world, collection) => world.Loads.Load(collection, request.Refresh, request.ReplicaNumber));

    public override Task<Status> ReleaseCollection(ReleaseCollectionRequest request, ServerCallContext context) =>
        ChangeCollection(context, request.DbName, request.CollectionName, (world, collection) => world.Loads.Release(collection));

    public override Task<GetLoadingProgressResponse> GetLoadingProgress(GetLoadingProgressRequest request, ServerCallContext context) => Read(world =>
    {
        var collection = world.Catalog.Require(Databases.Of(request.DbName, context), request.CollectionName);
        var asked = Rules.IsLite ? [] : request.PartitionNames.Select(name => LoadedOrLoading(world, collection, name).Id).ToList();
        if (collection.Load == LoadStage.NotLoaded && !Rules.IsLite) throw Refusals.NotLoaded(collection.Id);
        if (asked.Count == 0) asked = [.. collection.Partitions.Select(partition => partition.Id).Where(id => collection.StageOf(id) != LoadStage.NotLoaded)];
        return new GetLoadingProgressResponse
        {
            Status = Success(),
            Progress = world.Loads.Progress(collection, asked),
            RefreshProgress = RefreshProgress(world, collection),
        };
    });

    /// <summary>0 or 100, nothing between; 0 is not sent. Lite never sends the field: who waits for 100 there waits for ever.</summary>
    private long RefreshProgress(World world, Collection collection) => (Rules.IsLite ? RefreshReport.Absent : world.Settings.RefreshProgress) switch
    {
        RefreshReport.Absent => 0,
        RefreshReport.AlwaysDone => 100,
        _ => collection.RefreshOutstanding ? 0 : 100,
    };

    /// <summary>An unknown collection is no error here: it does not exist.</summary>
    public override Task<GetLoadStateResponse> GetLoadState(GetLoadStateRequest request, ServerCallContext context) => Read(world =>
    {
        var collection = world.Catalog.Find(Databases.Of(request.DbName, context), request.CollectionName);
        return new GetLoadStateResponse
        {
            Status = Success(),
            State = (collection is null ? null : StageOf(world, collection, request.PartitionNames)) switch
            {
                null => LoadState.NotExist,
                // Lite calls everything that there is loaded, what was never loaded and what was released too.
                _ when Rules.IsLite => LoadState.Loaded,
                LoadStage.NotLoaded => LoadState.NotLoad,
                LoadStage.Loading => LoadState.Loading,
                _ => LoadState.Loaded,
            },
        };
    });

    /// <summary>Of several partitions the least loaded one counts.</summary>
    private LoadStage? StageOf(World world, Collection collection, RepeatedField<string> partitions) => partitions.Count == 0 || Rules.IsLite
        ? collection.Load
        : partitions.Min(name => collection.StageOf(world.Partitions.Require(collection, name).Id));

    public override Task<GetReplicasResponse> GetReplicas(GetReplicasRequest request, ServerCallContext context) => Read(world =>
    {
        var collection = request.CollectionID != 0
            ? world.Catalog.ById(request.CollectionID) ?? throw Refusals.ReplicaNotFound(request.CollectionID)
            : world.Catalog.Require(Databases.Of(request.DbName, context), request.CollectionName);
        if (collection.Load == LoadStage.NotLoaded) throw Refusals.ReplicaNotFound(collection.Id);
        var reply = new GetReplicasResponse { Status = Success() };
        for (var number = 0; number < collection.Replicas; number++)
        {
            var nodes = world.Loads.NodesOf(collection, number);
            var replica = new ReplicaInfo
            {
                ReplicaID = collection.ReplicaId + number,
                CollectionID = collection.Id,
                ResourceGroupName = "__default_resource_group",
                NodeIds = { nodes },
            };
            foreach (var channel in collection.Channels)
                replica.ShardReplicas.Add(new ShardReplica { LeaderID = nodes[0], LeaderAddr = "127.0.0.1:21123", DmChannelName = channel, NodeIds = { nodes } });
            reply.Replicas.Add(replica);
        }

        return reply;
    });
}
