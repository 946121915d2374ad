using System.Text.Json.Nodes;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Contracts.Tests;
using Milvus.Optimize.Management.OpenApi;
using Milvus.Optimize.Management.Routes;

namespace Milvus.Optimize.Host.Tests;

public sealed class OpenApiTests : IAsyncLifetime
{
    private const string File = "docs/openapi.json";

    private RouteServer _server = null!;

    public async Task InitializeAsync() => _server = await RouteServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    /// <summary>With <c>MILVUS_OPTIMIZE_WRITE=1</c> in the environment it writes the copy instead.</summary>
    [Fact]
    public void The_document_is_the_one_that_is_checked_in()
    {
        var path = Path.Combine(Repository.Root, File);
        if (Environment.GetEnvironmentVariable("MILVUS_OPTIMIZE_WRITE") == "1") System.IO.File.WriteAllText(path, OpenApiDocument.Text());
        Assert.Equal(System.IO.File.ReadAllText(path), OpenApiDocument.Text());
    }

    /// <summary>The same. Written of the checked-in document, so after it: what is written in a run is read in the next.</summary>
    [Fact]
    public void The_reference_page_is_made_of_the_document()
    {
        var path = Path.Combine(Repository.Root, "docs/api.md");
        if (Environment.GetEnvironmentVariable("MILVUS_OPTIMIZE_WRITE") == "1") System.IO.File.WriteAllText(path, ApiReference.Text());
        Assert.Equal(System.IO.File.ReadAllText(path), ApiReference.Text());
        Assert.All(ApiDocument.Operations, o => Assert.Contains($"\n## {o.Id}\n\n`{o.Method} {o.Path}`", ApiReference.Text(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_document_is_served_and_names_every_route_with_its_role()
    {
        var served = JsonNode.Parse(await _server.Http.GetStringAsync("/openapi/v1.json"))!;
        Assert.Equal("3.1.0", served["openapi"]!.GetValue<string>());
        foreach (var rule in RouteTable.All)
        {
            var operation = served["paths"]![rule.Pattern]![rule.Method.ToLowerInvariant()]!;
            Assert.Equal(rule.Role?.ToString().ToLowerInvariant(), operation["x-role"]?.GetValue<string>());
            Assert.NotEmpty(rule.Summary);
            Assert.NotEmpty(rule.Gives);
        }

        Assert.Equal(RouteTable.All.Count, served["paths"]!.AsObject().Sum(p => p.Value!.AsObject().Count));
    }

    [Theory]
    [InlineData("getHealth", "GET", "/healthz")]
    [InlineData("getReadiness", "GET", "/readyz")]
    [InlineData("getProblem", "GET", "/problems/no-index")]
    [InlineData("getOpenApi", "GET", "/openapi/v1.json")]
    [InlineData("getMetrics", "GET", "/metrics")]
    [InlineData("listRuns", "GET", "/api/v1/runs")]
    [InlineData("listRuns", "GET", "/api/v1/runs?done=no")]
    [InlineData("startRun", "POST", "/api/v1/runs", """{"cluster":"c1","collection":"books"}""")]
    [InlineData("startRun", "POST", "/api/v1/runs", """{"cluster":"c1","collection":"books","validateOnly":true}""")]
    [InlineData("startRun", "POST", "/api/v1/runs", """{"collection":"books","x":1}""")]
    [InlineData("getRun", "GET", $"/api/v1/runs/{Documents.Run}")]
    [InlineData("getTimeline", "GET", $"/api/v1/runs/{Documents.Run}/timeline")]
    [InlineData("getReport", "GET", $"/api/v1/runs/{Documents.Run}/report")]
    [InlineData("streamRun", "GET", $"/api/v1/runs/{Documents.Run}/events")]
    [InlineData("cancelRun", "POST", $"/api/v1/runs/{Documents.Run}:cancel", """{"reason":"why"}""")]
    [InlineData("abandonRun", "POST", $"/api/v1/runs/{Documents.Run}:abandon", """{"reason":"why","freeLane":true}""")]
    [InlineData("retryRun", "POST", $"/api/v1/runs/{Documents.Run}:retry", """{"reason":"why"}""")]
    [InlineData("listClusters", "GET", "/api/v1/clusters")]
    [InlineData("listCollections", "GET", "/api/v1/clusters/c1/collections")]
    [InlineData("getCollection", "GET", "/api/v1/clusters/c1/databases/default/collections/books")]
    [InlineData("getCollection", "GET", "/api/v1/clusters/c1/databases/default/collections/nobody")]
    [InlineData("listKeys", "GET", "/api/v1/keys")]
    [InlineData("createKey", "POST", "/api/v1/keys", """{"name":"ci"}""")]
    [InlineData("createKey", "POST", "/api/v1/keys", """{"name":""}""")]
    [InlineData("revokeKey", "DELETE", "/api/v1/keys/aaaaaaaaaa")]
    [InlineData("optimizeCollection", "POST", "/api/v1/clusters/c1/databases/default/collections/books:optimize")]
    public async Task An_answer_is_as_the_document_says(string operation, string method, string path, string? body = null)
    {
        _server.Milvus.Events = [.. GoldenRuns.Merged.Select((e, i) => new StoredEvent(i + 1, e))];
        _server.Runs.Now = operation is "startRun" ? Documents.Running() : Documents.Succeeded();
        using var request = new HttpRequestMessage(new(method), path) { Content = body is null ? null : new StringContent(body) };
        Assert.Equal("", await AnswerSchemas.FaultAsync(operation, await _server.Tcp.SendAsync(request)));
    }

    [Fact]
    public void Every_state_of_a_run_fits_the_schema_and_something_else_does_not()
    {
        foreach (var run in GoldenRuns.All.Select(events => GoldenRuns.Document(events)).Append(Documents.Ended("Failed", "index-failed")))
            Assert.Equal("", AnswerSchemas.Fault(OpenApiSchemas.Reference("Run"), System.Text.Json.JsonSerializer.Serialize(run, RunDocuments.Json)));
        Assert.NotEqual("", AnswerSchemas.Fault(OpenApiSchemas.Reference("Run"), """{"id":"x"}"""));
    }
}
