using System.Net.Http.Headers;
using Milvus.Optimize.Management.Routes;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.Tests;

/// <summary>A valid request to each operation.</summary>
internal static class Requests
{
    public static Task<HttpResponseMessage> SendAsync(RouteServer server, RouteRule rule, AuthenticationHeaderValue? bearer) => SendAsync(server, ApiDocument.Of(rule.Operation), bearer);

    public static async Task<HttpResponseMessage> SendAsync(RouteServer server, ApiOperation operation, AuthenticationHeaderValue? bearer)
    {
        var path = operation.Path.Replace("{id}", Documents.Run, StringComparison.Ordinal).Replace("{code}", "not-found", StringComparison.Ordinal)
            .Replace("{cluster}", "c1", StringComparison.Ordinal).Replace("{database}", "default", StringComparison.Ordinal).Replace("{name}", "books", StringComparison.Ordinal);
        if (operation.Id == "revokeKey") path = path.Replace("{key}", ApiKeyText.TryParse((await server.BearerAsync(Role.Viewer)).Parameter!)!.Id, StringComparison.Ordinal);
        using var client = new HttpClient { BaseAddress = server.Tcp.BaseAddress };
        using var request = new HttpRequestMessage(new(operation.Method), path) { Headers = { Authorization = bearer } };
        if (operation.Node["requestBody"] is not null) request.Content = new StringContent(Body(operation.Id));
        return await client.SendAsync(request);
    }

    private static string Body(string operation) => operation switch
    {
        "startRun" => """{"cluster":"c1","collection":"books"}""",
        "createKey" => $$"""{"name":"{{Guid.NewGuid()}}"}""",
        "optimizeCollection" => "{}",
        _ => """{"reason":"why"}""",
    };
}
