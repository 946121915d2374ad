using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Management.Routes;

/// <summary>Every route with its role: nothing is served that does not stand here.</summary>
internal static class RouteTable
{
    public const string Api = "/api/v1";
    public const string Runs = $"{Api}/runs";
    private const string Clusters = $"{Api}/clusters";
    private const string Collection = $"{Clusters}/{{cluster}}/databases/{{database}}/collections/{{name}}";

    public static IReadOnlyList<RouteRule> All { get; } =
    [
        new("GET", "/healthz", "getHealth", null, NodeRoutes.HealthAsync),
        new("GET", "/readyz", "getReadiness", null, NodeRoutes.ReadyAsync),
        new("GET", "/problems/{code}", "getProblem", null, NodeRoutes.ProblemAsync),
        new("GET", Runs, "listRuns", Role.Viewer, RunRoutes.ListAsync),
        new("POST", Runs, "startRun", Role.Operator, StartRoutes.StartAsync),
        new("GET", $"{Runs}/{{id}}", "getRun", Role.Viewer, RunRoutes.GetAsync),
        new("GET", $"{Runs}/{{id}}/timeline", "getTimeline", Role.Viewer, HistoryRoutes.TimelineAsync),
        new("GET", $"{Runs}/{{id}}/report", "getReport", Role.Viewer, HistoryRoutes.ReportAsync),
        new("GET", $"{Runs}/{{id}}/events", "streamRun", Role.Viewer, EventRoutes.StreamAsync),
        new("POST", $"{Runs}/{{id}}:cancel", "cancelRun", Role.Operator, VerbRoutes.CancelAsync),
        new("POST", $"{Runs}/{{id}}:abandon", "abandonRun", Role.Operator, VerbRoutes.AbandonAsync),
        new("POST", $"{Runs}/{{id}}:retry", "retryRun", Role.Operator, VerbRoutes.RetryAsync),
        new("GET", Clusters, "listClusters", Role.Viewer, ClusterRoutes.ListAsync),
        new("GET", $"{Clusters}/{{cluster}}/collections", "listCollections", Role.Viewer, ClusterRoutes.CollectionsAsync),
        new("GET", Collection, "getCollection", Role.Viewer, ClusterRoutes.CollectionAsync),
        new("POST", $"{Collection}:optimize", "optimizeCollection", Role.Operator, StartRoutes.OptimizeAsync),
    ];

    /// <summary>What is under our prefix and no route is a problem too.</summary>
    public static RouteRule Unknown { get; } = new("*", $"{Api}/{{**rest}}", "unknown", null, call => throw new OptimizeProblemException(
        new(OptimizeProblem.NotFound, $"there is no {call.Request.Method} {call.Request.Path}: see /openapi/v1.json")));
}
