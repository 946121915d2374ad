using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.Tests;

/// <summary>Keys over HTTP: made, listed and ended by an admin, within the admin's own scope.</summary>
public sealed class KeyRouteTests : IAsyncLifetime
{
    private const string Keys = "/api/v1/keys";
    private readonly FakeTimeProvider _time = new(Documents.Start);
    private RouteServer _server = null!;

    public async Task InitializeAsync() => _server = await RouteServer.StartAsync(time: _time);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_key_is_made_used_listed_without_its_secret_and_ended()
    {
        var answer = await SendAsync(HttpMethod.Post, Keys, null, """{"name":"ci","role":"operator","scope":"c1/default","expires":"P90D"}""");
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var made = await JsonAsync(answer, 201);
        Assert.Equal(("ci", "operator", "c1/default/*", true), (Text(made, "name"), Text(made, "role"), Text(made, "scope"), made["valid"]!.GetValue<bool>()));
        Assert.Equal(Documents.Start.AddDays(90), made["expiresAt"]!.GetValue<DateTimeOffset>());
        var (id, bearer) = (Text(made, "id"), new AuthenticationHeaderValue("Bearer", Text(made, "key")));
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(HttpMethod.Post, "/api/v1/runs", bearer, """{"cluster":"c1","collection":"books"}""")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(HttpMethod.Get, Keys, bearer)).StatusCode);

        var listed = await (await SendAsync(HttpMethod.Get, Keys)).Content.ReadAsStringAsync();
        Assert.Contains(id, listed, StringComparison.Ordinal);
        Assert.DoesNotContain(bearer.Parameter!.Split('_', 3)[2], listed, StringComparison.Ordinal);
        Assert.DoesNotContain("hash", listed, StringComparison.OrdinalIgnoreCase);

        var ended = await JsonAsync(await SendAsync(HttpMethod.Delete, $"{Keys}/{id}"), 200);
        Assert.Equal(Documents.Start, ended["revokedAt"]!.GetValue<DateTimeOffset>());
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(HttpMethod.Get, "/api/v1/runs", bearer)).StatusCode);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(ended.ToJsonString(), (await JsonAsync(await SendAsync(HttpMethod.Delete, $"{Keys}/{id}"), 200)).ToJsonString());
    }

    [Theory]
    [InlineData("c1/default/b*", "c1/default/books", true)]
    [InlineData("c1/default/b*", "c1/default/b*", true)]
    [InlineData("c1/default/b*", null, true)]
    [InlineData("c1/default/b*", "c1/default/*", false)]
    [InlineData("c1/default/b*", "c1", false)]
    [InlineData("c?/default/*", "c1/default/*", true)]
    [InlineData("c?/default/*", "c*/default/*", false)]
    [InlineData("c1", "*", false)]
    [InlineData("*", "*", true)]
    public async Task A_key_makes_none_that_reaches_further(string own, string? asked, bool may)
    {
        var admin = await _server.BearerAsync(Role.Admin, own);
        var before = (await _server.Keys.ListAsync(default)).Length;
        var answer = await SendAsync(HttpMethod.Post, Keys, admin, new JsonObject { ["name"] = "new", ["scope"] = asked }.ToJsonString());
        var body = await JsonAsync(answer, may ? 201 : 403);
        Assert.Equal(may ? 1 : 0, (await _server.Keys.ListAsync(default)).Length - before);
        if (may) Assert.Equal(CollectionScope.Parse(asked ?? own).ToString(), Text(body, "scope"));
    }

    [Fact]
    public async Task A_narrow_admin_sees_and_ends_only_what_is_within()
    {
        var (wide, within) = (Id(await _server.BearerAsync(Role.Viewer, "c1")), Id(await _server.BearerAsync(Role.Viewer, "c1/default/books")));
        var admin = await _server.BearerAsync(Role.Admin, "c1/default");
        var seen = (await JsonAsync(await SendAsync(HttpMethod.Get, Keys, admin), 200))["keys"]!.AsArray().Select(k => Text(k!, "id"));
        Assert.Equal([within, Id(admin)], seen);
        await JsonAsync(await SendAsync(HttpMethod.Delete, $"{Keys}/{wide}", admin), 403);
        Assert.Null((await _server.Keys.FindAsync(wide, default))!.RevokedAt);
        await JsonAsync(await SendAsync(HttpMethod.Delete, $"{Keys}/{within}", admin), 200);
    }

    [Theory]
    [InlineData("""{"name":""}""", "/name")]
    [InlineData("{}", "/name")]
    [InlineData("""{"name":"a\u0000b"}""", "/name")]
    [InlineData("""{"name":"a\u001b[2J"}""", "/name")]
    [InlineData("""{"name":"a\nb"}""", "/name")]
    [InlineData("""{"name":"x","role":"root"}""", "/role")]
    [InlineData("""{"name":"x","role":"2"}""", "/role")]
    [InlineData("""{"name":"x","scope":"a/b/c/d"}""", "/scope")]
    [InlineData("""{"name":"x","expires":"90d"}""", "/expires")]
    [InlineData("""{"name":"x","expires":"-P1D"}""", "/expires")]
    [InlineData("""{"name":"x","expires":"P99999D"}""", "/expires")]
    [InlineData("""{"name":"x","hash":"y"}""", "/hash")]
    public async Task A_bad_body_makes_nothing_and_says_where(string body, string at)
    {
        var before = (await _server.Keys.ListAsync(default)).Length;
        Assert.Equal(at, Text((await JsonAsync(await SendAsync(HttpMethod.Post, Keys, null, body), 400))["errors"]![0]!, "at"));
        Assert.Equal(before, (await _server.Keys.ListAsync(default)).Length);
    }

    [Fact]
    public async Task A_third_valid_key_of_one_name_is_refused()
    {
        foreach (var status in (int[])[201, 201, 400]) await JsonAsync(await SendAsync(HttpMethod.Post, Keys, null, """{"name":"ci"}"""), status);
    }

    [Fact]
    public async Task Pages_follow_each_other()
    {
        for (var i = 0; i < 4; i++) await _server.BearerAsync(Role.Viewer);
        var (seen, token) = (new List<string>(), (string?)"");
        while (token is not null)
        {
            var page = await JsonAsync(await SendAsync(HttpMethod.Get, $"{Keys}?pageSize=2{(token == "" ? "" : $"&pageToken={token}")}"), 200);
            seen.AddRange(page["keys"]!.AsArray().Select(k => Text(k!, "id")));
            token = page["nextPageToken"]?.GetValue<string>();
        }

        Assert.Equal((await _server.Keys.ListAsync(default)).Select(k => k.Id), seen);
    }

    [Fact]
    public async Task Making_ending_and_refusing_are_audited_without_the_secret()
    {
        var made = await JsonAsync(await SendAsync(HttpMethod.Post, Keys, null, """{"name":"ci","scope":"c1"}"""), 201);
        await SendAsync(HttpMethod.Delete, $"{Keys}/{Text(made, "id")}");
        await SendAsync(HttpMethod.Post, Keys, await _server.BearerAsync(Role.Admin, "c1"), """{"name":"more","scope":"*"}""");
        await SendAsync(HttpMethod.Post, Keys, await _server.BearerAsync(Role.Operator), """{"name":"more"}""");
        var audit = File.ReadAllText(_server.AuditPath);
        var lines = audit.Trim().Split('\n').Select(l => JsonNode.Parse(l)!).ToList();
        Assert.Equal([("createKey", 201), ("revokeKey", 200), ("createKey", 403), ("createKey", 403)], lines.Select(l => (Text(l, "operation"), l["status"]!.GetValue<int>())));
        Assert.Equal([$"key {Text(made, "id")} of ci, viewer on c1/*/*", $"key {Text(made, "id")} of ci", "key for */*/*"], lines.Take(3).Select(l => Text(l, "target")));
        Assert.DoesNotContain(Text(made, "key").Split('_', 3)[2], audit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nobody_is_asked_for_a_key_none_is_made_but_over_the_socket()
    {
        await using var server = await RouteServer.StartAsync(options: new() { Anonymous = true });
        server.Tcp.DefaultRequestHeaders.Authorization = null;
        var body = """{"name":"mine","role":"admin"}""";
        await JsonAsync(await server.Tcp.PostAsync(Keys, new StringContent(body)), 403);
        await JsonAsync(await server.Tcp.DeleteAsync($"{Keys}/{(await server.Keys.ListAsync(default))[0].Id}"), 403);
        await JsonAsync(await server.Http.PostAsync(Keys, new StringContent(body)), 201);
    }

    [Theory]
    [InlineData("aaaaaaaaaa", 404)]
    [InlineData("no-such-id", 400)]
    public async Task An_unknown_key_is_not_ended(string id, int status) => await JsonAsync(await SendAsync(HttpMethod.Delete, $"{Keys}/{id}"), status);

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, AuthenticationHeaderValue? bearer = null, string? body = null)
    {
        using var client = new HttpClient { BaseAddress = _server.Tcp.BaseAddress };
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body) };
        request.Headers.Authorization = bearer ?? _server.Tcp.DefaultRequestHeaders.Authorization;
        return await client.SendAsync(request);
    }

    private static string Id(AuthenticationHeaderValue bearer) => ApiKeyText.TryParse(bearer.Parameter!)!.Id;

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    private static async Task<JsonObject> JsonAsync(HttpResponseMessage answer, int status)
    {
        Assert.Equal(status, (int)answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
    }
}
