using System.Net.Http.Headers;
using Milvus.Optimize.Management.Routes;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.Tests;

/// <summary>A valid request to each route.</summary>
internal static class Requests
{
    public static async Task<HttpResponseMessage> SendAsync(RouteServer server, RouteRule rule, AuthenticationHeaderValue? bearer)
    {
        var path = rule.Pattern.Replace("{id}", Documents.Run, StringComparison.Ordinal).Replace("{code}", "not-found", StringComparison.Ordinal)
            .Replace("{cluster}", "c1", StringComparison.Ordinal).Replace("{database}", "default", StringComparison.Ordinal).Replace("{name}", "books", StringComparison.Ordinal);
        if (rule.Operation == "revokeKey") path = path.Replace("{key}", ApiKeyText.TryParse((await server.BearerAsync(Role.Viewer)).Parameter!)!.Id, StringComparison.Ordinal);
        using var client = new HttpClient { BaseAddress = server.Tcp.BaseAddress };
        using var request = new HttpRequestMessage(new(rule.Method), path) { Headers = { Authorization = bearer } };
        if (rule.Operation == "startRun") request.Content = new StringContent("""{"cluster":"c1","collection":"books"}""");
        else if (rule.Operation == "createKey") request.Content = new StringContent($$"""{"name":"{{Guid.NewGuid()}}"}""");
        else if (rule.Operation == "optimizeCollection") request.Content = new StringContent("{}");
        else if (rule.Changes) request.Content = new StringContent("""{"reason":"why"}""");
        return await client.SendAsync(request);
    }
}
