using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Management;

/// <summary>What programs need to know of the run that a problem is about, read when the problem is written.</summary>
internal static class ProblemFacts
{
    // A problem must not wait for what is only nice to know of it.
    private static readonly TimeSpan LookWithin = TimeSpan.FromSeconds(2);

    /// <summary>Null where the problem is about no run, or the run does not answer.</summary>
    public static async Task<JsonObject?> OfAsync(HttpContext context, OptimizeProblem problem)
    {
        if (RunOf(context, problem) is not { } run) return null;
        var (runs, time) = (context.RequestServices.GetRequiredService<IOptimizeRuns>(), context.RequestServices.GetRequiredService<TimeProvider>());
        try
        {
            var document = await runs.GetAsync(run, -1, TimeSpan.Zero, context.RequestAborted).WaitAsync(LookWithin, time, context.RequestAborted);
            return problem.Code == OptimizeProblem.RunConflict ? Holder(document, time.GetUtcNow()) : State(document);
        }
        catch (Exception e) when (e is OptimizeProblemException or TimeoutException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>What a run in this state may be told.</summary>
    public static string[] VerbsOf(RunDocument run) => run switch
    {
        { Done: true } => [],
        { State: "NeedsOperator" } => ["abandon", "retry"],
        _ => ["cancel", "abandon"],
    };

    private static RunId? RunOf(HttpContext context, OptimizeProblem problem) => problem.Code switch
    {
        OptimizeProblem.RunConflict => problem.Holder,
        OptimizeProblem.InvalidStateTransition => context.Request.RouteValues["id"] is string id && RunId.LooksLike(id) ? RunId.Parse(id) : null,
        _ => null,
    };

    private static JsonObject Holder(RunDocument run, DateTimeOffset now)
    {
        var facts = State(run);
        facts["targetSize"] = run.Spec.TargetSize;
        facts["flush"] = run.Spec.Flush;
        facts["force"] = run.Spec.Force;
        facts["startedAt"] = run.StartedAt;
        facts["ageSeconds"] = (long)Math.Max(0, (now - run.StartedAt).TotalSeconds);
        return facts;
    }

    private static JsonObject State(RunDocument run) => new()
    {
        ["run"] = run.Id, ["state"] = run.State, ["revision"] = run.Revision, ["allowedVerbs"] = new JsonArray([.. VerbsOf(run).Select(v => (JsonNode)v)]),
    };
}
