using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Management;

/// <summary>
/// The management HTTP routes over <see cref="IOptimizeRuns"/>. They know no users: whoever reaches them may do everything, so serve them on a Unix
/// socket or behind an authorization policy of the host.
/// </summary>
public static class OptimizeRoutes
{
    internal const string Runs = "/api/v1/runs";
    private const int MaxReasonLength = 500;

    /// <summary>
    /// Maps <c>/api/v1/runs</c> and <c>/healthz</c>. Needs <see cref="IOptimizeRuns"/> in the container; takes <see cref="IRunTargets"/> and
    /// <see cref="TimeProvider"/> where they are there.
    /// </summary>
    public static IEndpointConventionBuilder MapMilvusOptimize(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var group = endpoints.MapGroup("");
        group.MapGet("/healthz", Answering((context, _) => Answers.WriteAsync(context, 200, new { status = "ok" })));
        group.MapPost(Runs, Answering(StartAsync));
        group.MapGet(Runs, Answering(ListAsync));
        group.MapGet($"{Runs}/{{id}}", Answering(GetAsync));
        group.MapPost($"{Runs}/{{id}}:cancel", Answering((context, runs) =>
            VerbAsync(context, false, (run, body) => runs.CancelAsync(run, Reason(body), context.RequestAborted))));
        group.MapPost($"{Runs}/{{id}}:abandon", Answering((context, runs) =>
            VerbAsync(context, true, (run, body) => runs.AbandonAsync(run, Reason(body), body.FreeLane ?? false, context.RequestAborted))));
        group.MapPost($"{Runs}/{{id}}:retry", Answering((context, runs) =>
            VerbAsync(context, false, (run, body) => runs.RetryAsync(run, Reason(body), context.RequestAborted))));
        return group;
    }

    private static async Task StartAsync(HttpContext context, IOptimizeRuns runs)
    {
        var wait = RequestQueries.Wait(context.Request);
        var request = await RunStarts.ReadAsync(context);
        var started = await runs.StartAsync(request, context.RequestAborted);
        var run = wait is { Ticks: > 0 } w && !started.Run.Done ? await EndWithinAsync(context, runs, started.Run, w) : started.Run;
        ApplyPreference(context, wait);
        await Answers.StartedAsync(context, started, run);
    }

    private static async Task GetAsync(HttpContext context, IOptimizeRuns runs)
    {
        var (run, since, wait) = (RequestQueries.Run(context), RequestQueries.SinceRevision(context.Request), RequestQueries.Wait(context.Request));
        var document = await runs.GetAsync(run, since, wait ?? TimeSpan.Zero, context.RequestAborted);
        ApplyPreference(context, wait);
        await Answers.RunAsync(context, document);
    }

    private static async Task ListAsync(HttpContext context, IOptimizeRuns runs)
    {
        var query = RequestQueries.Runs(context.Request);
        await Answers.WriteAsync(context, 200, new RunPage(await runs.ListAsync(query, context.RequestAborted)));
    }

    private static async Task VerbAsync(HttpContext context, bool freeLane, Func<RunId, VerbBody, Task<RunDocument>> verb)
    {
        var run = RequestQueries.Run(context);
        var document = await verb(run, await RequestBodies.VerbAsync(context, freeLane));
        await Answers.WriteAsync(context, 200, document, document.Revision);
    }

    private static string Reason(VerbBody body) => body.Reason?.Trim() is { Length: >= 1 and <= MaxReasonLength } reason
        ? reason
        : throw RequestException.At("/reason", $"reason is missing or too long: give 1 to {MaxReasonLength} characters for the record");

    // Every change answers a poll, so the end may be many polls away; the wait bounds their sum.
    private static async Task<RunDocument> EndWithinAsync(HttpContext context, IOptimizeRuns runs, RunDocument run, TimeSpan wait)
    {
        var time = context.RequestServices.GetService<TimeProvider>() ?? TimeProvider.System;
        var (id, since) = (RunId.Parse(run.Id), time.GetTimestamp());
        while (!run.Done && wait - time.GetElapsedTime(since) is { Ticks: > 0 } rest)
            run = await runs.GetAsync(id, run.Revision, rest, context.RequestAborted);
        return run;
    }

    private static void ApplyPreference(HttpContext context, TimeSpan? wait)
    {
        if (wait is { } w && context.Request.Headers.ContainsKey("Prefer"))
            context.Response.Headers["Preference-Applied"] = string.Create(CultureInfo.InvariantCulture, $"wait={w.TotalSeconds}");
    }

    private static RequestDelegate Answering(Func<HttpContext, IOptimizeRuns, Task> handler) => async context =>
    {
        try
        {
            await handler(context, context.RequestServices.GetRequiredService<IOptimizeRuns>());
        }
        catch (OptimizeProblemException e)
        {
            await Answers.ProblemAsync(context, e.Problem);
        }
        catch (RequestException e)
        {
            await Answers.ProblemAsync(context, new(OptimizeProblem.InvalidArgument, e.Message), e.Errors);
        }
        catch (BadHttpRequestException e)
        {
            var code = e.StatusCode == StatusCodes.Status413PayloadTooLarge ? ProblemStatus.PayloadTooLarge : OptimizeProblem.InvalidArgument;
            await Answers.ProblemAsync(context, new(code, e.Message));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller went away; nobody reads an answer.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            var log = context.RequestServices.GetService<ILoggerFactory>()?.CreateLogger(typeof(OptimizeRoutes));
            log?.LogError(e, "{Method} {Path} failed: this is a bug", context.Request.Method, context.Request.Path);
            await Answers.ProblemAsync(context, new(ProblemStatus.Internal, $"the node could not carry this out: {e.Message}; its log says more", true));
        }
    };
}
