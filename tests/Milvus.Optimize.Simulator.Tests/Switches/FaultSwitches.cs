namespace Milvus.Optimize.Simulator.Tests.Switches;

/// <summary>Every kind of fault, armed as a command line arms it, and what becomes of a compaction of 'books': without any, six segments become one.</summary>
internal static class FaultSwitches
{
    private const string Smooth = "0 1";

    public static IReadOnlyList<Switch> All { get; } =
    [
        Of("errorBeforeEffect,rpc=ManualCompaction", Smooth, "Unavailable 6", c => c.CompactionAndItsEffect()),
        Of("errorAfterEffect,rpc=ManualCompaction,status=Aborted", Smooth, "Aborted 1", c => c.CompactionAndItsEffect()),
        Of("milvusCode,rpc=ManualCompaction,code=1234,reason=no", Smooth, "1234 6", c => c.CompactionAndItsEffect()),
        Of("rateLimited,rpc=ManualCompaction", Smooth, "8 6", c => c.CompactionAndItsEffect()),
        Of("auth,rpc=ManualCompaction", Smooth, "Unauthenticated 6", c => c.CompactionAndItsEffect()),
        Of("hang,rpc=ManualCompaction", Smooth, "DeadlineExceeded 6", c => c.CompactionAndItsEffect(within: 3)),
        Of("hang,rpc=ManualCompaction,afterEffect=true", Smooth, "DeadlineExceeded 1", c => c.CompactionAndItsEffect(within: 3)),
        Of("connectionAbort,rpc=ManualCompaction", Smooth, "Unavailable 6", c => c.CompactionAndItsEffect()),
        Of("connectionAbort,rpc=ManualCompaction,afterEffect=true", Smooth, "Unavailable 1", c => c.CompactionAndItsEffect()),
        Of("delay,rpc=ManualCompaction,by=00:10:00", "at once 0", "later 0", async c =>
        {
            var call = c.Milvus.ManualCompactionAsync(new() { CollectionName = "books", TargetSize = long.MaxValue });
            for (var i = 0; i < 200 && !call.ResponseAsync.IsCompleted; i++) await c.Milvus.GetVersionAsync(new());
            var when = call.ResponseAsync.IsCompleted ? "at once" : "later";
            c.Pass(600);
            return $"{when} {await PlainClient.Said(call)}";
        }),
        Of("goAway,rpc=ManualCompaction", "0 1, 1 connections", "0 1, 2 connections", async c => $"{await c.CompactionAndItsEffect()}, {c.Connections} connections"),
        Of("silentConnection", "0", "DeadlineExceeded", c => PlainClient.Said(c.Milvus.GetVersionAsync(new(), RunningSimulator.Within(3)))),
        Of("planFailed", "Completed True, 1", "Completed False, 6", async c =>
        {
            var id = await c.CompactFor(30);
            return $"{await c.State(id)} {(await c.Plans(id)).Single().Target > 0}, {(await c.Segments()).Count}";
        }),
        Of("planForgotten", "1 plans, 1", "0 plans, 6", PlansAndSegments),
        Of("metadataLost", "1 plans, 1", "0 plans, 1", PlansAndSegments),
        Of("planRetried", "Completed", "Executing", async c => $"{await c.State(await c.CompactFor(5))}"),
        Of("enqueueFailed", "True 1", "False 0", async c =>
        {
            var trigger = await c.Compact();
            return $"{trigger.CompactionID > 0} {trigger.CompactionPlanCount}";
        }),
        Of("indexBuildFailed,reason=no", "Finished ", "Failed no", Index),
        Of("indexBuildStuck", "Finished ", "InProgress ", Index),
    ];

    private static Switch Of(string fault, string without, string with, Func<PlainClient, Task<string>> see) =>
        new($"fault.{fault.Split(',')[0]}", without, with, see) { Turn = options => options with { Faults = [FaultText.Parse(fault)] } };

    private static async Task<string> PlansAndSegments(PlainClient client)
    {
        var id = await client.CompactFor(30);
        return $"{(await client.Plans(id)).Count} plans, {(await client.Segments()).Count}";
    }

    private static async Task<string> Index(PlainClient client)
    {
        await client.CompactFor(3000);
        var index = await client.Index();
        return $"{index.State} {index.IndexStateFailReason.Split(": ")[^1].TrimEnd(';')}";
    }
}
