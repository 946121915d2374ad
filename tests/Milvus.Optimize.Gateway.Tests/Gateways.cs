using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Gateway.Tests;

/// <summary>Gateways that lose no time: short pauses and short limits.</summary>
internal static class Gateways
{
    public static readonly CollectionName Books = new("db1", "books", 42);

    public static MilvusConnectionOptions Options(Uri address) => new()
    {
        Address = address,
        ReadBackOff = TimeSpan.FromMilliseconds(1),
        ConnectTimeout = TimeSpan.FromSeconds(3),
        CallTimeout = TimeSpan.FromSeconds(3),
    };

    public static MilvusGateway To(Uri address, Func<MilvusConnectionOptions, MilvusConnectionOptions>? change = null) =>
        new(change is null ? Options(address) : change(Options(address)), TimeProvider.System);

    public static MilvusGateway To(ScriptedMilvus server, Func<MilvusConnectionOptions, MilvusConnectionOptions>? change = null) => To(server.Address, change);

    public static TriggerRequest Trigger(double seconds = 3) => new(Books, 512, TimeSpan.FromSeconds(seconds));

    public static async Task<MilvusFailure> FailureOf(Func<Task> call) => (await Assert.ThrowsAsync<MilvusException>(call)).Failure;
}
