using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Management.OpenApi;
using Milvus.Optimize.Management.Page;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Management.Routes;

/// <summary>Every route with its role: nothing is served that does not stand here.</summary>
internal static class RouteTable
{
    public const string Api = "/api/v1";
    public const string Runs = $"{Api}/runs";
    private const string Run = $"{Runs}/{{id}}";
    private const string Keys = $"{Api}/keys";
    private const string Clusters = $"{Api}/clusters";
    private const string Collection = $"{Clusters}/{{cluster}}/databases/{{database}}/collections/{{name}}";

    private static readonly RouteAnswer[] Started =
    [
        new(202, "A new run; Location names it.", typeof(StartedRunDocument)),
        new(200, "A run that was joined, or that ended within the wait; or, with validateOnly, what a run would find.", typeof(StartedOrPlan)),
    ];

    public static IReadOnlyList<RouteRule> All { get; } =
    [
        new("GET", "/healthz", "getHealth", null, NodeRoutes.HealthAsync)
            { Summary = "The process answers.", Gives = [new(200, "It does.", typeof(HealthDocument))] },
        new("GET", "/readyz", "getReadiness", null, NodeRoutes.ReadyAsync)
            { Summary = "The node is fit to own collections; a Milvus that is down does not count.", Gives = [new(200, "Ready.", typeof(HealthDocument)), new(503, "Not ready, with the reason.", typeof(HealthDocument))] },
        new("GET", "/problems/{code}", "getProblem", null, NodeRoutes.ProblemAsync)
            { Summary = "The page of a problem's code.", Gives = [new(200, "The page.", Media: "text/markdown")], Problems = [404] },
        new("GET", "/openapi/v1.json", "getOpenApi", null, OpenApiRoute.GetAsync)
            { Summary = "This document.", Gives = [new(200, "OpenAPI 3.1.", typeof(object))] },
        new("GET", "/metrics", "getMetrics", Role.Viewer, MetricsRoute.GetAsync)
            { Summary = "Metrics of the node, for Prometheus. Of all collections: a key with a narrower scope is refused.", Gives = [new(200, "The text that Prometheus reads.", Media: "text/plain")], Problems = [404] },
        new("GET", Runs, "listRuns", Role.Viewer, RunRoutes.ListAsync)
        {
            Summary = "Runs, newest first. No collection is woken.", Takes = ["cluster", "database", "collection", "done", "state", "since", "until", "pageSize", "pageToken"],
            Gives = [new(200, "A page.", typeof(RunPage))],
        },
        new("POST", Runs, "startRun", Role.Operator, StartRoutes.StartAsync)
            { Summary = "Start a run, or join the live one with the same parameters.", Takes = ["Idempotency-Key", "Prefer", "wait"], Body = typeof(StartBody), Gives = Started, Problems = [404, 409, 413, 422, 502, 504] },
        new("GET", Run, "getRun", Role.Viewer, RunRoutes.GetAsync)
        {
            Summary = "A run; with wait, as soon as its revision is above sinceRevision.", Takes = ["wait", "sinceRevision", "Prefer", "If-None-Match"],
            Gives = [new(200, "The run; its ETag is the revision.", typeof(RunDocument)), new(304, "It is as If-None-Match says.")], Problems = [404, 409, 504],
        },
        new("GET", $"{Run}/timeline", "getTimeline", Role.Viewer, HistoryRoutes.TimelineAsync)
            { Summary = "The run's events from the journal.", Takes = ["after", "pageSize"], Gives = [new(200, "A part of them, in their order.", typeof(TimelinePage))], Problems = [404, 504] },
        new("GET", $"{Run}/report", "getReport", Role.Viewer, HistoryRoutes.ReportAsync)
        {
            Summary = "What the run found, did and left; Markdown where Accept asks for it.",
            Gives = [new(200, "The report.", typeof(ReportDocument)), new(200, "The same as a text.", Media: "text/markdown")], Problems = [404, 409, 504],
        },
        new("GET", $"{Run}/events", "streamRun", Role.Viewer, EventRoutes.StreamAsync)
        {
            Summary = "The run at every change, as server-sent events whose id is the revision, until its end.", Takes = ["Last-Event-ID"],
            Gives = [new(200, "Events named run, with the document as data.", Media: "text/event-stream"), new(204, "The run has ended, and the caller has seen it.")], Problems = [404, 409, 504],
        },
        new("POST", $"{Run}:cancel", "cancelRun", Role.Operator, VerbRoutes.CancelAsync)
            { Summary = "Stop before the next step; what runs on the server is followed to its end.", Takes = ["If-Match"], Body = typeof(VerbBody), Gives = [new(200, "The run.", typeof(RunDocument))], Problems = [404, 409, 412, 413, 504] },
        new("POST", $"{Run}:abandon", "abandonRun", Role.Operator, VerbRoutes.AbandonAsync)
            { Summary = "Stop watching at once, whatever still runs on the server.", Takes = ["If-Match"], Body = typeof(VerbBody), Gives = [new(200, "The run.", typeof(RunDocument))], Problems = [404, 409, 412, 413, 504] },
        new("POST", $"{Run}:retry", "retryRun", Role.Operator, VerbRoutes.RetryAsync)
            { Summary = "Let a run that needs an operator go on.", Takes = ["If-Match"], Body = typeof(VerbBody), Gives = [new(200, "The run.", typeof(RunDocument))], Problems = [404, 409, 412, 413, 504] },
        new("GET", Clusters, "listClusters", Role.Viewer, ClusterRoutes.ListAsync)
            { Summary = "The Milvus clusters that the node knows. None is asked.", Gives = [new(200, "All of them.", typeof(ClusterPage))] },
        new("GET", $"{Clusters}/{{cluster}}/collections", "listCollections", Role.Viewer, ClusterRoutes.CollectionsAsync)
        {
            Summary = "Collections with their segments and their last run, in the order of their names.", Takes = ["database", "collection", "pageSize", "pageToken"],
            Gives = [new(200, "A page.", typeof(CollectionPage))], Problems = [404, 422, 502],
        },
        new("GET", Collection, "getCollection", Role.Viewer, ClusterRoutes.CollectionAsync)
            { Summary = "One collection, by its name or an alias.", Gives = [new(200, "The collection.", typeof(CollectionDocument))], Problems = [404, 422, 502] },
        new("POST", $"{Collection}:optimize", "optimizeCollection", Role.Operator, StartRoutes.OptimizeAsync)
            { Summary = "Start a run on this collection: as startRun, with a body that names no collection, or none.", Takes = ["Idempotency-Key", "Prefer", "wait"], Body = typeof(StartBody), Gives = Started, Problems = [404, 409, 413, 422, 502, 504] },
        new("GET", Keys, "listKeys", Role.Admin, KeyRoutes.ListAsync)
            { Summary = "API keys that were ever made within the caller's scope, oldest first, without their secrets.", Takes = ["pageSize", "pageToken"], Gives = [new(200, "A page.", typeof(KeyPage))], Problems = [404] },
        new("POST", Keys, "createKey", Role.Admin, KeyRoutes.CreateAsync)
            { Summary = "Make an API key; its scope is within the caller's.", Body = typeof(NewKeyBody), Gives = [new(201, "The key. It is shown this once.", typeof(CreatedKeyDocument))], Problems = [404, 413] },
        new("DELETE", $"{Keys}/{{key}}", "revokeKey", Role.Admin, KeyRoutes.RevokeAsync)
            { Summary = "End an API key at once. It stays in the list; one that has ended stays as it is.", Gives = [new(200, "The key.", typeof(KeyDocument))], Problems = [404] },
    ];

    /// <summary>The page, which a host may have elsewhere or not at all.</summary>
    public static RouteRule Page(string pattern) => new("GET", pattern, "getPage", null, PageRoute.GetAsync);

    /// <summary>What is under our prefix and no route is a problem too.</summary>
    public static RouteRule Unknown { get; } = new("*", $"{Api}/{{**rest}}", "unknown", null, UnknownRoutes.NotFoundAsync);

    /// <summary>What is under no prefix of ours, for a host that serves nothing else.</summary>
    public static RouteRule UnknownElsewhere { get; } = Unknown with { Pattern = "/{**rest}" };

    /// <summary>Every path with the methods that it does not have.</summary>
    public static IReadOnlyList<RouteRule> OtherMethods { get; } =
        [.. All.GroupBy(r => r.Pattern).Select(path => Other(path.Key, [.. path.Select(r => r.Method)]))];

    /// <param name="pattern">A path of ours.</param>
    /// <param name="methods">Those that it has.</param>
    public static RouteRule Other(string pattern, params string[] methods) => new("*", pattern, "unknown", null, call => UnknownRoutes.OtherMethodAsync(call, pattern, methods));
}
