using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Management.Routes;

namespace Milvus.Optimize.Management.Security;

/// <summary>What stands before every route: who calls, whether they may, how often, and the audit log.</summary>
internal static class Gate
{
    /// <summary>Who calls without a valid key, in the audit log.</summary>
    public const string Nobody = "-";

    private const int MaxPath = 300;

    /// <summary>Whether the call came over a Unix socket.</summary>
    public static bool IsLocal(HttpContext context) => context.Features.Get<IConnectionSocketFeature>()?.Socket.AddressFamily == AddressFamily.Unix;

    public static RequestDelegate Before(RouteRule rule) => context => RequestTelemetry.MeasuredAsync(context, rule, () => GuardedAsync(context, rule));

    private static async Task GuardedAsync(HttpContext context, RouteRule rule)
    {
        var (call, who) = ((RouteCall?)null, (Caller?)null);
        // What escapes is answered by the server below, or breaks off what was begun.
        var (code, escaped) = ((string?)ProblemStatus.Internal, true);
        try
        {
            code = await Answering.RunAsync(context, async () =>
            {
                Names.Check(context);
                who = await Admission.CallerAsync(context, rule);
                Admission.Require(context, rule, who);
                call = new(context, who);
                await rule.Handler(call);
            });
            escaped = false;
        }
        finally
        {
            var status = StatusOf(context, code, escaped);
            if (rule.Changes || status is 401 or 403 or 429) Audit(context, rule, rule.Role is null ? null : who, call, status, code);
        }
    }

    private static int StatusOf(HttpContext context, string? code, bool escaped)
    {
        if (context.RequestAborted.IsCancellationRequested && (escaped || code == OptimizeProblem.OutcomeUnknown)) return Answering.HungUp;
        return escaped && !context.Response.HasStarted ? ProblemStatus.Of(ProblemStatus.Internal) : context.Response.StatusCode;
    }

    private static void Audit(HttpContext context, RouteRule rule, Caller? who, RouteCall? call, int status, string? code)
    {
        var path = context.Request.Path.Value ?? "";
        var time = context.RequestServices.GetRequiredService<TimeProvider>();
        context.RequestServices.GetRequiredService<IAuditLog>().Write(new(
            time.GetUtcNow(), who?.Name ?? Nobody, context.Connection.RemoteIpAddress?.ToString(), rule.Operation, context.Request.Method,
            path.Length > MaxPath ? path[..MaxPath] : path, call?.Target, call?.Reason, status, code));
    }
}
