using Grpc.Core;
using Grpc.Net.Client;
using Milvus.Optimize.Wire;
using WireStatus = Milvus.Optimize.Wire.Status;

namespace Milvus.Optimize.Actors.Tests.TrapTable;

/// <summary>
/// What pymilvus's optimize() does and does not look at, step by step, over the plain wire. Its pause of half a second is shorter here, because the
/// simulator's time is faster. Its cancel and its total timeout are looked at where it looks at them: between steps and at each poll of the compaction.
/// </summary>
/// <param name="address">Of the server.</param>
/// <param name="database">Where the collection is.</param>
/// <param name="isAsync">The client for asyncio, whose merge and timestamp carry no database.</param>
internal sealed class PythonsOptimize(Uri address, string database = "default", bool isAsync = false)
{
    private const int MostTries = 75;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    // Codes at which its decorator gives up; at every other one the call is made again, a trigger too.
    private static readonly StatusCode[] NotAgain =
        [StatusCode.DeadlineExceeded, StatusCode.PermissionDenied, StatusCode.Unauthenticated, StatusCode.InvalidArgument, StatusCode.AlreadyExists, StatusCode.ResourceExhausted, StatusCode.Unimplemented];

    private readonly List<string> _progress = [];
    private readonly Metadata _headers = new() { { "dbname", database } };
    private volatile bool _isCancelled;

    /// <summary>The history that its task shows: words alone.</summary>
    public IReadOnlyList<string> Progress => _progress;

    private Metadata? HeadersOfMerge => isAsync ? null : _headers;

    /// <summary>Its task's cancel(): a flag.</summary>
    public void Cancel() => _isCancelled = true;

    /// <returns>What its caller is told.</returns>
    public async Task<string> RunAsync(string collection, TimeSpan patience)
    {
        using var over = new CancellationTokenSource(patience);
        return await RunAsync(collection, over.Token);
    }

    /// <summary>With a timeout its caller is answered by then, whatever becomes of the work: asyncio takes it for a cancel, and a thread is left alone.</summary>
    public async Task<string> RunAsync(string collection, TimeSpan timeout, TimeSpan patience)
    {
        using var over = new CancellationTokenSource(patience);
        using var outer = CancellationTokenSource.CreateLinkedTokenSource(over.Token);
        var work = RunAsync(collection, outer.Token);
        if (await Task.WhenAny(work, Task.Delay(timeout, TimeProvider.System, over.Token)) == work) return await work;
        if (!isAsync)
        {
            Cancel();
            return $"None, and its thread {(await work == "does not return" ? "never ends" : "goes on for a while")}";
        }

        await outer.CancelAsync();
        await work;
        return "cancelled, which nobody did";
    }

    private async Task<string> RunAsync(string collection, CancellationToken ct)
    {
        using var channel = GrpcChannel.ForAddress(address);
        var milvus = new MilvusService.MilvusServiceClient(channel);
        try
        {
            await OptimizeAsync(milvus, collection, ct);
            return "success";
        }
        catch (CancelledException)
        {
            return "cancelled";
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

    private void Step(string stage)
    {
        if (_isCancelled) throw new CancelledException();
        _progress.Add(stage);
    }

    private async Task OptimizeAsync(MilvusService.MilvusServiceClient milvus, string collection, CancellationToken ct)
    {
        Step("initializing");
        var described = await Again(() => milvus.DescribeCollectionAsync(new() { CollectionName = collection }, _headers, cancellationToken: ct), a => a.Status, ct);
        var vectors = described.Schema.Fields.Where(f => f.DataType >= DataType.BinaryVector).Select(f => f.Name).ToHashSet();
        var indexes = (await IndexesAsync(milvus, collection, 0, ct)).Where(i => vectors.Contains(i.FieldName)).Select(i => i.IndexName).ToList();
        Step("waiting for indexes");
        await WaitForIndexesAsync(milvus, collection, indexes, ct);

        // The name alone: an old server, which does not know it, then takes every collection.
        Step("compacting");
        var trigger = new ManualCompactionRequest { CollectionName = collection, TargetSize = long.MaxValue };
        var merge = await Again(() => milvus.ManualCompactionAsync(trigger, HeadersOfMerge, cancellationToken: ct), a => a.Status, ct);
        Step("waiting for compaction");
        while ((await Again(() => milvus.GetCompactionStateAsync(new() { CompactionID = merge.CompactionID }, _headers, cancellationToken: ct), a => a.Status, ct)).State != CompactionState.Completed)
        {
            if (_isCancelled) throw new CancelledException();
            await WaitAsync(ct);
        }

        Step("waiting for index rebuild");
        await WaitForIndexesAsync(milvus, collection, indexes, ct);
        if ((await Again(() => milvus.GetLoadStateAsync(new() { CollectionName = collection }, _headers, cancellationToken: ct), a => a.Status, ct)).State != LoadState.Loaded) return;
        Step("refreshing load");
        await Again(() => milvus.LoadCollectionAsync(new() { CollectionName = collection, Refresh = true }, _headers, cancellationToken: ct), a => a, ct);
        while ((await Again(() => milvus.GetLoadingProgressAsync(new() { CollectionName = collection }, _headers, cancellationToken: ct), a => a.Status, ct)).RefreshProgress < 100) await WaitAsync(ct);
    }

    /// <summary>One after the other, until each is finished or failed: which of the two is not looked at.</summary>
    private async Task WaitForIndexesAsync(MilvusService.MilvusServiceClient milvus, string collection, List<string> indexes, CancellationToken ct)
    {
        foreach (var index in indexes)
        {
            var timestamp = await TimestampAsync(milvus, ct);
            while ((await IndexesAsync(milvus, collection, timestamp, ct)).First(i => i.IndexName == index).State is not (IndexState.Finished or IndexState.Failed)) await WaitAsync(ct);
        }
    }

    private async Task<ulong> TimestampAsync(MilvusService.MilvusServiceClient milvus, CancellationToken ct)
    {
        try
        {
            return (await Again(() => milvus.AllocTimestampAsync(new(), HeadersOfMerge, cancellationToken: ct), a => a.Status, ct)).Timestamp;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unimplemented)
        {
            return 0;
        }
    }

    private async Task<IEnumerable<IndexDescription>> IndexesAsync(MilvusService.MilvusServiceClient milvus, string collection, ulong timestamp, CancellationToken ct)
    {
        try
        {
            return (await Again(() => milvus.DescribeIndexAsync(new() { CollectionName = collection, Timestamp = timestamp }, _headers, cancellationToken: ct), a => a.Status, ct)).IndexDescriptions;
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

    private sealed class CancelledException : Exception;

    private sealed class RefusedException(int code) : Exception
    {
        public int Code => code;
    }
}
