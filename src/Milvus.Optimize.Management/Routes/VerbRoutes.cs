using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Management.Routes;

/// <summary><c>:cancel</c>, <c>:abandon</c> and <c>:retry</c>.</summary>
internal static class VerbRoutes
{
    private const int MaxReasonLength = 500;

    public static Task CancelAsync(RouteCall call) => VerbAsync(call, false, (run, _, reason) => call.Runs.CancelAsync(run, reason, call.Aborted));

    public static Task AbandonAsync(RouteCall call) =>
        VerbAsync(call, true, (run, body, reason) => call.Runs.AbandonAsync(run, reason, body.FreeLane ?? false, call.Aborted));

    public static Task RetryAsync(RouteCall call) => VerbAsync(call, false, (run, _, reason) => call.Runs.RetryAsync(run, reason, call.Aborted));

    private static async Task VerbAsync(RouteCall call, bool freeLane, Func<RunId, VerbBody, string, Task<RunDocument>> verb)
    {
        var run = await call.RequireRunAsync();
        var body = await RequestBodies.VerbAsync(call.Context, freeLane);
        call.Reason = Reason(body);
        await RequireRevisionAsync(call, run);
        var document = await CarriedOutAsync(call, run, () => verb(run, body, call.Reason));
        await Answers.WriteAsync(call.Context, 200, Answers.Document(call.Context, document), document.Revision);
    }

    // A collection knows its last run alone: an older one is there all the same, and has ended.
    private static async Task<RunDocument> CarriedOutAsync(RouteCall call, RunId run, Func<Task<RunDocument>> verb)
    {
        try
        {
            return await verb();
        }
        catch (OptimizeProblemException e) when (e.Problem.Code == OptimizeProblem.NotFound)
        {
            var document = await call.Runs.GetAsync(run, -1, TimeSpan.Zero, call.Aborted);
            if (!document.Done) throw;
            throw new OptimizeProblemException(new(OptimizeProblem.InvalidStateTransition, $"{run} has already ended as {document.State}"));
        }
    }

    /// <summary>Where the caller says which revision it has seen. Looked at right before the verb, which itself decides by what the run is then.</summary>
    private static async Task RequireRevisionAsync(RouteCall call, RunId run)
    {
        string? expected = call.Request.Headers.IfMatch;
        if (expected is null or "*") return;
        var document = await call.Runs.GetAsync(run, -1, TimeSpan.Zero, call.Aborted);
        if (expected.Split(',').Select(e => e.Trim()).Contains(Answers.ETag(document.Revision))) return;
        throw new RefusedException(
            new(ProblemStatus.RevisionMismatch, $"the run is at revision {document.Revision} and not at {expected}: look at it again, then decide"),
            new() { ["run"] = document.Id, ["revision"] = document.Revision, ["state"] = document.State });
    }

    private static string Reason(VerbBody body)
    {
        if (body.Reason?.Trim() is not { Length: >= 1 and <= MaxReasonLength } reason) throw RequestException.At("/reason", $"reason is missing or too long: give 1 to {MaxReasonLength} characters for the record");
        return reason.Contains('\0', StringComparison.Ordinal) ? throw RequestException.At("/reason", "reason has the character U+0000, which no record can keep: leave it out") : reason;
    }
}
