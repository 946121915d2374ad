using System.Text.Json.Nodes;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Management.Routes;

/// <summary>What is asked for and is not there is a problem too.</summary>
internal static class UnknownRoutes
{
    public static Task NotFoundAsync(RouteCall call) => throw new RefusedException(
        new(OptimizeProblem.NotFound, $"there is no {call.Request.Method} {call.Request.Path}: see /openapi/v1.json"));

    /// <param name="call">Of a method that the path does not have.</param>
    /// <param name="pattern">The path.</param>
    /// <param name="methods">Those that it has.</param>
    public static Task OtherMethodAsync(RouteCall call, string pattern, string[] methods)
    {
        // A verb that nobody knows looks like the id of a run: it is that which is not there, and not the method.
        if (Verb(call.Request.Path.Value!) && !Verb(pattern)) return NotFoundAsync(call);
        call.Context.Response.Headers.Allow = string.Join(", ", methods);
        throw new RefusedException(
            new(ProblemStatus.MethodNotAllowed, $"{call.Request.Path} takes {string.Join(" and ", methods)}, not {call.Request.Method}: see /openapi/v1.json"),
            new() { ["allow"] = new JsonArray([.. methods.Select(m => (JsonNode)m)]) });
    }

    private static bool Verb(string path) => path[(path.LastIndexOf('/') + 1)..].Contains(':', StringComparison.Ordinal);
}
