using System.Collections.Immutable;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>Runs as the run table has them, for a node that was started to read: asking a collection's actor would wake its run.</summary>
internal sealed class TableRuns(IRunTable table) : IOptimizeRuns
{
    public async Task<RunDocument> GetAsync(RunId run, long sinceRevision, TimeSpan wait, CancellationToken cancellationToken) =>
        await table.FindAsync(run, cancellationToken)
        ?? throw new OptimizeProblemException(new(OptimizeProblem.NotFound, $"there is no run {run} in this state folder"));

    public Task<ImmutableArray<RunDocument>> ListAsync(RunQuery query, CancellationToken cancellationToken) => table.ListAsync(query, cancellationToken);

    public Task<StartedRun> StartAsync(StartRequest request, CancellationToken cancellationToken) => throw ReadOnly();

    public Task<RunDocument> CancelAsync(RunId run, string reason, CancellationToken cancellationToken) => throw ReadOnly();

    public Task<RunDocument> AbandonAsync(RunId run, string reason, bool freeLane, CancellationToken cancellationToken) => throw ReadOnly();

    public Task<RunDocument> RetryAsync(RunId run, string reason, CancellationToken cancellationToken) => throw ReadOnly();

    private static InvalidOperationException ReadOnly() => new("a node that was started to read changes nothing");
}
