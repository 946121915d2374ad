using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Host.Tests;

public sealed class RouteTests : IAsyncLifetime
{
    private const string Runs = "/api/v1/runs";
    private const string Books = """{"cluster":"c1","collection":"books"}""";

    private RouteServer _server = null!;

    public async Task InitializeAsync() => _server = await RouteServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_new_run_is_202_with_its_place_and_when_to_look_again()
    {
        var answer = await PostAsync(Runs, """{"cluster":"c1","database":"db1","collection":"books","targetSize":"2GB","flush":true,"force":true,"deadline":"PT2H"}""", ("Idempotency-Key", "k1"));
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal($"{Runs}/{Documents.Run}", answer.Headers.Location!.ToString());
        Assert.Equal(TimeSpan.FromSeconds(5), answer.Headers.RetryAfter!.Delta);
        Assert.Equal("\"3\"", answer.Headers.ETag!.Tag);
        var body = await JsonAsync(answer);
        Assert.False(body["joined"]!.GetValue<bool>());
        Assert.Equal("4601", body["collectionId"]!.GetValue<string>());
        Assert.Equal(
            new StartRequest(new(new("c1"), "db1", "books"), new(new(2048), true, true), "k1", TimeSpan.FromHours(2)), _server.Runs.Started);
    }

    [Fact]
    public async Task What_is_left_out_has_its_default()
    {
        await PostAsync(Runs, Books);
        var started = _server.Runs.Started!;
        Assert.Equal(new CollectionRef(new("c1"), "default", "books"), started.Collection);
        Assert.True(started.Parameters.TargetSize.IsAutomatic);
        Assert.Equal(TimeSpan.FromHours(24), started.Deadline);
        Assert.NotEmpty(started.Key);
    }

    [Fact]
    public async Task A_joined_run_is_200()
    {
        _server.Runs.Joined = true;
        var answer = await PostAsync(Runs, Books);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True((await JsonAsync(answer))["joined"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_run_that_ends_within_the_wait_is_200_and_each_change_on_the_way_is_polled_past()
    {
        _server.Runs.Next.Enqueue(Documents.Running() with { Revision = 4 });
        _server.Runs.Next.Enqueue(Documents.Succeeded());
        var answer = await PostAsync(Runs, Books, ("Prefer", "respond-async, wait=10"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("wait=10", answer.Headers.GetValues("Preference-Applied").Single());
        Assert.Equal("Succeeded", (await JsonAsync(answer))["state"]!.GetValue<string>());
        Assert.Contains(_server.Runs.Calls, c => c.StartsWith($"get {Documents.Run} 4 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wait_is_bounded_at_20_seconds()
    {
        await _server.Http.GetAsync($"{Runs}/{Documents.Run}?wait=600s&sinceRevision=7");
        Assert.Equal($"get {Documents.Run} 7 20", Assert.Single(_server.Runs.Calls));
    }

    [Fact]
    public async Task A_run_that_the_caller_has_seen_is_304()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Runs}/{Documents.Run}");
        request.Headers.IfNoneMatch.Add(new("\"3\""));
        Assert.Equal(HttpStatusCode.NotModified, (await _server.Http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task A_list_is_filtered_by_what_the_query_says()
    {
        var answer = await JsonAsync(await _server.Http.GetAsync($"{Runs}?cluster=c1&database=db1&collection=books&done=false&pageSize=7"));
        Assert.Equal(new RunQuery("c1", "db1", "books", false, 7), _server.Runs.Listed);
        Assert.Equal(Documents.Run, answer["runs"]![0]!["id"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("cancel", """{"reason":"why"}""", "cancel why")]
    [InlineData("abandon", """{"reason":"why","freeLane":true}""", "abandon why True")]
    [InlineData("abandon", """{"reason":"why"}""", "abandon why False")]
    [InlineData("retry", """{"reason":"why"}""", "retry why")]
    public async Task A_verb_reaches_its_run(string verb, string body, string call)
    {
        var answer = await PostAsync($"{Runs}/{Documents.Run}:{verb}", body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(call, Assert.Single(_server.Runs.Calls));
    }

    [Theory]
    [InlineData("""{"cluster":"c1","collection":"books","forse":true,"flsh":1}""", "/forse")]
    [InlineData("""{"target":{"address":"http://h","tokn":"t"},"collection":"books"}""", "/target/tokn")]
    [InlineData("""{"cluster":"c1","collection":"9books"}""", "/collection")]
    [InlineData("""{"cluster":"c1"}""", "/collection")]
    [InlineData("""{"cluster":"c1","collection":"books","database":""}""", "/database")]
    [InlineData("""{"cluster":"C 1","collection":"books"}""", "/cluster")]
    [InlineData("""{"collection":"books"}""", "/cluster")]
    [InlineData("""{"cluster":"c1","collection":"books","targetSize":"1XB"}""", "/targetSize")]
    [InlineData("""{"cluster":"c1","collection":"books","targetSize":"1KB"}""", "/targetSize")]
    [InlineData("""{"cluster":"c1","collection":"books","deadline":"24h"}""", "/deadline")]
    [InlineData("""{"cluster":"c1","collection":"books","deadline":"-PT1H"}""", "/deadline")]
    [InlineData("""{"cluster":"c1","collection":"books","flush":"yes"}""", "/flush")]
    [InlineData("""{"cluster":"c1","collection":"books","onConflict":"queue"}""", "/onConflict")]
    [InlineData("""{"cluster":"c1","collection":"books","deadline":"P10675199D"}""", "/deadline")]
    [InlineData("""{"cluster":"c1","target":{"simulator":true},"collection":"books"}""", "/cluster")]
    [InlineData("""{"target":{"address":"bad"},"collection":"books"}""", "/target")]
    [InlineData("""{"cluster":"c1","cluster":"c2","collection":"books"}""", null)]
    [InlineData("{", null)]
    [InlineData("null", "")]
    [InlineData("[]", "")]
    public async Task A_malformed_body_is_400_that_says_where_and_nothing_was_asked(string body, string? at)
    {
        var answer = await PostAsync(Runs, body);
        await AssertProblemAsync(answer, 400, "invalid-argument", at);
        Assert.Empty(_server.Runs.Calls);
    }

    [Fact]
    public async Task All_unknown_members_are_named()
    {
        var problem = await JsonAsync(await PostAsync(Runs, """{"cluster":"c1","collection":"books","a":1,"b":2}"""));
        Assert.Equal("unknown members: /a, /b", problem["detail"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("/x")]
    [InlineData("/simulator.4601.short?wait=1")]
    [InlineData($"/{Documents.Run}?wait=soon")]
    [InlineData($"/{Documents.Run}?sinceRevision=-2")]
    [InlineData("?pageSize=0")]
    [InlineData("?pageSize=501")]
    [InlineData("?done=maybe")]
    [InlineData("?collection=9")]
    [InlineData("?cluster=C")]
    [InlineData("?colection=books")]
    [InlineData("?state=x-y")]
    [InlineData("?since=yesterday")]
    [InlineData("?pageToken=x")]
    [InlineData("?pageToken=MTIzfHg")]
    public async Task A_malformed_query_is_400(string query)
    {
        await AssertProblemAsync(await _server.Http.GetAsync($"{Runs}{query}"), 400, "invalid-argument", null);
        Assert.Empty(_server.Runs.Calls);
    }

    [Theory]
    [InlineData("cancel", "{}")]
    [InlineData("cancel", """{"reason":"  "}""")]
    [InlineData("cancel", """{"reason":"a\u0000b"}""")]
    [InlineData("cancel", """{"reason":"why","freeLane":true}""")]
    [InlineData("abandon", """{"reason":"why","free":true}""")]
    public async Task A_verb_without_a_reason_or_with_too_much_is_400(string verb, string body)
    {
        await AssertProblemAsync(await PostAsync($"{Runs}/{Documents.Run}:{verb}", body), 400, "invalid-argument", null);
        Assert.Empty(_server.Runs.Calls);
    }

    [Fact]
    public async Task A_key_above_200_characters_is_400() =>
        await AssertProblemAsync(await PostAsync(Runs, Books, ("Idempotency-Key", new('k', 201))), 400, "invalid-argument", "Idempotency-Key");

    [Fact]
    public async Task A_huge_body_is_413() =>
        await AssertProblemAsync(await PostAsync(Runs, $$"""{"cluster":"{{new string('c', 70_000)}}"}"""), 413, "payload-too-large", null);

    [Theory]
    [InlineData(OptimizeProblem.InvalidArgument, 400)]
    [InlineData(OptimizeProblem.PermissionDenied, 403)]
    [InlineData(OptimizeProblem.NotFound, 404)]
    [InlineData(OptimizeProblem.ClusterNotConfigured, 404)]
    [InlineData(OptimizeProblem.RunConflict, 409)]
    [InlineData(OptimizeProblem.InvalidStateTransition, 409)]
    [InlineData(OptimizeProblem.Quarantined, 409)]
    [InlineData(OptimizeProblem.KeyReused, 422)]
    [InlineData(OptimizeProblem.RejectedByServer, 422)]
    [InlineData(OptimizeProblem.QueueFull, 429)]
    [InlineData(OptimizeProblem.MilvusUnavailable, 502)]
    [InlineData(OptimizeProblem.Unauthenticated, 502)]
    [InlineData(OptimizeProblem.Unavailable, 503)]
    [InlineData(OptimizeProblem.OutcomeUnknown, 504)]
    public async Task Every_problem_has_its_status_and_its_members(string code, int status)
    {
        _server.Runs.Problem = new(code, "do this", Retryable: true, RunId.Parse(Documents.Run), 65535);
        var answer = await PostAsync(Runs, Books);
        var body = await AssertProblemAsync(answer, status, code, null);
        Assert.Equal("do this", body["detail"]!.GetValue<string>());
        Assert.True(body["retryable"]!.GetValue<bool>());
        Assert.Equal(Documents.Run, body["runId"]!.GetValue<string>());
        Assert.Equal(65535, body["milvusCode"]!.GetValue<int>());
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Fact]
    public async Task A_bug_is_500_without_a_stack_trace()
    {
        _server.Runs.Failure = new InvalidOperationException("boom");
        var body = await AssertProblemAsync(await PostAsync(Runs, Books), 500, "internal", null);
        Assert.DoesNotContain("   at ", body["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_comes_over_the_local_socket_alone()
    {
        const string body = """{"target":{"address":"http://h:1","token":"t"},"collection":"books"}""";
        await AssertProblemAsync(await PostAsync(_server.Tcp, Runs, body), 400, "invalid-argument", "/target");
        Assert.Null(_server.Brought);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(Runs, body)).StatusCode);
        Assert.Equal("t", _server.Brought!.Token);
        Assert.Equal("brought", _server.Runs.Started!.Collection.Cluster.Value);
    }

    [Fact]
    public async Task Health_is_200() => Assert.Equal(HttpStatusCode.OK, (await _server.Http.GetAsync("/healthz")).StatusCode);

    private Task<HttpResponseMessage> PostAsync(string path, string body, params (string Name, string Value)[] headers) => PostAsync(_server.Http, path, body, headers);

    private static async Task<HttpResponseMessage> PostAsync(HttpClient http, string path, string body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await http.SendAsync(request);
    }

    private static async Task<JsonObject> JsonAsync(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonObject>())!;

    private static async Task<JsonObject> AssertProblemAsync(HttpResponseMessage answer, int status, string code, string? at)
    {
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        var body = await JsonAsync(answer);
        Assert.Equal((code, status), (body["code"]!.GetValue<string>(), body["status"]!.GetValue<int>()));
        Assert.Equal($"/problems/{code}", body["type"]!.GetValue<string>());
        Assert.NotNull(body["title"]);
        if (at is not null) Assert.Equal(at, body["errors"]![0]!["at"]!.GetValue<string>());
        return body;
    }
}
