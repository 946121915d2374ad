using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Contracts;

/// <summary><see cref="IMilvusOptimizer"/> over whatever carries its requests: actors in this process, or HTTP.</summary>
public sealed class MilvusOptimizer(IOptimizeRuns runs, TimeProvider time) : IMilvusOptimizer
{
    // A caller is not left without an answer for longer: it may then ask again with the key that it gave.
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public async Task<OptimizeResult> OptimizeAsync(CollectionRef collection, OptimizeRequest request, CancellationToken cancellationToken = default)
    {
        var task = await StartAsync(collection, request, cancellationToken);
        return await task.GetResultAsync(request.Wait, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<OptimizeTask> StartAsync(CollectionRef collection, OptimizeRequest request, CancellationToken cancellationToken = default)
    {
        MilvusNames.Database(collection.Database);
        MilvusNames.Collection(collection.Name);
        Check(request);
        var key = request.Key ?? Guid.NewGuid().ToString("N");
        var parameters = new OptimizeParameters(request.TargetSize, request.Flush, request.Force);
        var start = new StartRequest(collection, parameters, key, request.Deadline);
        var started = await Patience.AskAsync(() => runs.StartAsync(start, cancellationToken), StartPatience, time, cancellationToken);
        return GetTask(RunId.Parse(started.Run.Id));
    }

    /// <inheritdoc/>
    public OptimizeTask GetTask(RunId run) => new(runs, run, time);

    /// <summary>All of it before the first call: a run must not start and then leave its caller with a malformed wait.</summary>
    private static void Check(OptimizeRequest request)
    {
        if (request.TargetSize.Megabytes < 1) throw new ParamException($"Invalid target size: {request.TargetSize}. It must be at least 1MB");
        if (request.Deadline <= TimeSpan.Zero || request.Deadline > OptimizeRequest.LongestDeadline)
            throw new ParamException($"Invalid deadline: {request.Deadline}. It must be positive and at most {OptimizeRequest.LongestDeadline.Days} days");
        if (request.Wait < TimeSpan.Zero && request.Wait != Timeout.InfiniteTimeSpan) throw new ParamException($"Invalid wait: {request.Wait}. It must not be negative");
    }
}
