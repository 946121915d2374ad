using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Milvus.Optimize.Management.Routes;

namespace Milvus.Optimize.Management.Page;

/// <summary>
/// The page: one file without a build step. It holds no data and asks the routes for all it shows, with the key that a person gives it, so that it needs no
/// key itself and no cookie.
/// </summary>
internal static class PageRoute
{
    private static readonly byte[] Html = Read();

    // Nothing but what stands in the file runs, and nothing is loaded from elsewhere.
    private static readonly string Policy =
        $"default-src 'none'; script-src '{HashOf("script")}'; style-src '{HashOf("style")}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static Task GetAsync(RouteCall call)
    {
        var response = call.Context.Response;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.CacheControl = "no-cache";
        return response.Body.WriteAsync(Html, call.Aborted).AsTask();
    }

    private static byte[] Read()
    {
        using var page = Assembly.GetExecutingAssembly().GetManifestResourceStream("page/index.html")!;
        using var bytes = new MemoryStream();
        page.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static string HashOf(string element)
    {
        var text = Encoding.UTF8.GetString(Html);
        var begin = text.IndexOf($"<{element}>", StringComparison.Ordinal) + element.Length + 2;
        var end = text.IndexOf($"</{element}>", begin, StringComparison.Ordinal);
        return $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text[begin..end])))}";
    }
}
