using System.Globalization;
using System.Runtime.CompilerServices;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Contracts;

/// <summary>A reference to a run: a value that any process can rebuild from the run id.</summary>
public sealed class OptimizeTask(IOptimizeRuns runs, RunId runId, TimeProvider time)
{
    private static readonly TimeSpan PollWait = TimeSpan.FromSeconds(20);

    // The run goes on whoever watches: a watcher outlasts the restart of a node and of a database.
    private static readonly TimeSpan WatchPatience = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan IdlePause = TimeSpan.FromMilliseconds(500);

    // No timer runs longer; a wait beyond it is one without end.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(49);

    public RunId RunId { get; } = runId;

    /// <summary>Whether the run has ended.</summary>
    public async Task<bool> IsDoneAsync(CancellationToken cancellationToken = default) => (await GetProgressAsync(cancellationToken)).Done;

    /// <summary>The run as it is now.</summary>
    public Task<RunDocument> GetProgressAsync(CancellationToken cancellationToken = default) => runs.GetAsync(RunId, -1, TimeSpan.Zero, cancellationToken);

    /// <summary>The run now and after every change, until it has ended or only a person can go on.</summary>
    public async IAsyncEnumerable<RunDocument> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var revision = -1L;
        while (true)
        {
            var (seen, asked) = (revision, time.GetTimestamp());
            var run = await Patience.AskAsync(() => runs.GetAsync(RunId, seen, PollWait, cancellationToken), WatchPatience, time, cancellationToken);
            if (run.Revision > revision) yield return run;
            if (run.Done || run.Phase == "Paused") yield break;

            // Nothing new, and nobody waited for it: a row that nobody carries answers at once, again and again.
            if (run.Revision <= revision && time.GetElapsedTime(asked) < IdlePause) await Task.Delay(IdlePause, time, cancellationToken);
            revision = Math.Max(revision, run.Revision);
        }
    }

    /// <summary>Waits for the end.</summary>
    /// <param name="wait">Null waits without end.</param>
    /// <param name="cancellationToken">Stops waiting; the run goes on.</param>
    /// <exception cref="MilvusException">The run failed, was cancelled or timed out, or needs an operator.</exception>
    /// <exception cref="TimeoutException">The wait is over; the run goes on.</exception>
    public async Task<OptimizeResult> GetResultAsync(TimeSpan? wait = null, CancellationToken cancellationToken = default)
    {
        using var over = new CancellationTokenSource(wait < LongestTimer ? wait.Value : Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        RunDocument? last = null;
        try
        {
            await foreach (var run in WatchAsync(either.Token)) last = run;
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"waited {wait} for run {RunId}, which goes on: it is {last?.State ?? "starting"}");
        }

        return Result(last!);
    }

    /// <summary>Stops the run before its next step. What Milvus is doing goes on, and the run is <c>Cancelled</c> when that has ended.</summary>
    /// <param name="reason">For the record.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    public Task<RunDocument> CancelAsync(string reason, CancellationToken cancellationToken = default) => runs.CancelAsync(RunId, reason, cancellationToken);

    private static OptimizeResult Result(RunDocument run)
    {
        if (run.Result is { } r)
        {
            var id = r.CompactionId is null ? (long?)null : long.Parse(r.CompactionId, CultureInfo.InvariantCulture);
            return new(r.Status, r.CollectionName, id, r.TargetSize, r.Progress, run);
        }

        throw new MilvusException(new(MilvusFailureKind.Permanent, run.Error?.MilvusCode ?? 0, "OK", $"{run.State}: {run.Error?.Detail ?? run.StateMessage}"));
    }
}
