using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Management.OpenApi;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.Tests;

/// <summary>What a refusal tells beside its code: where, what to do, and the facts for programs; and what it does not tell.</summary>
public sealed class ProblemBodyTests : IAsyncLifetime
{
    private const string Runs = "/api/v1/runs";
    private const string Books = """{"cluster":"c1","collection":"books"}""";
    private RouteServer _server = null!;

    public async Task InitializeAsync() => _server = await RouteServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task It_names_the_call_and_says_what_its_page_says_to_do()
    {
        var problem = await ProblemAsync(await _server.Http.GetAsync($"{Runs}/x%20y"), 400);
        Assert.Equal($"{Runs}/x%20y", problem["instance"]!.GetValue<string>());
        var help = problem["help"]!.GetValue<string>();
        Assert.NotEmpty(help);
        var page = await _server.Http.GetStringAsync(problem["type"]!.GetValue<string>());
        Assert.Contains($"**What to do.** {help}", page.Replace('\n', ' '), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_conflict_has_the_run_in_the_way_with_its_parameters_and_age()
    {
        _server.Runs.VerbProblem = new(OptimizeProblem.RunConflict, "busy", Holder: RunId.Parse(Documents.Run));
        var problem = await ProblemAsync(await PostAsync(Runs, Books), 409);
        Assert.Equal(Documents.Run, problem["runId"]!.GetValue<string>());
        var facts = problem["facts"]!;
        Assert.Equal((Documents.Run, "WaitingForIndexes", "auto", false), (facts["run"]!.GetValue<string>(), facts["state"]!.GetValue<string>(), facts["targetSize"]!.GetValue<string>(), facts["force"]!.GetValue<bool>()));
        Assert.Equal(["cancel", "abandon"], facts["allowedVerbs"]!.AsArray().Select(v => v!.GetValue<string>()));
        Assert.True(facts["ageSeconds"]!.GetValue<long>() >= 0);
    }

    [Fact]
    public async Task A_verb_that_comes_too_late_is_told_the_state_and_the_verbs_that_are_left()
    {
        _server.Runs.VerbProblem = new(OptimizeProblem.InvalidStateTransition, "it has ended");
        _server.Runs.Now = Documents.Succeeded();
        var facts = (await ProblemAsync(await PostAsync($"{Runs}/{Documents.Run}:cancel", """{"reason":"why"}"""), 409))["facts"]!;
        Assert.Equal(("Succeeded", 9L, 0), (facts["state"]!.GetValue<string>(), facts["revision"]!.GetValue<long>(), facts["allowedVerbs"]!.AsArray().Count));
        _server.Runs.Now = Documents.Running() with { State = "NeedsOperator", Phase = "Paused" };
        facts = (await ProblemAsync(await PostAsync($"{Runs}/{Documents.Run}:cancel", """{"reason":"why"}"""), 409))["facts"]!;
        Assert.Equal(["abandon", "retry"], facts["allowedVerbs"]!.AsArray().Select(v => v!.GetValue<string>()));
    }

    [Theory]
    [InlineData(true, 409, "invalid-state-transition")]
    [InlineData(false, 404, "not-found")]
    public async Task A_run_that_is_not_its_collections_last_one_has_ended_and_is_not_missing(bool ended, int status, string code)
    {
        _server.Runs.VerbProblem = new(OptimizeProblem.NotFound, "the collection's current run is another one");
        _server.Runs.Now = ended ? Documents.Succeeded() : Documents.Running();
        Assert.Equal(code, (await ProblemAsync(await PostAsync($"{Runs}/{Documents.Run}:retry", """{"reason":"why"}"""), status))["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_role_that_is_missing_stands_in_the_facts()
    {
        using var client = new HttpClient { BaseAddress = _server.Tcp.BaseAddress, DefaultRequestHeaders = { Authorization = await _server.BearerAsync(Role.Viewer) } };
        var facts = (await ProblemAsync(await client.PostAsync(Runs, new StringContent(Books)), 403))["facts"]!;
        Assert.Equal("""{"operation":"startRun","needs":"operator","role":"viewer"}""", facts.ToJsonString());
    }

    [Fact]
    public async Task A_scope_that_is_too_narrow_stands_in_the_facts()
    {
        using var client = new HttpClient { BaseAddress = _server.Tcp.BaseAddress, DefaultRequestHeaders = { Authorization = await _server.BearerAsync(Role.Operator, "c2") } };
        var facts = (await ProblemAsync(await client.PostAsync(Runs, new StringContent(Books)), 403))["facts"]!;
        Assert.Equal("""{"scope":"c2/*/*","target":"c1/default/books"}""", facts.ToJsonString());
    }

    [Theory]
    [InlineData("POST", "/healthz", "GET")]
    [InlineData("DELETE", "/openapi/v1.json", "GET")]
    [InlineData("HEAD", "/problems/internal", "GET")]
    [InlineData("DELETE", Runs, "GET, POST")]
    [InlineData("PATCH", "/api/v1/keys", "GET, POST")]
    [InlineData("GET", $"{Runs}/{Documents.Run}:cancel", "POST")]
    public async Task A_method_that_a_path_does_not_have_is_405_with_those_that_it_has(string method, string path, string allow)
    {
        using var request = new HttpRequestMessage(new(method), path);
        var answer = await _server.Tcp.SendAsync(request);
        Assert.Equal(allow, string.Join(", ", answer.Content.Headers.Allow));
        if (method == "HEAD") Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        else Assert.Equal("method-not-allowed", (await ProblemAsync(answer, 405))["code"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("GET", "/nothing")]
    [InlineData("POST", "/")]
    [InlineData("GET", "/api/v2/runs")]
    [InlineData("GET", "/api/v1")]
    [InlineData("GET", "/api/v1/nothing/here")]
    [InlineData("POST", $"{Runs}/{Documents.Run}:explode")]
    public async Task What_is_not_there_is_a_problem_everywhere(string method, string path)
    {
        using var request = new HttpRequestMessage(new(method), path);
        Assert.Equal("not-found", (await ProblemAsync(await _server.Tcp.SendAsync(request), 404))["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_bug_tells_nothing_of_itself_but_its_trace()
    {
        _server.Runs.Failure = new InvalidOperationException("Host=db;Password=hunter2 boom");
        var text = await (await PostAsync(Runs, Books)).Content.ReadAsStringAsync();
        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        Assert.DoesNotContain("boom", text, StringComparison.Ordinal);
        Assert.NotEmpty(JsonNode.Parse(text)!["traceId"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_journal_that_cannot_be_read_tells_nothing_of_its_database()
    {
        _server.Milvus.Failure = new InvalidOperationException("Host=db;Password=hunter2");
        var text = await (await _server.Http.GetAsync($"{Runs}/{Documents.Run}/timeline")).Content.ReadAsStringAsync();
        Assert.Contains("the journal cannot be read", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> PostAsync(string path, string body) => _server.Http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

    private static async Task<JsonObject> ProblemAsync(HttpResponseMessage answer, int status)
    {
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        var body = (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.Equal("", AnswerSchemas.Fault(OpenApiSchemas.Reference("Problem"), body.ToJsonString()));
        return body;
    }
}
