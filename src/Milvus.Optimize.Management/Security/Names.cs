using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Milvus.Optimize.Management.Security;

/// <summary>
/// Under which names the endpoint answers, and to whose pages. A page of somebody else's runs in a browser that may stand next to us, and may lead a name of
/// its own here.
/// </summary>
internal static class Names
{
    /// <exception cref="RefusedException">The header <c>Host</c> names somebody else, or <c>Origin</c> a page of somebody else's.</exception>
    public static void Check(HttpContext context)
    {
        if (Gate.IsLocal(context)) return;
        var (request, options) = (context.Request, context.RequestServices.GetRequiredService<ManagementOptions>());
        if (!IsOurs(request.Host.Host, options.AllowedHosts))
            throw RefusedException.Denied("this endpoint does not answer under that name: call it by its IP address, or have the name added to AllowedHosts", new() { ["host"] = request.Host.Host });
        string? origin = request.Headers.Origin;
        if (origin is not null && !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase))
            throw RefusedException.Denied(
                "calls from pages of other origins are refused; behind a proxy that ends TLS, name the proxy in KnownProxies", new() { ["origin"] = origin });
    }

    /// <summary>Whether a name is an address, this machine, or one of the patterns. A request without a name comes from no browser.</summary>
    public static bool IsOurs(string host, IReadOnlyList<string> allowed) =>
        host.Length == 0 || string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host.Trim('[', ']'), out _) || allowed.Any(pattern => Fits(host, pattern));

    private static bool Fits(string host, string pattern) => pattern switch
    {
        "*" => true,
        ['*', '.', ..] => host.Length > pattern.Length - 1 && host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase),
        _ => string.Equals(host, pattern, StringComparison.OrdinalIgnoreCase),
    };
}
