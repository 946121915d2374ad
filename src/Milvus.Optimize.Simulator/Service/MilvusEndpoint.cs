using Grpc.Core;
using Milvus.Optimize.Simulator.Log;
using Milvus.Optimize.Simulator.Model;
using Milvus.Optimize.Wire;
using Status = Milvus.Optimize.Wire.Status;
using KeyValuePair = Milvus.Optimize.Wire.KeyValuePair;

namespace Milvus.Optimize.Simulator.Service;

/// <summary>MilvusService as the simulator speaks it. What is not overridden in one of its parts answers UNIMPLEMENTED.</summary>
internal sealed partial class MilvusEndpoint(Simulation simulation) : MilvusService.MilvusServiceBase
{
    private static Status Success() => new();

    private GenerationRules Rules => simulation.Rules;

    private Task<T> Read<T>(Func<World, T> read) => Task.FromResult(simulation.Read(read));

    /// <summary>The log line of the call is written under the same lock as its effect, so lines stand in the order of effects.</summary>
    private Task<T> Change<T>(ServerCallContext context, Func<World, CallRecord, T> change)
    {
        var record = CallInterceptor.RecordOf(context) ?? throw new InvalidOperationException($"{context.Method} is not listed as state-changing");
        return Task.FromResult(simulation.Change(world =>
        {
            var reply = change(world, record);
            record.Write();
            return reply;
        }));
    }

    private Task<Status> Change(ServerCallContext context, Action<World> change) => Change(context, (world, _) =>
    {
        change(world);
        return Success();
    });

    private Task<Status> ChangeCollection(ServerCallContext context, string database, string name, Action<World, Collection> change) =>
        Change(context, (world, record) =>
        {
            var collection = world.Catalog.Require(Databases.Of(database, context), name);
            record.Note(entry => entry with { CollectionId = Simulation.Ids([collection.Id])[0] });
            change(world, collection);
            return Success();
        });

    private static IEnumerable<KeyValuePair> Pairs(IEnumerable<KeyValuePair<string, string>> pairs) =>
        pairs.Select(pair => new KeyValuePair { Key = pair.Key, Value = pair.Value });

    private static ulong Milliseconds(ulong timestamp) => timestamp >> 18;
}
