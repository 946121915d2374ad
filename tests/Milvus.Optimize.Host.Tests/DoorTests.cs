using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Host.Nodes;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.Tests;

/// <summary>Names, origins, proxies and limits: what is looked at before anything else.</summary>
public sealed class DoorTests
{
    private const string Runs = "/api/v1/runs";

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("[::1]", true)]
    [InlineData("LOCALHOST", true)]
    [InlineData("", true)]
    [InlineData("optimize.example", true)]
    [InlineData("node-1.optimize.example", false)]
    [InlineData("a.b.other.example", true)]
    [InlineData("other.example", false)]
    [InlineData("evilother.example", false)]
    [InlineData("evil.example", false)]
    [InlineData("localhost.evil.example", false)]
    public void A_name_is_ours_where_it_is_an_address_this_machine_or_allowed(string host, bool ours) =>
        Assert.Equal(ours, Names.IsOurs(host, ["Optimize.example", "*.other.example"]));

    [Theory]
    [InlineData(false, Runs)]
    [InlineData(true, Runs)]
    [InlineData(false, "/healthz")]
    [InlineData(false, "/nothing")]
    public async Task Somebody_elses_name_is_refused_on_every_route_with_a_good_key_too(bool anonymous, string path)
    {
        await using var server = await RouteServer.StartAsync(options: new() { Anonymous = anonymous, AllowedHosts = ["optimize.example"] });
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(server, path, ("Host", "evil.example"))).StatusCode);
        Assert.NotEqual(HttpStatusCode.Forbidden, (await SendAsync(server, path, ("Host", "optimize.example"))).StatusCode);
        Assert.DoesNotContain(server.Runs.Calls, c => c != "list");
    }

    [Theory]
    [InlineData("127.0.0.1", "https://optimize.example", HttpStatusCode.OK)]
    [InlineData("127.0.0.0/8", "https://optimize.example", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", "https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("10.0.0.1", "https://optimize.example", HttpStatusCode.Forbidden)]
    [InlineData(null, "https://optimize.example", HttpStatusCode.Forbidden)]
    public async Task The_page_works_behind_a_proxy_that_ends_TLS_if_it_is_known(string? proxy, string origin, HttpStatusCode status)
    {
        await using var server = await RouteServer.StartAsync(options: new() { AllowedHosts = ["optimize.example"] }, proxies: proxy is null ? [] : [proxy]);
        var answer = await SendAsync(server, Runs, ("Host", "optimize.example"), ("Origin", origin), ("X-Forwarded-Proto", "https"));
        Assert.Equal(status, answer.StatusCode);
    }

    [Theory]
    [InlineData("127.0.0.1", "203.0.113.9")]
    [InlineData("10.0.0.1", "127.0.0.1")]
    public async Task Behind_a_known_proxy_the_caller_is_who_it_says(string proxy, string remote)
    {
        await using var server = await RouteServer.StartAsync(proxies: [proxy]);
        server.Tcp.DefaultRequestHeaders.Authorization = null;
        await SendAsync(server, Runs, ("X-Forwarded-For", "203.0.113.9"));
        Assert.Equal(remote, JsonNode.Parse(File.ReadAllText(server.AuditPath))!["remote"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("proxy.example")]
    [InlineData("10.0.0.1/99")]
    public void What_is_no_address_is_no_proxy(string text) => Assert.Throws<ParamException>(() => KnownProxies.Of([text]));

    [Fact]
    public async Task Bad_keys_are_refused_before_they_are_looked_up_and_who_got_in_lately_still_is()
    {
        var counted = (CountedKeys?)null;
        await using var server = await RouteServer.StartAsync(options: new() { RefusalsPerSecond = 1 }, count: keys => counted = new(keys));
        var good = server.Tcp.DefaultRequestHeaders.Authorization!;
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(server, Runs)).StatusCode);
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 200; i++)
        {
            server.Tcp.DefaultRequestHeaders.Authorization = new("Bearer", ApiKeyText.New().Reveal());
            statuses.Add((await SendAsync(server, Runs)).StatusCode);
        }

        // One permit comes back a second, and each lets one look-up through.
        var refused = statuses.Count(s => s == HttpStatusCode.Unauthorized);
        Assert.True(refused < 100, $"{refused} of 200 were answered 401");
        Assert.Equal(statuses.Count - refused, statuses.Count(s => s == HttpStatusCode.TooManyRequests));
        Assert.Equal(refused, counted!.Bad);

        server.Tcp.DefaultRequestHeaders.Authorization = good;
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(server, Runs)).StatusCode);
        await server.Keys.RevokeAsync(ApiKeyText.TryParse(good.Parameter!)!.Id, default);
        Assert.NotEqual(HttpStatusCode.OK, (await SendAsync(server, Runs)).StatusCode);
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/problems/internal")]
    [InlineData("/nothing")]
    [InlineData("/api/v1/nothing")]
    public async Task What_asks_for_no_key_has_a_limit_too(string path)
    {
        await using var server = await RouteServer.StartAsync(options: new() { OpenCallsPerSecond = 1 });
        var last = (HttpResponseMessage?)null;
        for (var i = 0; i < 50 && last?.StatusCode != HttpStatusCode.TooManyRequests; i++) last = await SendAsync(server, path);
        var problem = (await last!.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.Equal("""{"limit":"OpenCallsPerSecond","most":1}""", problem["facts"]!.ToJsonString());
        Assert.NotNull(last.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/healthz")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(server, Runs)).StatusCode);
    }

    [Fact]
    public async Task One_caller_cannot_take_all_the_places_that_wait()
    {
        var runs = new ScriptedRuns { Hangs = true };
        await using var server = await RouteServer.StartAsync(runs, new() { MaxWaiting = 4, MaxWaitingPerCaller = 2 });
        var open = new List<HttpResponseMessage>();
        try
        {
            foreach (var (key, statuses) in new (AuthenticationHeaderValue, int[])[]
            {
                (await server.BearerAsync(Role.Viewer), [200, 200, 429]), (await server.BearerAsync(Role.Viewer), [200, 200, 429]),
            })
            {
                server.Tcp.DefaultRequestHeaders.Authorization = key;
                foreach (var status in statuses)
                {
                    open.Add(await server.Tcp.GetAsync($"{Runs}/{Documents.Run}/events", HttpCompletionOption.ResponseHeadersRead));
                    Assert.Equal(status, (int)open[^1].StatusCode);
                }

                var limit = (await open[^1].Content.ReadFromJsonAsync<JsonObject>())!["facts"]!["limit"]!.GetValue<string>();
                Assert.Equal(open.Count > 3 ? "MaxWaiting" : "MaxWaitingPerCaller", limit);
            }
        }
        finally
        {
            open.ForEach(o => o.Dispose());
        }

        // Who leaves makes room.
        using var over = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var again = 429;
        while (again == 429)
        {
            using var answer = await server.Tcp.GetAsync($"{Runs}/{Documents.Run}/events", HttpCompletionOption.ResponseHeadersRead, over.Token);
            again = (int)answer.StatusCode;
        }

        Assert.Equal(200, again);
    }

    [Fact]
    public async Task A_role_that_is_missing_is_audited_with_who_it_was()
    {
        await using var server = await RouteServer.StartAsync();
        var viewer = await server.BearerAsync(Role.Viewer);
        server.Tcp.DefaultRequestHeaders.Authorization = viewer;
        await server.Tcp.PostAsync(Runs, new StringContent("{}"));
        Assert.Contains(ApiKeyText.TryParse(viewer.Parameter!)!.Id, JsonNode.Parse(File.ReadAllText(server.AuditPath))!["caller"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> SendAsync(RouteServer server, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        return await server.Tcp.SendAsync(request);
    }

    private sealed class CountedKeys(IApiKeys keys) : IApiKeys
    {
        private int _bad;

        public int Bad => _bad;

        public async ValueTask<ApiKey?> FindAsync(string id, CancellationToken cancellationToken)
        {
            var key = await keys.FindAsync(id, cancellationToken);
            if (key is null) Interlocked.Increment(ref _bad);
            return key;
        }

        public ValueTask<ImmutableArray<ApiKey>> ListAsync(CancellationToken cancellationToken) => keys.ListAsync(cancellationToken);

        public ValueTask<(ApiKey Key, ApiKeyText Text)> CreateAsync(string name, Role role, CollectionScope scope, TimeSpan? expiresAfter, CancellationToken cancellationToken) =>
            keys.CreateAsync(name, role, scope, expiresAfter, cancellationToken);

        public ValueTask<ApiKey> RevokeAsync(string id, CancellationToken cancellationToken) => keys.RevokeAsync(id, cancellationToken);
    }
}
