using Google.Protobuf;
using Grpc.Core;
using Milvus.Optimize.Simulator.Model;
using Milvus.Optimize.Wire;
using Status = Milvus.Optimize.Wire.Status;

namespace Milvus.Optimize.Simulator.Service;

#pragma warning disable CS0612 // inMemory_percentages is deprecated in the proto, and still what Lite fills.

internal sealed partial class MilvusEndpoint
{
    public override Task<ShowCollectionsResponse> ShowCollections(ShowCollectionsRequest request, ServerCallContext context) => Read(world =>
    {
        var database = Databases.Of(request.DbName, context);
        world.Catalog.RequireDatabase(database);
        var reply = new ShowCollectionsResponse { Status = Success() };
        foreach (var collection in world.State.Collections.Where(collection => collection.Database == database))
        {
            reply.CollectionNames.Add(collection.Name);
            if (Rules.IsLite)
            {
                // Lite calls whatever there is loaded, and fills what older servers filled.
                reply.InMemoryPercentages.Add(100);
                reply.QueryServiceAvailable.Add(true);
                reply.ShardsNum.Add(1);
                continue;
            }

            reply.CollectionIds.Add(collection.Id);
            reply.CreatedTimestamps.Add(collection.CreatedAt);
            reply.CreatedUtcTimestamps.Add(Milliseconds(collection.CreatedAt));
        }

        return reply;
    });

    public override Task<DescribeCollectionResponse> DescribeCollection(DescribeCollectionRequest request, ServerCallContext context) => Read(world =>
    {
        var database = Databases.Of(request.DbName, context);
        if (!Rules.IsLite && request.CollectionID == 0) CollectionNames.Check(request.CollectionName);
        try
        {
            var reply = Describe(world, world.Catalog.Require(request.CollectionID, database, request.CollectionName));
            if (!Rules.DescribeEchoesName) return reply;
            reply.CollectionName = request.CollectionName;
            reply.DbName = database;
            return reply;
        }
        catch (MilvusRefusal refusal) when (Rules.IsLite && !world.Catalog.HasDatabase(database))
        {
            throw new MilvusRefusal(6, refusal.Message) { LegacyCode = (ErrorCode)6 };
        }
        catch (MilvusRefusal refusal) when (refusal.Code == 100 && !Rules.IsLite)
        {
            return new DescribeCollectionResponse
            {
                Status = Replies.StatusOf(DescribeRefusal(refusal), Rules),
                Schema = new CollectionSchema(),
                CollectionName = request.CollectionName,
                DbName = database,
            };
        }
    });

    /// <summary>This one RPC words a missing collection in its own way; old servers lose the legacy code over it.</summary>
    private MilvusRefusal DescribeRefusal(MilvusRefusal refusal) => Rules.DescribeKeepsOldErrorText
        ? new MilvusRefusal(100, $"can't find collection {refusal.Message}") { LegacyCode = ErrorCode.UnexpectedError, Detail = refusal.Message }
        : new MilvusRefusal(100, refusal.Message.Replace("collection not found", "can't find collection", StringComparison.Ordinal));

    private DescribeCollectionResponse Describe(World world, Collection collection)
    {
        var reply = new DescribeCollectionResponse
        {
            Status = Success(),
            Schema = collection.Schema.Clone(),
            CollectionName = collection.Name,
            // Lite has one shard, whatever was asked for.
            ShardsNum = Rules.IsLite ? 1 : collection.Channels.Count,
            NumPartitions = collection.Partitions.Count,
        };
        reply.Properties.AddRange(Pairs(collection.Properties));
        if (Rules.IsLite)
        {
            // Lite numbers no fields, and tells neither aliases nor a consistency level.
            foreach (var field in reply.Schema.Fields) field.FieldID = 0;
            return reply;
        }

        reply.ConsistencyLevel = (ConsistencyLevel)collection.ConsistencyLevel;
        reply.Aliases.AddRange(collection.Aliases);
        reply.CollectionID = collection.Id;
        reply.DbName = collection.Database;
        reply.CreatedTimestamp = collection.CreatedAt;
        reply.CreatedUtcTimestamp = Milliseconds(collection.CreatedAt);
        reply.VirtualChannelNames.AddRange(collection.Channels);
        reply.PhysicalChannelNames.AddRange(collection.Channels.Select(channel => channel[..channel.LastIndexOf('_')]));
        if (Rules.UnknownDatabaseIsItsOwnError)
            reply.DbId = world.State.Databases.Find(database => database.Name == collection.Database)?.Id ?? 0;
        return reply;
    }

    public override Task<BoolResponse> HasCollection(HasCollectionRequest request, ServerCallContext context) => Read(world =>
        new BoolResponse { Status = Success(), Value = world.Catalog.Find(Databases.Of(request.DbName, context), request.CollectionName) is not null });

    public override Task<GetCollectionStatisticsResponse> GetCollectionStatistics(GetCollectionStatisticsRequest request, ServerCallContext context) => Read(world =>
    {
        var collection = world.Catalog.Require(Databases.Of(request.DbName, context), request.CollectionName);
        var rows = world.CountedSegments(collection.Id).Sum(segment => segment.Rows);
        return new GetCollectionStatisticsResponse { Status = Success(), Stats = { RowCount(rows) } };
    });

    public override Task<Status> CreateCollection(CreateCollectionRequest request, ServerCallContext context) => Change(context, (world, record) =>
    {
        CollectionNames.Check(request.CollectionName);
        CollectionSchema schema;
        try
        {
            schema = CollectionSchema.Parser.ParseFrom(request.Schema);
        }
        catch (InvalidProtocolBufferException)
        {
            throw Refusals.Invalid("the schema is not a CollectionSchema");
        }

        schema.Name = request.CollectionName;
        var partitions = Partitions.Initial(Rules, schema.Fields.Any(field => field.IsPartitionKey), request.NumPartitions > 0 ? (int)request.NumPartitions : null);
        var collection = world.Catalog.CreateCollection(Databases.Of(request.DbName, context), schema, request.ShardsNum, partitions, (int)request.ConsistencyLevel);
        foreach (var property in request.Properties) collection.Properties[property.Key] = property.Value;
        record.Note(entry => entry with { CollectionId = Simulation.Ids([collection.Id])[0] });
        return Success();
    });

    public override Task<Status> DropCollection(DropCollectionRequest request, ServerCallContext context) =>
        Change(context, (world, record) =>
        {
            var database = Databases.Of(request.DbName, context);
            if (world.Catalog.Find(database, request.CollectionName) is not { } collection)
                return Rules.IsLite ? throw world.Catalog.Refusals.CollectionNotFound(database, request.CollectionName) : Success();
            record.Note(entry => entry with { CollectionId = Simulation.Ids([collection.Id])[0] });
            world.Catalog.DropCollection(collection);
            return Success();
        });

    public override Task<Status> CreateAlias(CreateAliasRequest request, ServerCallContext context) =>
        Change(context, world => world.Catalog.CreateAlias(Databases.Of(request.DbName, context), request.Alias, request.CollectionName));

    public override Task<Status> AlterAlias(AlterAliasRequest request, ServerCallContext context) =>
        Change(context, world => world.Catalog.AlterAlias(Databases.Of(request.DbName, context), request.Alias, request.CollectionName));

    public override Task<Status> DropAlias(DropAliasRequest request, ServerCallContext context) =>
        Change(context, world => world.Catalog.DropAlias(Databases.Of(request.DbName, context), request.Alias));

    public override Task<DescribeAliasResponse> DescribeAlias(DescribeAliasRequest request, ServerCallContext context) => Read(world =>
    {
        var collection = world.Catalog.RequireAlias(Databases.Of(request.DbName, context), request.Alias);
        return new DescribeAliasResponse { Status = Success(), Alias = request.Alias, Collection = collection.Name };
    });

    public override Task<ListAliasesResponse> ListAliases(ListAliasesRequest request, ServerCallContext context) => Read(world =>
    {
        var database = Databases.Of(request.DbName, context);
        var reply = new ListAliasesResponse { Status = Success(), CollectionName = Rules.IsLite ? request.CollectionName : "", DbName = Rules.IsLite ? "" : request.DbName };
        reply.Aliases.AddRange(request.CollectionName.Length > 0
            ? world.Catalog.AliasesOf(database, request.CollectionName)
            : world.State.Collections.Where(collection => collection.Database == database).SelectMany(collection => collection.Aliases));
        return reply;
    });
}
