using System.Collections.Immutable;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Contracts.Runs;

/// <summary>
/// The operations on runs: the one protocol below <see cref="IMilvusOptimizer"/>, the HTTP routes and the command line, whether the collection's actor is
/// in this process, on another node, or behind HTTP. Every member throws <see cref="OptimizeProblemException"/> where the request was not carried out.
/// </summary>
public interface IOptimizeRuns
{
    /// <summary>Starts a run or joins the live one with the same parameters. Returns after it is durable. Safe to repeat with the same key.</summary>
    Task<StartedRun> StartAsync(StartRequest request, CancellationToken cancellationToken);

    /// <summary>The run now, or as soon as its revision is above <paramref name="sinceRevision"/>, or when <paramref name="wait"/> (at most 20 s) is over.</summary>
    Task<RunDocument> GetAsync(RunId run, long sinceRevision, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>Runs, newest first, from the run table: no collection is woken.</summary>
    Task<ImmutableArray<RunDocument>> ListAsync(RunQuery query, CancellationToken cancellationToken);

    /// <summary>Stops before the next step; what runs on the server is followed to its end.</summary>
    Task<RunDocument> CancelAsync(RunId run, string reason, CancellationToken cancellationToken);

    /// <summary>Stops watching at once. With <paramref name="freeLane"/> a person vouches that its compaction does nothing any more.</summary>
    Task<RunDocument> AbandonAsync(RunId run, string reason, bool freeLane, CancellationToken cancellationToken);

    /// <summary>Lets a run that needs an operator go on.</summary>
    Task<RunDocument> RetryAsync(RunId run, string reason, CancellationToken cancellationToken);
}

/// <summary>A request to optimize.</summary>
/// <param name="Key">The caller's own, made before the first try; 1 to 200 characters.</param>
/// <param name="Deadline">From acceptance; the run ends <c>TimedOut</c> after it.</param>
public sealed record StartRequest(CollectionRef Collection, OptimizeParameters Parameters, string Key, TimeSpan Deadline)
{
    /// <summary>Refuse to join a live run, of the same parameters too; a repeated key still gets its own run. Default false.</summary>
    public bool FailIfLive { get; init; }

    /// <summary>The span that asks, as W3C writes it, so that the run's spans stand below it. Null: the caller's own, where there is one.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>The run that a request got.</summary>
/// <param name="Joined">It was there before.</param>
public sealed record StartedRun(RunDocument Run, bool Joined);

/// <summary>Which runs to list. Null members do not filter.</summary>
/// <param name="Collection">A collection's name, not an alias, or a pattern with <c>*</c> and <c>?</c>.</param>
/// <param name="Limit">At most 500. Default 50.</param>
public sealed record RunQuery(string? Cluster = null, string? Database = null, string? Collection = null, bool? Done = null, int Limit = 50)
{
    /// <summary>Only runs on these collections, whatever else is asked for: what the caller may see.</summary>
    public CollectionScope? Within { get; init; }

    /// <summary>Such as <c>Failed</c> or <c>WaitingForCompaction</c>.</summary>
    public string? State { get; init; }

    /// <summary>Started at this instant or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Started before this instant.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Older than this place in the list: the next page.</summary>
    public RunPlace? Before { get; init; }
}

/// <summary>Where a run stands in the list of all, newest first.</summary>
public sealed record RunPlace(DateTimeOffset StartedAt, string RunId);
