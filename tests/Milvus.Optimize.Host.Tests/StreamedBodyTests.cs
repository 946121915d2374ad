using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Milvus.Optimize.Management;

namespace Milvus.Optimize.Host.Tests;

/// <summary>Over HTTP/2 a body comes without Content-Length and Transfer-Encoding: what it says counts all the same.</summary>
public sealed class StreamedBodyTests
{
    [Fact]
    public async Task A_body_without_a_header_that_says_so_is_read()
    {
        var context = With(canHaveBody: true);
        context.Request.Body = new MemoryStream("""{"validateOnly":true}"""u8.ToArray());
        Assert.True((await RequestBodies.StartAsync(context, placed: true)).ValidateOnly);
    }

    [Fact]
    public async Task No_body_asks_for_nothing() => Assert.False((await RequestBodies.StartAsync(With(canHaveBody: false), placed: true)).ValidateOnly);

    private static DefaultHttpContext With(bool canHaveBody)
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpRequestBodyDetectionFeature>(new Detected(canHaveBody));
        return context;
    }

    private sealed record Detected(bool CanHaveBody) : IHttpRequestBodyDetectionFeature;
}
