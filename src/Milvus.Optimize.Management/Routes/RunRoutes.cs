using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Management.Routes;

/// <summary>Runs to read.</summary>
internal static class RunRoutes
{
    public static async Task GetAsync(RouteCall call)
    {
        var (since, wait) = (RequestQueries.SinceRevision(call.Request), RequestQueries.Wait(call.Request));
        var run = await call.RequireRunAsync();
        using var place = wait > TimeSpan.Zero ? call.Waiting() : null;
        var document = await call.Runs.GetAsync(run, since, wait ?? TimeSpan.Zero, call.Aborted);
        Answers.ApplyPreference(call.Context, wait);
        await Answers.RunAsync(call.Context, document);
    }

    public static async Task ListAsync(RouteCall call)
    {
        var query = RequestQueries.Runs(call.Request) with { Within = call.Caller.Scope == CollectionScope.All ? null : call.Caller.Scope };
        var runs = await call.Runs.ListAsync(query, call.Aborted);
        // A page that is just full may be the last: then the next one is empty.
        await Answers.WriteAsync(call.Context, 200, new RunPage(runs, runs.Length < query.Limit ? null : PageTokens.Of(runs[^1])));
    }
}
