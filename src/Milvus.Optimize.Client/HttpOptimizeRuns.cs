using System.Collections.Immutable;
using System.Globalization;
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
    public async Task<ImmutableArray<RunDocument>> ListAsync(RunQuery query, CancellationToken cancellationToken)
    {
        var filters = new (string Name, string? Value)[]
        {
            ("cluster", query.Cluster), ("database", query.Database), ("collection", query.Collection), ("done", query.Done?.ToString().ToLowerInvariant()),
            ("state", query.State), ("since", query.Since?.UtcDateTime.ToString("O")), ("until", query.Until?.UtcDateTime.ToString("O")),
            ("pageSize", query.Limit.ToString(CultureInfo.InvariantCulture)),
        };
        var parts = filters.Where(f => f.Value is not null).Select(f => $"{f.Name}={Uri.EscapeDataString(f.Value!)}");
        return (await GetJsonAsync<RunPage>($"{Runs}?{string.Join('&', parts)}", cancellationToken)).Runs;
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

    private async Task<T> SendAsync<T>(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.SendAsync(message, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            if (response.IsSuccessStatusCode) return JsonSerializer.Deserialize<T>(text, RunDocuments.Json) ?? throw new JsonException("null");
            throw new OptimizeProblemException(ProblemOf((int)response.StatusCode, text));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new NodeUnreachableException($"no answer from the node at {http.BaseAddress}: {e.Message}", e);
        }
        catch (JsonException e)
        {
            throw new NodeUnreachableException($"what answers at {http.BaseAddress} is no milvus-optimize node: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NodeUnreachableException($"no answer from the node at {http.BaseAddress} within {http.Timeout.TotalSeconds} s", e);
        }
    }

    private static OptimizeProblem ProblemOf(int status, string text)
    {
        var body = JsonSerializer.Deserialize<ProblemBody>(text, RunDocuments.Json);
        if (body?.Code is null) throw new JsonException($"status {status} without a problem's code");
        var holder = body.RunId is { } id && RunId.LooksLike(id) ? RunId.Parse(id) : null;
        return new(body.Code, body.Detail, body.Retryable, holder, body.MilvusCode);
    }
}
