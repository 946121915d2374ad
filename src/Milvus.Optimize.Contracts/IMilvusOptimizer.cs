using System.Collections.Immutable;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Contracts;

/// <summary>Optimizes Milvus collections. A run that was started goes on whatever becomes of the caller.</summary>
public interface IMilvusOptimizer
{
    /// <summary>Starts a run, or joins the live one with the same parameters, and waits for its end.</summary>
    /// <exception cref="ParamException">A name, size or time is malformed; nothing was asked.</exception>
    /// <exception cref="MilvusException">The run failed, was cancelled or timed out.</exception>
    /// <exception cref="OptimizeProblemException">The request was refused, or nobody could take it.</exception>
    /// <exception cref="TimeoutException"><see cref="OptimizeRequest.Wait"/> is over; the run goes on.</exception>
    Task<OptimizeResult> OptimizeAsync(CollectionRef collection, OptimizeRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Starts a run, or joins the live one with the same parameters, and returns as soon as it is durable. What may pass by itself (a node that stops, a
    /// journal that is away) is asked again with the same key, for 30 s.
    /// </summary>
    /// <exception cref="ParamException">A name, size or time is malformed; nothing was asked.</exception>
    /// <exception cref="OptimizeProblemException">The request was refused, or nobody could take it.</exception>
    Task<OptimizeTask> StartAsync(CollectionRef collection, OptimizeRequest request, CancellationToken cancellationToken = default);

    /// <summary>The task of a run that anybody started, in this process or another: a run id can be stored and asked about later.</summary>
    OptimizeTask GetTask(RunId run);
}

/// <summary>What to do.</summary>
public sealed record OptimizeRequest
{
    /// <summary>A year: whatever runs longer is stuck.</summary>
    public static TimeSpan LongestDeadline { get; } = TimeSpan.FromDays(365);

    /// <summary>Default <see cref="TargetSize.Automatic"/>: as large as the server's memory allows.</summary>
    public TargetSize TargetSize { get; init; } = TargetSize.Automatic;

    /// <summary>Flush growing rows first. Default false.</summary>
    public bool Flush { get; init; }

    /// <summary>Merge even if nothing would be gained. Default false.</summary>
    public bool Force { get; init; }

    /// <summary>How long <see cref="IMilvusOptimizer.OptimizeAsync"/> waits. Default: until the end.</summary>
    public TimeSpan? Wait { get; init; }

    /// <summary>How long the run itself may take, at most <see cref="LongestDeadline"/>. Default 24 h.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The same key gets the same run, up to 7 days after its end. Default: a new one for each call.</summary>
    public string? Key { get; init; }
}

/// <summary>What a run led to: pymilvus's five members, and more.</summary>
/// <param name="Status"><c>success</c>, <c>succeeded_no_work</c> or <c>partially_succeeded</c>.</param>
/// <param name="CompactionId">The last round's; null where none was acknowledged.</param>
/// <param name="TargetSize"><c>auto</c> or a size such as <c>2048MB</c>.</param>
/// <param name="Progress">The stages in order.</param>
/// <param name="Run">The whole run: segments before and after, warnings, timeline.</param>
public sealed record OptimizeResult(string Status, string CollectionName, long? CompactionId, string TargetSize, ImmutableArray<string> Progress, RunDocument Run);
