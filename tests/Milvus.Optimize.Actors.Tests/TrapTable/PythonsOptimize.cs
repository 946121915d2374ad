using Grpc.Core;
using Grpc.Net.Client;
using Milvus.Optimize.Wire;
using WireStatus = Milvus.Optimize.Wire.Status;

namespace Milvus.Optimize.Actors.Tests.TrapTable;

/// <summary>
/// What pymilvus's optimize() does and does not look at, step by step, over the plain wire. Its pause of half a second is shorter here, because the
/// simulator's time is faster.
/// </summary>
internal sealed class PythonsOptimize(Uri address)
{
    private const int MostTries = 75;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    // Codes at which its decorator gives up; at every other one the call is made again, a trigger too.
    private static readonly StatusCode[] NotAgain =
        [StatusCode.DeadlineExceeded, StatusCode.PermissionDenied, StatusCode.Unauthenticated, StatusCode.InvalidArgument, StatusCode.AlreadyExists, StatusCode.ResourceExhausted, StatusCode.Unimplemented];

    /// <returns>What its caller is told.</returns>
    public async Task<string> RunAsync(string collection, TimeSpan patience)
    {
        using var channel = GrpcChannel.ForAddress(address);
        var milvus = new MilvusService.MilvusServiceClient(channel);
        using var over = new CancellationTokenSource(patience);
        try
        {
            await OptimizeAsync(milvus, collection, over.Token);
            return "success";
        }
        catch (RefusedException e)
        {
            return $"exception, code {e.Code}";
        }
        catch (RpcException e) when (e.StatusCode != StatusCode.Cancelled)
        {
            return $"exception, {e.StatusCode}";
        }
        catch (Exception e) when (e is OperationCanceledException or RpcException)
        {
            return "does not return";
        }
    }

    private static async Task OptimizeAsync(MilvusService.MilvusServiceClient milvus, string collection, CancellationToken ct)
    {
        var described = await Again(() => milvus.DescribeCollectionAsync(new() { CollectionName = collection }, cancellationToken: ct), a => a.Status, ct);
        var vectors = described.Schema.Fields.Where(f => f.DataType >= DataType.BinaryVector).Select(f => f.Name).ToHashSet();
        var indexes = (await IndexesAsync(milvus, collection, 0, ct)).Where(i => vectors.Contains(i.FieldName)).Select(i => i.IndexName).ToList();
        await WaitForIndexesAsync(milvus, collection, indexes, ct);

        // The name alone: an old server, which does not know it, then takes every collection.
        var trigger = new ManualCompactionRequest { CollectionName = collection, TargetSize = long.MaxValue };
        var merge = await Again(() => milvus.ManualCompactionAsync(trigger, cancellationToken: ct), a => a.Status, ct);
        while ((await Again(() => milvus.GetCompactionStateAsync(new() { CompactionID = merge.CompactionID }, cancellationToken: ct), a => a.Status, ct)).State != CompactionState.Completed)
            await WaitAsync(ct);
        await WaitForIndexesAsync(milvus, collection, indexes, ct);
        if ((await Again(() => milvus.GetLoadStateAsync(new() { CollectionName = collection }, cancellationToken: ct), a => a.Status, ct)).State != LoadState.Loaded) return;
        await Again(() => milvus.LoadCollectionAsync(new() { CollectionName = collection, Refresh = true }, cancellationToken: ct), a => a, ct);
        while ((await Again(() => milvus.GetLoadingProgressAsync(new() { CollectionName = collection }, cancellationToken: ct), a => a.Status, ct)).RefreshProgress < 100) await WaitAsync(ct);
    }

    /// <summary>One after the other, until each is finished or failed: which of the two is not looked at.</summary>
    private static async Task WaitForIndexesAsync(MilvusService.MilvusServiceClient milvus, string collection, List<string> indexes, CancellationToken ct)
    {
        foreach (var index in indexes)
        {
            var timestamp = await TimestampAsync(milvus, ct);
            while ((await IndexesAsync(milvus, collection, timestamp, ct)).First(i => i.IndexName == index).State is not (IndexState.Finished or IndexState.Failed)) await WaitAsync(ct);
        }
    }

    private static async Task<ulong> TimestampAsync(MilvusService.MilvusServiceClient milvus, CancellationToken ct)
    {
        try
        {
            return (await Again(() => milvus.AllocTimestampAsync(new(), cancellationToken: ct), a => a.Status, ct)).Timestamp;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unimplemented)
        {
            return 0;
        }
    }

    private static async Task<IEnumerable<IndexDescription>> IndexesAsync(MilvusService.MilvusServiceClient milvus, string collection, ulong timestamp, CancellationToken ct)
    {
        try
        {
            return (await Again(() => milvus.DescribeIndexAsync(new() { CollectionName = collection, Timestamp = timestamp }, cancellationToken: ct), a => a.Status, ct)).IndexDescriptions;
        }
        catch (RefusedException e) when (e.Code == 700)
        {
            return [];
        }
    }

    private static async Task<T> Again<T>(Func<AsyncUnaryCall<T>> call, Func<T, WireStatus> statusOf, CancellationToken ct)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                var answer = await call();
                if (statusOf(answer).Code == 0) return answer;
                if (statusOf(answer).Code != 8 || tries == MostTries) throw new RefusedException(statusOf(answer).Code);
            }
            catch (RpcException e) when (!ct.IsCancellationRequested && tries < MostTries && !NotAgain.Contains(e.StatusCode))
            {
            }

            await WaitAsync(ct);
        }
    }

    private static async Task WaitAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Pause);
        await timer.WaitForNextTickAsync(ct);
    }

    private sealed class RefusedException(int code) : Exception
    {
        public int Code => code;
    }
}
