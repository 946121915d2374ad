using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Client;

/// <summary>
/// <see cref="IOptimizeRuns"/> over a node's HTTP routes, without an actor system. Beside <see cref="OptimizeProblemException"/> every member throws
/// <see cref="NodeUnreachableException"/> where no answer came.
/// </summary>
public sealed class HttpOptimizeRuns(HttpClient http) : IOptimizeRuns
{
    private const string Runs = "/api/v1/runs";
    private const string Clusters = "/api/v1/clusters";
    private const string Keys = "/api/v1/keys";
    private const int MaxPage = 500;

    /// <inheritdoc/>
    public Task<StartedRun> StartAsync(StartRequest request, CancellationToken cancellationToken) => StartAsync(request, null, cancellationToken);

    /// <summary>The same, with a target that the request brings over a local Unix socket: it names the cluster.</summary>
    public async Task<StartedRun> StartAsync(StartRequest request, RunTarget? target, CancellationToken cancellationToken)
    {
        var (collection, parameters) = (request.Collection, request.Parameters);
        var body = new StartBody
        {
            Cluster = target is null ? collection.Cluster.Value : null,
            Database = collection.Database,
            Collection = collection.Name,
            TargetSize = parameters.TargetSize.ToString(),
            Flush = parameters.Flush,
            Force = parameters.Force,
            Deadline = XmlConvert.ToString(request.Deadline),
            OnConflict = request.FailIfLive ? "fail" : null,
            Target = target,
        };
        using var message = new HttpRequestMessage(HttpMethod.Post, Runs) { Content = JsonContent.Create(body, options: RunDocuments.Json) };
        message.Headers.TryAddWithoutValidation("Idempotency-Key", request.Key);
        var answer = await SendAsync<JsonObject>(message, cancellationToken);
        return new(answer.Deserialize<RunDocument>(RunDocuments.Json)!, answer["joined"]?.GetValue<bool>() ?? false);
    }

    /// <inheritdoc/>
    public Task<RunDocument> GetAsync(RunId run, long sinceRevision, TimeSpan wait, CancellationToken cancellationToken) => GetJsonAsync<RunDocument>(
        string.Create(CultureInfo.InvariantCulture, $"{Runs}/{run}?wait={Math.Ceiling(wait.TotalSeconds)}&sinceRevision={sinceRevision}"), cancellationToken);

    /// <inheritdoc/>
    public async Task<ImmutableArray<RunDocument>> ListAsync(RunQuery query, CancellationToken cancellationToken) =>
        (await PageAsync(query, query.Before is { } before ? RunPlaces.Token(before) : null, cancellationToken)).Runs;

    /// <summary>A page of runs, newest first.</summary>
    /// <param name="query">The same for every page; its limit is the page's size.</param>
    /// <param name="pageToken">Of the page before; null for the first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<RunPage> PageAsync(RunQuery query, string? pageToken, CancellationToken cancellationToken)
    {
        var filters = new (string Name, string? Value)[]
        {
            ("cluster", query.Cluster), ("database", query.Database), ("collection", query.Collection), ("done", query.Done?.ToString().ToLowerInvariant()),
            ("state", query.State), ("since", query.Since?.UtcDateTime.ToString("O")), ("until", query.Until?.UtcDateTime.ToString("O")),
            ("pageSize", query.Limit.ToString(CultureInfo.InvariantCulture)), ("pageToken", pageToken),
        };
        return GetJsonAsync<RunPage>($"{Runs}?{Query(filters)}", cancellationToken);
    }

    /// <inheritdoc/>
    public Task<RunDocument> CancelAsync(RunId run, string reason, CancellationToken cancellationToken) =>
        VerbAsync(run, "cancel", new() { Reason = reason }, cancellationToken);

    /// <inheritdoc/>
    public Task<RunDocument> AbandonAsync(RunId run, string reason, bool freeLane, CancellationToken cancellationToken) =>
        VerbAsync(run, "abandon", new() { Reason = reason, FreeLane = freeLane }, cancellationToken);

    /// <inheritdoc/>
    public Task<RunDocument> RetryAsync(RunId run, string reason, CancellationToken cancellationToken) =>
        VerbAsync(run, "retry", new() { Reason = reason }, cancellationToken);

    /// <summary>Returns when the node answers.</summary>
    /// <exception cref="NodeUnreachableException">It does not.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken) => await GetJsonAsync<JsonObject>("/healthz", cancellationToken);

    /// <summary>Whether the node may own collections; a node that is not ready says so in its answer.</summary>
    public async Task<HealthDocument> ReadyAsync(CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, "/readyz");
        return await SendAsync<HealthDocument>(message, cancellationToken, HttpStatusCode.ServiceUnavailable);
    }

    /// <summary>A part of a run's events: those after a sequence number, 500 at most.</summary>
    public Task<TimelinePage> TimelineAsync(RunId run, long after, CancellationToken cancellationToken) => GetJsonAsync<TimelinePage>(
        string.Create(CultureInfo.InvariantCulture, $"{Runs}/{run}/timeline?after={after}&pageSize={MaxPage}"), cancellationToken);

    /// <summary>What a run found, did and left.</summary>
    public Task<ReportDocument> ReportAsync(RunId run, CancellationToken cancellationToken) => GetJsonAsync<ReportDocument>($"{Runs}/{run}/report", cancellationToken);

    /// <summary>The Milvus clusters that the node knows.</summary>
    public async Task<ImmutableArray<ClusterDocument>> ClustersAsync(CancellationToken cancellationToken) =>
        (await GetJsonAsync<ClusterPage>(Clusters, cancellationToken)).Clusters;

    /// <summary>A cluster's collections with their segments and last run, page by page.</summary>
    /// <param name="cluster">One that the node knows.</param>
    /// <param name="database">Null for all.</param>
    /// <param name="pattern">A name, or a pattern with <c>*</c> and <c>?</c>; null for all.</param>
    /// <param name="pageToken">Of the page before; null for the first.</param>
    /// <param name="pageSize">1 to 500: each collection is a call to Milvus.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<CollectionPage> CollectionsAsync(ClusterName cluster, string? database, string? pattern, string? pageToken, int pageSize, CancellationToken cancellationToken)
    {
        var filters = new (string Name, string? Value)[]
        {
            ("database", database), ("collection", pattern), ("pageSize", pageSize.ToString(CultureInfo.InvariantCulture)), ("pageToken", pageToken),
        };
        return GetJsonAsync<CollectionPage>($"{Clusters}/{cluster}/collections?{Query(filters)}", cancellationToken);
    }

    /// <summary>What a run would find. Nothing is started.</summary>
    public async Task<PlanDocument> PlanAsync(CollectionRef collection, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, $"{Clusters}/{collection.Cluster}/databases/{collection.Database}/collections/{collection.Name}:optimize")
        {
            Content = JsonContent.Create(new { validateOnly = true }, options: RunDocuments.Json),
        };
        return await SendAsync<PlanDocument>(message, cancellationToken);
    }

    /// <summary>A page of the API keys that the caller may manage, oldest first.</summary>
    /// <param name="pageToken">Of the page before; null for the first.</param>
    /// <param name="pageSize">1 to 500.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<KeyPage> KeysAsync(string? pageToken, int pageSize, CancellationToken cancellationToken) => GetJsonAsync<KeyPage>(
        $"{Keys}?{Query([("pageSize", pageSize.ToString(CultureInfo.InvariantCulture)), ("pageToken", pageToken)])}", cancellationToken);

    /// <summary>Makes an API key: the answer alone has it. Repeating it makes another one.</summary>
    public async Task<CreatedKeyDocument> CreateKeyAsync(NewKeyBody body, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, Keys) { Content = JsonContent.Create(body, options: RunDocuments.Json) };
        return await SendAsync<CreatedKeyDocument>(message, cancellationToken);
    }

    /// <summary>Ends an API key at once.</summary>
    public async Task<KeyDocument> RevokeKeyAsync(string id, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Delete, $"{Keys}/{Uri.EscapeDataString(id)}");
        return await SendAsync<KeyDocument>(message, cancellationToken);
    }

    private static string Query(IEnumerable<(string Name, string? Value)> filters) =>
        string.Join('&', filters.Where(f => f.Value is not null).Select(f => $"{f.Name}={Uri.EscapeDataString(f.Value!)}"));

    private async Task<RunDocument> VerbAsync(RunId run, string verb, VerbBody body, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, $"{Runs}/{run}:{verb}") { Content = JsonContent.Create(body, options: RunDocuments.Json) };
        return await SendAsync<RunDocument>(message, cancellationToken);
    }

    private async Task<T> GetJsonAsync<T>(string path, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync<T>(message, cancellationToken);
    }

    private async Task<T> SendAsync<T>(HttpRequestMessage message, CancellationToken cancellationToken, HttpStatusCode? alsoGood = null)
    {
        try
        {
            using var response = await http.SendAsync(message, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            if (response.IsSuccessStatusCode || response.StatusCode == alsoGood) return JsonSerializer.Deserialize<T>(text, RunDocuments.Json) ?? throw new JsonException("null");
            throw new OptimizeProblemException(ProblemOf((int)response.StatusCode, text));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new NodeUnreachableException($"no answer from the node at {http.BaseAddress}: {Why(e)}", e);
        }
        catch (JsonException e)
        {
            throw new NodeUnreachableException($"what answers at {http.BaseAddress} is no milvus-optimize node: {e.Message.Split(" Path:")[0]}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NodeUnreachableException($"no answer from the node at {http.BaseAddress} within {http.Timeout.TotalSeconds} s", e);
        }
    }

    // .NET says of TLS that the reason stands further inside.
    private static string Why(Exception e) => e is { InnerException: { } inner } && e.Message.Contains("see inner exception", StringComparison.Ordinal)
        ? $"{e.Message.Replace(", see inner exception.", "", StringComparison.Ordinal)}: {Why(inner)}"
        : e.Message;

    private static OptimizeProblem ProblemOf(int status, string text)
    {
        var body = JsonSerializer.Deserialize<ProblemBody>(text, RunDocuments.Json);
        if (body?.Code is null) throw new JsonException($"status {status} without a problem's code");
        var holder = body.RunId is { } id && RunId.LooksLike(id) ? RunId.Parse(id) : null;
        return new(body.Code, body.Detail, body.Retryable, holder, body.MilvusCode);
    }
}
