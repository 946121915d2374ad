using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Management.Routes;

/// <summary>Starting runs, and saying what a start would do.</summary>
internal static class StartRoutes
{
    public static Task StartAsync(RouteCall call) => StartAsync(call, null);

    /// <summary>The same on the collection that the path names; the body may be empty.</summary>
    public static Task OptimizeAsync(RouteCall call) => StartAsync(call, RequestQueries.Collection(call));

    private static async Task StartAsync(RouteCall call, CollectionRef? collection)
    {
        var wait = RequestQueries.Wait(call.Request);
        var (request, validateOnly) = await RunStarts.ReadAsync(call, collection);
        if (call.Caller.Scope != CollectionScope.All) await ClusterRoutes.ResolveAsync(call, request.Collection);
        if (validateOnly)
        {
            await Answers.WriteAsync(call.Context, 200, await call.Service<IClusterInspection>().PlanAsync(request, call.Aborted));
            return;
        }

        using var place = wait > TimeSpan.Zero ? call.Waiting() : null;
        var started = await call.Runs.StartAsync(request, call.Aborted);
        var run = wait is { Ticks: > 0 } w && !started.Run.Done ? await EndWithinAsync(call, started.Run, w) : started.Run;
        Answers.ApplyPreference(call.Context, wait);
        await Answers.StartedAsync(call.Context, started, run);
    }

    // Every change answers a poll, so the end may be many polls away; the wait bounds their sum.
    private static async Task<RunDocument> EndWithinAsync(RouteCall call, RunDocument run, TimeSpan wait)
    {
        var time = call.Service<TimeProvider>();
        var (id, since) = (RunId.Parse(run.Id), time.GetTimestamp());
        while (!run.Done && wait - time.GetElapsedTime(since) is { Ticks: > 0 } rest)
            run = await call.Runs.GetAsync(id, run.Revision, rest, call.Aborted);
        return run;
    }
}
