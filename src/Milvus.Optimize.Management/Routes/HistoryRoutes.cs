using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Management.Routes;

/// <summary>What happened to a run: its timeline and its report, from the journal.</summary>
internal static class HistoryRoutes
{
    // More events than any run has had; a report is made of all of them.
    private const int MaxEvents = 10_000;

    public static async Task TimelineAsync(RouteCall call)
    {
        RequestQueries.RefuseUnknown(call.Request, "after", "pageSize");
        var (after, size) = (RequestQueries.Number(call.Request, "after", 0, 0, long.MaxValue), RequestQueries.PageSize(call.Request));
        var run = await call.RequireRunAsync();
        var events = await ReadAsync(call, run, after, size);
        if (events.Count == 0) await call.Runs.GetAsync(run, -1, TimeSpan.Zero, call.Aborted);
        await Answers.WriteAsync(call.Context, 200, new TimelinePage([.. events.Select(RunTimeline.Of)], events.Count == 0 ? after : events[^1].SequenceNr));
    }

    public static async Task ReportAsync(RouteCall call)
    {
        var run = await call.RequireRunAsync();
        var document = await call.Runs.GetAsync(run, -1, TimeSpan.Zero, call.Aborted);
        var report = RunReports.Of(document, await ReadAsync(call, run, 0, MaxEvents));
        if (!WantsMarkdown(call.Request))
        {
            await Answers.WriteAsync(call.Context, 200, report, document.Revision);
            return;
        }

        call.Context.Response.ContentType = "text/markdown; charset=utf-8";
        await call.Context.Response.WriteAsync(ReportMarkdown.Of(report), call.Aborted);
    }

    private static async Task<IReadOnlyList<StoredEvent>> ReadAsync(RouteCall call, RunId run, long after, int limit)
    {
        try
        {
            return await call.Service<IRunHistory>().ReadAsync(run, after, limit, call.Aborted);
        }
        catch (Exception e) when (e is not (OperationCanceledException or OptimizeProblemException))
        {
            // What a database says of itself is for its operator, not for every caller.
            call.Service<ILoggerFactory>().CreateLogger(typeof(OptimizeRoutes)).LogError(e, "the journal of {RunId} cannot be read, trace {TraceId}", run, Answers.TraceId(call.Context));
            throw new OptimizeProblemException(new(OptimizeProblem.Unavailable, "the journal cannot be read: check the database, the node's log says more; then ask again", Retryable: true));
        }
    }

    private static bool WantsMarkdown(HttpRequest request) =>
        request.Headers.Accept.Any(a => a?.Contains("text/markdown", StringComparison.OrdinalIgnoreCase) is true);
}
