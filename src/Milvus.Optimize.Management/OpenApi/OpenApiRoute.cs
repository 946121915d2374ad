using System.Text;
using Milvus.Optimize.Management.Routes;

namespace Milvus.Optimize.Management.OpenApi;

/// <summary>Serves the document, made once.</summary>
internal static class OpenApiRoute
{
    private static readonly Lazy<byte[]> Bytes = new(() => Encoding.UTF8.GetBytes(OpenApiDocument.Text()));

    public static Task GetAsync(RouteCall call)
    {
        call.Context.Response.ContentType = "application/json";
        return call.Context.Response.Body.WriteAsync(Bytes.Value, call.Aborted).AsTask();
    }
}

/// <summary>Answer of a start, for its schema: the run, and whether it was there before.</summary>
internal sealed record StartedRunDocument;

/// <summary>Answer of a start that may also be a plan, for its schema.</summary>
internal sealed record StartedOrPlan;
