using System.Collections.Immutable;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Contracts.Tests;

/// <summary>Does not know whether the first start was stored.</summary>
internal sealed class RefusingOnce(ScriptedRuns inner) : IOptimizeRuns
{
    public List<string> Keys { get; } = [];

    public Task<StartedRun> StartAsync(StartRequest request, CancellationToken cancellationToken)
    {
        Keys.Add(request.Key);
        return Keys.Count == 1 ? throw new OptimizeProblemException(new(OptimizeProblem.OutcomeUnknown, "not known", Retryable: true)) : inner.StartAsync(request, cancellationToken);
    }

    public Task<RunDocument> GetAsync(RunId run, long sinceRevision, TimeSpan wait, CancellationToken cancellationToken) => inner.GetAsync(run, sinceRevision, wait, cancellationToken);

    public Task<ImmutableArray<RunDocument>> ListAsync(RunQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<RunDocument> CancelAsync(RunId run, string reason, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<RunDocument> AbandonAsync(RunId run, string reason, bool freeLane, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<RunDocument> RetryAsync(RunId run, string reason, CancellationToken cancellationToken) => throw new NotSupportedException();
}
