using Microsoft.AspNetCore.Http;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Management.Routes;

namespace Milvus.Optimize.Management;

/// <summary>
/// What answers <c>/metrics</c> behind the gate: a host registers one where it wants that, such as the scraping middleware of OpenTelemetry. Without one the
/// route is 404, and a host may serve its metrics elsewhere as it always does.
/// </summary>
/// <param name="answer">Writes the metrics, in the form that the request's <c>Accept</c> asks for.</param>
public sealed class MetricsScrape(RequestDelegate answer)
{
    internal Task AnswerAsync(HttpContext context) => answer(context);
}

/// <summary>Serves them. They are of the whole node: a key for some collections alone does not get them.</summary>
internal static class MetricsRoute
{
    public static Task GetAsync(RouteCall call)
    {
        if (call.Caller.Scope != CollectionScope.All)
            throw RefusedException.Denied($"metrics are of all collections, and this key is for {call.Caller.Scope}: use another key", new() { ["scope"] = call.Caller.Scope.ToString(), ["needs"] = CollectionScope.All.ToString() });
        return call.Context.RequestServices.GetService(typeof(MetricsScrape)) is MetricsScrape scrape
            ? scrape.AnswerAsync(call.Context)
            : throw new OptimizeProblemException(new(OptimizeProblem.NotFound, "this host serves no metrics here"));
    }
}
