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
        var document = await verb(run, body, call.Reason);
        await Answers.WriteAsync(call.Context, 200, document, document.Revision);
    }

    private static string Reason(VerbBody body) => body.Reason?.Trim() is { Length: >= 1 and <= MaxReasonLength } reason
        ? reason
        : throw RequestException.At("/reason", $"reason is missing or too long: give 1 to {MaxReasonLength} characters for the record");
}
