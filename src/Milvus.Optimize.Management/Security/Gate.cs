using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
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
        var (call, who, code) = ((RouteCall?)null, (Caller?)null, (string?)null);
        code = await Answering.RunAsync(context, async () =>
        {
            Names.Check(context);
            who = await Admission.CallerAsync(context, rule);
            Admission.Require(context, rule, who);
            call = new(context, who);
            await rule.Handler(call);
        });
        if (rule.Changes || context.Response.StatusCode is 401 or 403 or 429) Audit(context, rule, rule.Role is null ? null : who, call, code);
    }

    private static void Audit(HttpContext context, RouteRule rule, Caller? who, RouteCall? call, string? code)
    {
        var path = context.Request.Path.Value ?? "";
        var time = context.RequestServices.GetRequiredService<TimeProvider>();
        context.RequestServices.GetRequiredService<IAuditLog>().Write(new(
            time.GetUtcNow(), who?.Name ?? Nobody, context.Connection.RemoteIpAddress?.ToString(), rule.Operation, context.Request.Method,
            path.Length > MaxPath ? path[..MaxPath] : path, call?.Target, call?.Reason, context.Response.StatusCode, code));
    }
}
