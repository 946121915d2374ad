using System.Collections.Immutable;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Client;

/// <summary>A server that does not answer as the problem that it is, which a patient caller asks again about.</summary>
internal sealed class NodeRuns(IOptimizeRuns runs) : IOptimizeRuns
{
    /// <inheritdoc/>
    public Task<StartedRun> StartAsync(StartRequest request, CancellationToken cancellationToken) =>
        AskAsync(OptimizeProblem.OutcomeUnknown, () => runs.StartAsync(request, cancellationToken));

    /// <inheritdoc/>
    public Task<RunDocument> GetAsync(RunId run, long sinceRevision, TimeSpan wait, CancellationToken cancellationToken) =>
        AskAsync(OptimizeProblem.Unavailable, () => runs.GetAsync(run, sinceRevision, wait, cancellationToken));

    /// <inheritdoc/>
    public Task<ImmutableArray<RunDocument>> ListAsync(RunQuery query, CancellationToken cancellationToken) =>
        AskAsync(OptimizeProblem.Unavailable, () => runs.ListAsync(query, cancellationToken));

    /// <inheritdoc/>
    public Task<RunDocument> CancelAsync(RunId run, string reason, CancellationToken cancellationToken) =>
        AskAsync(OptimizeProblem.OutcomeUnknown, () => runs.CancelAsync(run, reason, cancellationToken));

    /// <inheritdoc/>
    public Task<RunDocument> AbandonAsync(RunId run, string reason, bool freeLane, CancellationToken cancellationToken) =>
        AskAsync(OptimizeProblem.OutcomeUnknown, () => runs.AbandonAsync(run, reason, freeLane, cancellationToken));

    /// <inheritdoc/>
    public Task<RunDocument> RetryAsync(RunId run, string reason, CancellationToken cancellationToken) =>
        AskAsync(OptimizeProblem.OutcomeUnknown, () => runs.RetryAsync(run, reason, cancellationToken));

    private static async Task<T> AskAsync<T>(string code, Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (NodeUnreachableException e)
        {
            throw new OptimizeProblemException(new(code, e.Message, Retryable: true));
        }
    }
}
