using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Management.Routes;

namespace Milvus.Optimize.Management;

/// <summary>Writes documents and problems.</summary>
internal static class Answers
{
    private const string RetryLater = "5";

    public static Task StartedAsync(HttpContext context, StartedRun started, RunDocument run)
    {
        var document = Document(context, run);
        document["joined"] = started.Joined;
        context.Response.Headers.Location = $"{RouteTable.Runs}/{run.Id}";
        var isNews = !started.Joined && !run.Done;
        if (isNews) context.Response.Headers.RetryAfter = RetryLater;
        return WriteAsync<JsonObject>(context, isNews ? 202 : 200, document, run.Revision);
    }

    public static Task RunAsync(HttpContext context, RunDocument run)
    {
        if (context.Request.Headers.IfNoneMatch == ETag(run.Revision))
        {
            context.Response.StatusCode = 304;
            return Task.CompletedTask;
        }

        return WriteAsync<JsonObject>(context, 200, Document(context, run), run.Revision);
    }

    /// <summary>A run with what belongs to the answer and not to the run: the node's clock, by which its times are read, and where to go on from here.</summary>
    public static JsonObject Document(HttpContext context, RunDocument run)
    {
        var document = JsonSerializer.SerializeToNode(run, RunDocuments.Json)!.AsObject();
        var self = $"{context.Request.PathBase.ToUriComponent()}{RouteTable.Runs}/{run.Id}";
        document["serverTime"] = JsonSerializer.SerializeToNode(context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow(), RunDocuments.Json);
        document["links"] = new JsonObject
        {
            ["self"] = self, ["events"] = $"{self}/events", ["timeline"] = $"{self}/timeline", ["report"] = $"{self}/report",
            ["collection"] = $"{context.Request.PathBase.ToUriComponent()}{RouteTable.Api}/clusters/{run.Cluster}/databases/{Uri.EscapeDataString(run.Database)}/collections/{Uri.EscapeDataString(run.Collection)}",
        };
        return document;
    }

    public static Task WriteAsync<T>(HttpContext context, int status, T document, long? revision = null)
    {
        context.Response.StatusCode = status;
        if (revision is { } r) context.Response.Headers.ETag = ETag(r);
        return context.Response.WriteAsJsonAsync(document, RunDocuments.Json, context.RequestAborted);
    }

    public static Task ProblemAsync(HttpContext context, OptimizeProblem problem, IReadOnlyList<FieldError>? errors = null, JsonObject? facts = null)
    {
        context.Response.StatusCode = ProblemStatus.Of(problem.Code);
        if (problem.Retryable) context.Response.Headers.RetryAfter = problem.Code == OptimizeProblem.Unavailable ? "1" : RetryLater;
        return context.Response.WriteAsJsonAsync(Body(context, problem, errors, facts), RunDocuments.Json, "application/problem+json", context.RequestAborted);
    }

    public static ProblemBody Body(HttpContext context, OptimizeProblem problem, IReadOnlyList<FieldError>? errors = null, JsonObject? facts = null) => new(
        $"/problems/{problem.Code}", ProblemStatus.Title(problem.Code), ProblemStatus.Of(problem.Code), problem.Detail, problem.Code, problem.Retryable,
        problem.Holder?.ToString(), problem.MilvusCode, errors, TraceId(context),
        (context.Request.PathBase + context.Request.Path).ToUriComponent(), facts, ProblemPages.Help(problem.Code));

    /// <summary>What the log and the traces know the call by.</summary>
    public static string TraceId(HttpContext context) => Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;

    /// <summary>Says that the header <c>Prefer: wait</c> was heeded.</summary>
    public static void ApplyPreference(HttpContext context, TimeSpan? wait)
    {
        if (wait is { } w && context.Request.Headers.ContainsKey("Prefer"))
            context.Response.Headers["Preference-Applied"] = string.Create(CultureInfo.InvariantCulture, $"wait={w.TotalSeconds}");
    }

    public static string ETag(long revision) => string.Create(CultureInfo.InvariantCulture, $"\"{revision}\"");
}
