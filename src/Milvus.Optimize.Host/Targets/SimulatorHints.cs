using System.Collections.Immutable;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Host.Targets;

/// <summary>Who forgot <c>--milvus</c> looks for a real collection in the simulator; the answer must say so.</summary>
internal sealed class SimulatorHints(IOptimizeRuns inner) : IOptimizeRuns
{
    public async Task<StartedRun> StartAsync(StartRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await inner.StartAsync(request, cancellationToken);
        }
        catch (OptimizeProblemException e) when (e.Problem.Code == OptimizeProblem.NotFound && request.Collection.Cluster == ClusterName.Simulator)
        {
            var has = string.Join(", ", BuiltInSimulator.Collections);
            throw new OptimizeProblemException(e.Problem with
            {
                Detail = $"the built-in simulator has no '{request.Collection}'; it has {has}. For a real Milvus give --milvus or set MILVUS_URI",
            });
        }
    }

    public Task<RunDocument> GetAsync(RunId run, long sinceRevision, TimeSpan wait, CancellationToken cancellationToken) =>
        inner.GetAsync(run, sinceRevision, wait, cancellationToken);

    public Task<ImmutableArray<RunDocument>> ListAsync(RunQuery query, CancellationToken cancellationToken) => inner.ListAsync(query, cancellationToken);

    public Task<RunDocument> CancelAsync(RunId run, string reason, CancellationToken cancellationToken) => inner.CancelAsync(run, reason, cancellationToken);

    public Task<RunDocument> AbandonAsync(RunId run, string reason, bool freeLane, CancellationToken cancellationToken) =>
        inner.AbandonAsync(run, reason, freeLane, cancellationToken);

    public Task<RunDocument> RetryAsync(RunId run, string reason, CancellationToken cancellationToken) => inner.RetryAsync(run, reason, cancellationToken);
}
