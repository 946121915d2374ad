using Grpc.Core;
using Milvus.Optimize.Simulator.Model;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Service;

internal sealed partial class MilvusEndpoint
{
    /// <summary>Rows are only counted; what is in them is not kept.</summary>
    public override Task<MutationResult> Insert(InsertRequest request, ServerCallContext context) =>
        Write(context, request.DbName, request.CollectionName, (world, collection) =>
        {
            RequireRows(request.NumRows);
            world.Writes.Insert(collection, request.PartitionName, request.NumRows);
            var reply = Written(world, collection, request.FieldsData, request.NumRows);
            reply.InsertCnt = request.NumRows;
            return reply;
        });

    public override Task<MutationResult> Upsert(UpsertRequest request, ServerCallContext context) =>
        Write(context, request.DbName, request.CollectionName, (world, collection) =>
        {
            RequireRows(request.NumRows);
            if (Rules.UpsertWantsOwnKeys && collection.PrimaryKey is { AutoID: true } key)
                throw Refusals.Invalid($"upsert can not assign primary field data when auto id enabled {key.Name}");
            world.Writes.Upsert(collection, request.PartitionName, request.NumRows);
            var reply = Written(world, collection, request.FieldsData, request.NumRows);
            reply.UpsertCnt = request.NumRows;
            if (!Rules.IsLite) reply.InsertCnt = reply.DeleteCnt = request.NumRows;
            return reply;
        });

    /// <summary>Every named key counts as a row that is there: the server too answers with their number, known keys or not.</summary>
    public override Task<MutationResult> Delete(DeleteRequest request, ServerCallContext context) => Change(context, (world, record) =>
    {
        var collection = Described("collection", () => world.Catalog.Require(Databases.Of(request.DbName, context), request.CollectionName));
        record.Note(entry => entry with { CollectionId = Simulation.Ids([collection.Id])[0] });
        if (request.PartitionName.Length > 0)
        {
            if (collection.HasPartitionKey && !Rules.IsLite) throw Refusals.Unexpected("not support manually specifying the partition names if partition key mode is used");
            Described("partition", () => world.Partitions.Require(collection, request.PartitionName));
        }

        if (PrimaryKeys.Named(collection, request.Expr) is not { } rows) throw WithoutKeys(collection, request.Expr);
        world.Writes.Delete(collection, request.PartitionName, rows);
        return new MutationResult { Status = Success(), IDs = new IDs(), DeleteCnt = rows };
    });

    /// <summary>The server finds the rows by a query first, which needs a loaded collection.</summary>
    private Exception WithoutKeys(Collection collection, string expression)
    {
        if (!Rules.IsLite && collection.Load == LoadStage.NotLoaded) return Refusals.NotLoaded(collection.Id);
        return expression.Length == 0 && !Rules.IsLite
            ? new MilvusRefusal(1100, "invalid expression: invalid parameter[expected=valid expr][actual=empty expr]")
            : NotKept("the contents of rows: name the primary keys to delete");
    }

    private T Described<T>(string what, Func<T> find)
    {
        try
        {
            return find();
        }
        catch (MilvusRefusal refusal) when (!Rules.IsLite)
        {
            throw new MilvusRefusal(refusal.Code, $"Failed to get {what} id: {refusal.Message}");
        }
    }

    private Task<MutationResult> Write(ServerCallContext context, string database, string name, Func<World, Collection, MutationResult> write) =>
        Change(context, (world, record) =>
        {
            var collection = world.Catalog.Require(Databases.Of(database, context), name);
            record.Note(entry => entry with { CollectionId = Simulation.Ids([collection.Id])[0] });
            return write(world, collection);
        });

    private void RequireRows(uint rows)
    {
        if (rows == 0 && !Rules.IsLite) throw new MilvusRefusal(1100, "num_rows should be greater than 0: invalid parameter[expected=invalid num_rows][actual=0]");
    }

    private static MutationResult Written(World world, Collection collection, IEnumerable<FieldData> fields, uint rows)
    {
        var reply = new MutationResult { Status = Success(), Timestamp = world.NewTimestamp() };
        reply.IDs = PrimaryKeys.Written(collection, fields, (int)rows, world.NewId);
        reply.SuccIndex.AddRange(Enumerable.Range(0, (int)rows).Select(row => (uint)row));
        return reply;
    }
}
