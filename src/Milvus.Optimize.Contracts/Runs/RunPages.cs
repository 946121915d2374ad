using System.Collections.Immutable;

namespace Milvus.Optimize.Contracts.Runs;

/// <summary>Lists of more runs than one call gives.</summary>
public static class RunPages
{
    /// <summary>The most that <see cref="IOptimizeRuns.ListAsync"/> gives at once.</summary>
    public const int MaxPage = 500;

    /// <summary>Newest first, as many as the query's limit says, by as many calls as that takes. What is started meanwhile is not among them.</summary>
    public static async Task<ImmutableArray<RunDocument>> ListAllAsync(this IOptimizeRuns runs, RunQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(query);
        var all = ImmutableArray.CreateBuilder<RunDocument>();
        while (all.Count < query.Limit)
        {
            var size = Math.Min(MaxPage, query.Limit - all.Count);
            var page = await runs.ListAsync(query with { Limit = size, Before = all.Count == 0 ? query.Before : new(all[^1].StartedAt, all[^1].Id) }, cancellationToken);
            all.AddRange(page);
            if (page.Length < size) break;
        }

        return all.ToImmutable();
    }
}
