using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Management.Routes;

namespace Milvus.Optimize.Management.Security;

/// <summary>Who calls, whether they may, and how often.</summary>
internal static class Admission
{
    /// <exception cref="RefusedException">Nobody that is known.</exception>
    public static async Task<Caller> CallerAsync(HttpContext context, RouteRule rule) =>
        Gate.IsLocal(context) ? Caller.LocalSocket : rule.Role is null ? Caller.Anonymous : await KeptAsync(context);

    /// <exception cref="RefusedException">The caller may not, or not so often.</exception>
    public static void Require(HttpContext context, RouteRule rule, Caller caller)
    {
        if (ReferenceEquals(caller, Caller.LocalSocket)) return;
        if (rule.Role is not { } role)
        {
            Limits(context).CallOpen(AddressOf(context));
            return;
        }

        Limits(context).Call(PartOf(context, caller));
        if (role <= caller.Role) return;
        throw RefusedException.Denied(
            $"{rule.Operation} needs the role {Word(role)}, and this key has {Word(caller.Role)}: use a key that has it",
            new() { ["operation"] = rule.Operation, ["needs"] = Word(role), ["role"] = Word(caller.Role) });
    }

    /// <summary>Whose limits count: where nobody is asked for a key, each address has its own.</summary>
    public static string PartOf(HttpContext context, Caller caller) => ReferenceEquals(caller, Caller.Anonymous) ? $"at {AddressOf(context)}" : caller.Name;

    private static async Task<Caller> KeptAsync(HttpContext context)
    {
        if (context.RequestServices.GetRequiredService<ManagementOptions>().Anonymous) return Caller.Anonymous;
        if (Caller.Of(context.User) is { } known) return known;
        var (limits, address, credential) = (Limits(context), AddressOf(context), context.Request.Headers.Authorization.ToString());
        var lately = context.RequestServices.GetRequiredService<KnownCredentials>();
        if (limits.IsRefusedTooOften(address) && !lately.Has(credential)) throw limits.TooManyRefusals();
        var result = await CheckedAsync(context, credential);
        var caller = result.Succeeded ? Caller.Of(result.Principal) : null;
        lately.Remember(credential, caller is not null);
        if (caller is not null) return caller;
        limits.Refuse(address);
        if (result.Succeeded) throw RefusedException.Denied("the token is good and gives no role here: viewer, operator or admin", new() { ["needs"] = new JsonArray("viewer", "operator", "admin") });
        context.Response.Headers.WWWAuthenticate = "Bearer";
        throw new RefusedException(new(OptimizeProblem.KeyRequired, result.None
            ? "a key is needed: send Authorization: Bearer mok_... (milvus-optimize keys create makes one)"
            : "the key or token is not valid: it is unknown, expired or revoked"));
    }

    // Keys are no scheme of ASP.NET Core's: a host's only scheme is asked for every request, before anybody has counted how often.
    private static Task<AuthenticateResult> CheckedAsync(HttpContext context, string credential) =>
        context.RequestServices.GetService<JwtOptions>() is not null && !ApiKeyCheck.IsKey(credential)
            ? context.AuthenticateAsync(JwtHosting.SchemeName)
            : ApiKeyCheck.CheckAsync(context, credential);

    private static Limits Limits(HttpContext context) => context.RequestServices.GetRequiredService<Limits>();

    private static string AddressOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "?";

    private static string Word(Role role) => role.ToString().ToLowerInvariant();
}
