using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Time.Testing;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Management.Routes;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.Tests;

public sealed class SecurityTests : IAsyncLifetime
{
    private const string Runs = "/api/v1/runs";
    private readonly FakeTimeProvider _time = new(Documents.Start);
    private RouteServer _server = null!;

    public async Task InitializeAsync() => _server = await RouteServer.StartAsync(time: _time);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public void Every_endpoint_has_a_rule_and_every_rule_an_endpoint()
    {
        var rules = _server.Endpoints.Select(e => e.Metadata.GetMetadata<RouteRule>()).ToList();
        Assert.DoesNotContain(null, rules);
        Assert.Equal([.. RouteTable.All, .. RouteTable.OtherMethods, RouteTable.Unknown, RouteTable.UnknownElsewhere], rules);
        Assert.Equal(rules.Select(r => r!.Pattern), _server.Endpoints.Cast<RouteEndpoint>().Select(e => e.RoutePattern.RawText));
    }

    [Fact]
    public void What_changes_something_needs_an_operator_and_only_what_says_nothing_of_runs_is_open()
    {
        Assert.All(RouteTable.All.Where(r => r.Changes), r => Assert.True(r.Role >= Role.Operator, r.Operation));
        Assert.All(RouteTable.All.Where(r => r.Role is null), r => Assert.DoesNotContain(RouteTable.Api, r.Pattern, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Basic dTpw")]
    [InlineData("Bearer ")]
    [InlineData("Bearer mok_aaaaaaaaaa_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Without_a_valid_key_the_answer_is_401_and_nothing_was_asked(string? header)
    {
        var answer = await GetAsync(Runs, header is null ? null : AuthenticationHeaderValue.Parse(header));
        Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), (answer.StatusCode, answer.Headers.WwwAuthenticate.Single().Scheme));
        Assert.Equal("unauthenticated", await CodeAsync(answer));
        Assert.Empty(_server.Runs.Calls);
    }

    [Fact]
    public async Task A_key_is_good_until_it_expires()
    {
        var bearer = await _server.BearerAsync(Role.Viewer, expiresAfter: TimeSpan.FromHours(1));
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(Runs, bearer)).StatusCode);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(Runs, bearer)).StatusCode);
    }

    [Fact]
    public async Task A_revoked_key_ends_at_once_though_another_process_revoked_it()
    {
        var bearer = await _server.BearerAsync(Role.Viewer);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(Runs, bearer)).StatusCode);
        await new ApiKeyFile(_server.KeyPath, _time).RevokeAsync(ApiKeyText.TryParse(bearer.Parameter!)!.Id, default);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(Runs, bearer)).StatusCode);
    }

    [Fact]
    public async Task A_viewer_starts_nothing_and_the_answer_names_the_role()
    {
        var answer = await SendAsync(HttpMethod.Post, Runs, await _server.BearerAsync(Role.Viewer), """{"cluster":"c1","collection":"books"}""");
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        var problem = await JsonAsync(answer);
        Assert.Contains("needs the role operator", problem["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Empty(_server.Runs.Calls);
    }

    [Theory]
    [InlineData("c1/default/book*", HttpStatusCode.Accepted)]
    [InlineData("c?/*/books", HttpStatusCode.Accepted)]
    [InlineData("c2", HttpStatusCode.Forbidden)]
    [InlineData("c1/other", HttpStatusCode.Forbidden)]
    [InlineData("c1/default/ook", HttpStatusCode.Forbidden)]
    public async Task A_start_is_held_to_the_scope_of_its_key(string scope, HttpStatusCode status) => Assert.Equal(
        status, (await SendAsync(HttpMethod.Post, Runs, await _server.BearerAsync(Role.Operator, scope), """{"cluster":"c1","collection":"books"}""")).StatusCode);

    [Theory]
    [InlineData("simulator/default/books", HttpStatusCode.OK)]
    [InlineData("other", HttpStatusCode.Forbidden)]
    [InlineData("simulator/default/movies", HttpStatusCode.Forbidden)]
    public async Task A_run_is_held_to_the_scope_of_the_key_though_its_id_names_no_collection(string scope, HttpStatusCode status)
    {
        var bearer = await _server.BearerAsync(Role.Operator, scope);
        Assert.Equal(status, (await GetAsync($"{Runs}/{Documents.Run}", bearer)).StatusCode);
        Assert.Equal(status, (await SendAsync(HttpMethod.Post, $"{Runs}/{Documents.Run}:cancel", bearer, """{"reason":"why"}""")).StatusCode);
        Assert.Equal(status == HttpStatusCode.OK, _server.Runs.Calls.Contains("cancel why"));
    }

    [Fact]
    public async Task A_list_is_narrowed_to_the_scope()
    {
        await GetAsync(Runs, await _server.BearerAsync(Role.Viewer, "c1/default/b*"));
        Assert.Equal(CollectionScope.Parse("c1/default/b*"), _server.Runs.Listed!.Within);
    }

    [Fact]
    public async Task Changes_and_refusals_are_audited_without_the_key()
    {
        var bearer = await _server.BearerAsync(Role.Operator, "simulator");
        await GetAsync(Runs, bearer);
        await SendAsync(HttpMethod.Post, $"{Runs}/{Documents.Run}:cancel", bearer, """{"reason":"too slow"}""");
        await SendAsync(HttpMethod.Post, Runs, bearer, """{"cluster":"c1","collection":"books"}""");
        await GetAsync(Runs, new("Bearer", "mok_aaaaaaaaaa_wrong"));
        var lines = File.ReadAllLines(_server.AuditPath).Select(l => JsonSerializer.Deserialize<AuditEntry>(l, JsonSerializerOptions.Web)!).ToList();
        Assert.Equal([("cancelRun", 200, null), ("startRun", 403, "permission-denied"), ("listRuns", 401, "unauthenticated")], lines.Select(l => (l.Operation, l.Status, l.Code)));
        Assert.Equal((Documents.Run, "too slow", "127.0.0.1"), (lines[0].Target, lines[0].Reason, lines[0].Remote));
        Assert.Contains(ApiKeyText.TryParse(bearer.Parameter!)!.Id, lines[0].Caller, StringComparison.Ordinal);
        Assert.Equal("c1/default/books", lines[1].Target);
        Assert.Equal("-", lines[2].Caller);
        Assert.DoesNotContain(bearer.Parameter!.Split('_', 3)[2], File.ReadAllText(_server.AuditPath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flood_of_bad_keys_is_turned_away_and_does_not_fill_the_audit_log()
    {
        await using var server = await RouteServer.StartAsync(options: new() { RefusalsPerSecond = 1000 }, time: _time);
        server.Tcp.DefaultRequestHeaders.Authorization = null;
        for (var i = 0; i < 100; i++) await server.Tcp.GetAsync(Runs);
        for (var i = 0; i < 5; i++) await server.Tcp.PostAsync("/api/v1/nothing/here", null);
        Assert.Equal(60, File.ReadAllLines(server.AuditPath).Length);
        await using var strict = await RouteServer.StartAsync(options: new() { RefusalsPerSecond = 1 });
        var good = strict.Tcp.DefaultRequestHeaders.Authorization;
        Assert.Equal(HttpStatusCode.OK, (await strict.Tcp.GetAsync(Runs)).StatusCode);
        strict.Tcp.DefaultRequestHeaders.Authorization = null;
        var last = HttpStatusCode.OK;
        for (var i = 0; i < 50 && last != HttpStatusCode.TooManyRequests; i++) last = (await strict.Tcp.GetAsync(Runs)).StatusCode;
        Assert.Equal(HttpStatusCode.TooManyRequests, last);
        strict.Tcp.DefaultRequestHeaders.Authorization = good;
        Assert.Equal(HttpStatusCode.OK, (await strict.Tcp.GetAsync(Runs)).StatusCode);

        // A good key that nobody has seen yet waits until the address has a refusal left.
        strict.Tcp.DefaultRequestHeaders.Authorization = await strict.BearerAsync(Role.Viewer);
        using var over = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((last = (await strict.Tcp.GetAsync(Runs, over.Token)).StatusCode) == HttpStatusCode.TooManyRequests) await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, over.Token);
        Assert.Equal(HttpStatusCode.OK, last);
    }

    [Fact]
    public async Task A_key_that_is_used_too_often_is_429()
    {
        await using var server = await RouteServer.StartAsync(options: new() { CallsPerSecond = 1 });
        var last = HttpStatusCode.OK;
        for (var i = 0; i < 50 && last != HttpStatusCode.TooManyRequests; i++) last = (await server.Tcp.GetAsync(Runs)).StatusCode;
        Assert.Equal(HttpStatusCode.TooManyRequests, last);
    }

    [Fact]
    public async Task Anonymous_asks_for_no_key_but_not_under_somebody_elses_name()
    {
        await using var server = await RouteServer.StartAsync(options: new() { Anonymous = true });
        server.Tcp.DefaultRequestHeaders.Authorization = null;
        Assert.Equal(HttpStatusCode.OK, (await server.Tcp.GetAsync(Runs)).StatusCode);
        using var rebound = new HttpRequestMessage(HttpMethod.Get, Runs) { Headers = { Host = "evil.example" } };
        Assert.Equal(HttpStatusCode.Forbidden, (await server.Tcp.SendAsync(rebound)).StatusCode);
    }

    [Fact]
    public async Task A_page_of_another_origin_is_refused_with_a_good_key_too()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Runs) { Headers = { { "Origin", "https://evil.example" } } };
        Assert.Equal(HttpStatusCode.Forbidden, (await _server.Tcp.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("/healthz", HttpStatusCode.OK)]
    [InlineData("/api/v1/nothing/here", HttpStatusCode.NotFound)]
    public async Task What_is_open_needs_no_key(string path, HttpStatusCode status) => Assert.Equal(status, (await GetAsync(path, null)).StatusCode);

    private Task<HttpResponseMessage> GetAsync(string path, AuthenticationHeaderValue? bearer) => SendAsync(HttpMethod.Get, path, bearer, null);

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, AuthenticationHeaderValue? bearer, string? body)
    {
        using var client = new HttpClient { BaseAddress = _server.Tcp.BaseAddress };
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body) };
        request.Headers.Authorization = bearer;
        return await client.SendAsync(request);
    }

    private static async Task<string> CodeAsync(HttpResponseMessage answer) => (await JsonAsync(answer))["code"]!.GetValue<string>();

    private static async Task<JsonObject> JsonAsync(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
}
