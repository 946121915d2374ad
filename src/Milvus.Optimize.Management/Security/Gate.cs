using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Authentication;
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
        var (call, who, code) = ((RouteCall?)null, (Caller?)null, (string?)null);
        code = await Answering.RunAsync(context, async () =>
        {
            CheckOrigin(context);
            who = rule.Role is null ? Caller.Anonymous : await CallerAsync(context);
            if (rule.Role > who.Role)
                throw Refused(OptimizeProblem.PermissionDenied, $"{rule.Operation} needs the role {Name(rule.Role)}, and this key has {Name(who.Role)}");
            call = new(context, who);
            await rule.Handler(call);
        });
        if (rule.Changes || context.Response.StatusCode is 401 or 403 or 429) Audit(context, rule, rule.Role is null ? null : who, call, code);
    }

    private static async Task<Caller> CallerAsync(HttpContext context)
    {
        if (IsLocal(context)) return Caller.LocalSocket;
        var (options, limits) = (context.RequestServices.GetRequiredService<ManagementOptions>(), context.RequestServices.GetRequiredService<Limits>());
        var (address, result) = (context.Connection.RemoteIpAddress?.ToString() ?? "?", (AuthenticateResult?)null);
        var caller = options.Anonymous ? Caller.Anonymous : Caller.Of(context.User);
        if (caller is null)
        {
            result = await context.AuthenticateAsync(SchemeOf(context));
            caller = result.Succeeded ? Caller.Of(result.Principal) : null;
        }

        if (caller is not null)
            return limits.MayCall(caller.Name) ? caller : throw TooMany("this key is used too often: slow down");
        if (!limits.MayBeRefused(address)) throw TooMany("too many calls without a valid key: correct it");
        if (result is { Succeeded: true }) throw Refused(OptimizeProblem.PermissionDenied, "the token is good and gives no role here: viewer, operator or admin");
        context.Response.Headers.WWWAuthenticate = "Bearer";
        throw Refused(OptimizeProblem.KeyRequired, result is { None: false } or null
            ? "the key or token is not valid: it is unknown, expired or revoked"
            : "a key is needed: send Authorization: Bearer mok_... (milvus-optimize keys create makes one)");
    }

    private static string SchemeOf(HttpContext context) =>
        context.RequestServices.GetService<JwtOptions>() is not null && !context.Request.Headers.Authorization.ToString().StartsWith("Bearer mok_", StringComparison.OrdinalIgnoreCase)
            ? JwtHosting.SchemeName
            : ApiKeyAuthentication.SchemeName;

    // A page of somebody else's may call from a browser that stands next to us. With keys it has none; without, only the names tell.
    private static void CheckOrigin(HttpContext context)
    {
        if (IsLocal(context)) return;
        var (request, options) = (context.Request, context.RequestServices.GetRequiredService<ManagementOptions>());
        string? origin = request.Headers.Origin;
        if (origin is not null && !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase))
            throw Refused(OptimizeProblem.PermissionDenied, "calls from pages of other origins are refused");
        if (options.Anonymous && !IPAddress.TryParse(request.Host.Host.Trim('[', ']'), out _) && request.Host.Host != "localhost"
            && !options.AllowedHosts.Contains(request.Host.Host, StringComparer.OrdinalIgnoreCase))
            throw Refused(OptimizeProblem.PermissionDenied, "without keys this endpoint answers under its IP address and localhost alone (AllowedHosts)");
    }

    private static void Audit(HttpContext context, RouteRule rule, Caller? who, RouteCall? call, string? code)
    {
        var path = context.Request.Path.Value ?? "";
        var time = context.RequestServices.GetRequiredService<TimeProvider>();
        context.RequestServices.GetRequiredService<IAuditLog>().Write(new(
            time.GetUtcNow(), who?.Name ?? Nobody, context.Connection.RemoteIpAddress?.ToString(), rule.Operation, context.Request.Method,
            path.Length > MaxPath ? path[..MaxPath] : path, call?.Target, call?.Reason, context.Response.StatusCode, code));
    }

    private static OptimizeProblemException Refused(string code, string detail) => new(new(code, detail));

    private static OptimizeProblemException TooMany(string detail) => new(new(OptimizeProblem.RateLimited, detail, Retryable: true));

    private static string Name(Role? role) => role.ToString()!.ToLowerInvariant();
}
