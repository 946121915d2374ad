using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using Milvus.Optimize.Client;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Contracts.Tests;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Management;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.Tests;

public sealed class MoreRouteTests : IAsyncLifetime
{
    private const string Runs = "/api/v1/runs";
    private const string Books = "/api/v1/clusters/c1/databases/default/collections/books";

    private RouteServer _server = null!;

    public async Task InitializeAsync() => _server = await RouteServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"targetSize":"auto"}""")]
    public async Task A_collection_is_optimized_by_its_path(string body)
    {
        var answer = await PostAsync($"{Books}:optimize", body);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(new(new("c1"), "default", "books"), _server.Runs.Started!.Collection);
        Assert.False(_server.Runs.Started.FailIfLive);
    }

    [Theory]
    [InlineData("""{"cluster":"c2"}""", "/cluster")]
    [InlineData("""{"collection":"books"}""", "/collection")]
    [InlineData("""{"target":{"simulator":true}}""", "/target")]
    public async Task What_the_path_names_is_not_named_in_the_body(string body, string at) =>
        Assert.Equal(at, (await JsonAsync(await PostAsync($"{Books}:optimize", body), 400))["errors"]![0]!["at"]!.GetValue<string>());

    [Fact]
    public async Task On_conflict_fail_reaches_the_run()
    {
        await PostAsync($"{Books}:optimize", """{"onConflict":"fail"}""");
        Assert.True(_server.Runs.Started!.FailIfLive);
    }

    [Fact]
    public async Task Validate_only_starts_nothing_and_says_what_a_run_would_find()
    {
        var plan = await JsonAsync(await PostAsync($"{Books}:optimize", """{"validateOnly":true}"""), 200);
        Assert.True(plan["wouldMerge"]!.GetValue<bool>());
        Assert.Empty(_server.Runs.Calls);
    }

    [Fact]
    public async Task An_alias_does_not_lead_out_of_a_keys_scope()
    {
        using var client = new HttpClient { BaseAddress = _server.Tcp.BaseAddress, DefaultRequestHeaders = { Authorization = await _server.BearerAsync(Role.Operator, "c1/default/books*") } };
        Assert.Equal(HttpStatusCode.Forbidden, (await client.PostAsync("/api/v1/clusters/c1/databases/default/collections/books_alias:optimize", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("/api/v1/clusters/c1/databases/default/collections/books_alias")).StatusCode);
        Assert.Empty(_server.Runs.Calls);
        Assert.Equal(HttpStatusCode.Accepted, (await client.PostAsync($"{Books}:optimize", null)).StatusCode);
    }

    [Fact]
    public async Task Pages_of_runs_follow_each_other()
    {
        _server.Runs.Page = [.. Enumerable.Range(0, 5).Select(i => Documents.Running($"simulator.4601.01J9ZK3N5W8Q000000000000{9 - i}A"))];
        var (seen, token, pages) = (new List<string>(), (string?)"", 0);
        while (token is not null)
        {
            var page = await JsonAsync(await _server.Http.GetAsync($"{Runs}?pageSize=2{(token == "" ? "" : $"&pageToken={token}")}"), 200);
            seen.AddRange(page["runs"]!.AsArray().Select(r => r!["id"]!.GetValue<string>()));
            (token, pages) = (page["nextPageToken"]?.GetValue<string>(), pages + 1);
        }

        Assert.Equal(_server.Runs.Page.Select(r => r.Id), seen);
        Assert.Equal(3, pages);
    }

    [Theory]
    [InlineData(1200, 1200)]
    [InlineData(5000, 1203)]
    [InlineData(1, 1)]
    public async Task A_client_reads_all_runs_however_many_calls_that_takes(int limit, int expected)
    {
        _server.Runs.Page = [.. Enumerable.Range(0, 1203).Select(i => Documents.Running($"simulator.4601.01J9ZK3N5W8Q00000000{9999 - i:D4}AA"))];
        var all = await new HttpOptimizeRuns(_server.Http).ListAllAsync(new(Limit: limit), default);
        Assert.Equal(_server.Runs.Page.Take(expected).Select(r => r.Id), all.Select(r => r.Id));
    }

    [Fact]
    public async Task Every_filter_of_a_list_arrives()
    {
        await _server.Http.GetAsync($"{Runs}?collection=book*&state=Failed&since=2026-10-01T02:14:07Z&until=2026-10-02");
        Assert.Equal(
            new RunQuery(Collection: "book*") { State = "Failed", Since = new(2026, 10, 1, 2, 14, 7, TimeSpan.Zero), Until = new(2026, 10, 2, 0, 0, 0, TimeSpan.Zero) },
            _server.Runs.Listed);
    }

    [Fact]
    public async Task A_timeline_is_read_on_from_where_it_was_left()
    {
        _server.Milvus.Events = Stored();
        var first = await JsonAsync(await _server.Http.GetAsync($"{Runs}/{Documents.Run}/timeline?pageSize=2"), 200);
        Assert.Equal(["Started", "Joined"], first["events"]!.AsArray().Select(e => e!["event"]!.GetValue<string>()));
        var rest = await JsonAsync(await _server.Http.GetAsync($"{Runs}/{Documents.Run}/timeline?after={first["nextAfter"]}&pageSize=500"), 200);
        Assert.Equal(_server.Milvus.Events.Length - 2, rest["events"]!.AsArray().Count);
        Assert.All(rest["events"]!.AsArray(), e => Assert.NotEmpty(e!["message"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_timeline_of_no_run_is_404()
    {
        _server.Runs.Problem = new(OptimizeProblem.NotFound, "there is no run");
        await JsonAsync(await _server.Http.GetAsync($"{Runs}/{Documents.Run}/timeline"), 404);
    }

    [Fact]
    public async Task A_report_has_the_segments_before_and_after_and_the_plans()
    {
        (_server.Milvus.Events, _server.Runs.Now) = (Stored(), Documents.Succeeded());
        var report = await JsonAsync(await _server.Http.GetAsync($"{Runs}/{Documents.Run}/report"), 200);
        Assert.Equal(["1", "2", "3"], report["segmentsBefore"]!.AsArray().Select(s => s!["id"]!.GetValue<string>()));
        Assert.NotEmpty(report["segmentsAfter"]!.AsArray());
        Assert.Equal("""{"sources":["3","10"],"targets":["11"],"failureReason":""}""", report["rounds"]![1]!["plans"]![0]!.ToJsonString());
        Assert.Equal(72.0, report["tookSeconds"]!.GetValue<double>());
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Runs}/{Documents.Run}/report") { Headers = { { "Accept", "text/markdown" } } };
        var text = await (await _server.Http.SendAsync(request)).Content.ReadAsStringAsync();
        Assert.StartsWith("# books: Succeeded\n", text, StringComparison.Ordinal);
        Assert.Contains("- 3 + 10 -> 11\n", text, StringComparison.Ordinal);
        Assert.Contains("| 7 | 3 -> 1 | 6,000 -> 11,000 |\n", text, StringComparison.Ordinal);
        Assert.Contains("- 16,000 rows rewritten\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_are_a_document_a_change_until_the_end()
    {
        _server.Runs.Next.Enqueue(Documents.Running());
        _server.Runs.Next.Enqueue(Documents.Running() with { Revision = 4 });
        _server.Runs.Next.Enqueue(Documents.Succeeded());
        var answer = await _server.Http.GetAsync($"{Runs}/{Documents.Run}/events");
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        var lines = (await answer.Content.ReadAsStringAsync()).Split('\n');
        Assert.Equal(["id: 3", "id: 4", "id: 9"], lines.Where(l => l.StartsWith("id:", StringComparison.Ordinal)));
        Assert.Equal("Succeeded", JsonNode.Parse(lines.Last(l => l.StartsWith("data:", StringComparison.Ordinal))["data: ".Length..])!["state"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("3", "id: 9")]
    [InlineData("9", null)]
    public async Task Who_comes_back_gets_what_is_newer_and_204_when_there_will_be_nothing(string last, string? first)
    {
        _server.Runs.Next.Enqueue(Documents.Succeeded());
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Runs}/{Documents.Run}/events") { Headers = { { "Last-Event-ID", last } } };
        var answer = await _server.Http.SendAsync(request);
        Assert.Equal(first is null ? HttpStatusCode.NoContent : HttpStatusCode.OK, answer.StatusCode);
        if (first is not null) Assert.StartsWith(first, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Streams_have_a_bound()
    {
        _server.Runs.Hangs = true;
        await using var server = await RouteServer.StartAsync(_server.Runs, new() { MaxWaiting = 1 });
        using var open = await server.Tcp.GetAsync($"{Runs}/{Documents.Run}/events", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, open.StatusCode);
        await JsonAsync(await server.Tcp.GetAsync($"{Runs}/{Documents.Run}/events"), 429);
    }

    [Fact]
    public async Task Clusters_say_whether_their_runs_are_held()
    {
        var clusters = (await JsonAsync(await _server.Http.GetAsync("/api/v1/clusters"), 200))["clusters"]!.AsArray();
        Assert.Equal([("c1", false), ("c2", true)], clusters.Select(c => (c!["name"]!.GetValue<string>(), c["held"]!.GetValue<bool>())));
    }

    [Fact]
    public async Task Collections_have_their_segments_and_their_last_run_page_by_page()
    {
        var first = await JsonAsync(await _server.Http.GetAsync("/api/v1/clusters/c1/collections?pageSize=3"), 200);
        Assert.Equal(["books", "movies", "secrets"], first["collections"]!.AsArray().Select(c => c!["name"]!.GetValue<string>()));
        Assert.Equal(6, first["collections"]![0]!["segments"]!["flushed"]!.GetValue<int>());
        Assert.Equal(Documents.Run, first["collections"]![0]!["lastRun"]!["id"]!.GetValue<string>());
        Assert.Equal("it does not answer", first["collections"]![1]!["trouble"]!.GetValue<string>());
        var rest = await JsonAsync(await _server.Http.GetAsync($"/api/v1/clusters/c1/collections?pageSize=3&pageToken={first["nextPageToken"]}"), 200);
        Assert.Equal("library", Assert.Single(rest["collections"]!.AsArray())!["database"]!.GetValue<string>());
        Assert.Null(rest["nextPageToken"]);
        var one = await JsonAsync(await _server.Http.GetAsync("/api/v1/clusters/c1/collections?database=default&collection=b*"), 200);
        Assert.Single(one["collections"]!.AsArray());
    }

    [Fact]
    public async Task Ready_is_what_the_node_says_of_itself()
    {
        Assert.Equal(HttpStatusCode.OK, (await _server.Http.GetAsync("/readyz")).StatusCode);
        _server.Runs.Status = new(false, "the journal is down");
        var answer = await _server.Http.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("the journal is down", (await answer.Content.ReadFromJsonAsync<JsonObject>())!["reason"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("\"0\"", 412)]
    [InlineData("\"0\", \"{0}\"", 200)]
    [InlineData("*", 200)]
    public async Task A_verb_that_names_another_revision_does_nothing(string seen, int status)
    {
        foreach (var verb in (string[])["cancel", "abandon", "retry"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/runs/{Documents.Run}:{verb}") { Content = new StringContent("""{"reason":"why"}""") };
            request.Headers.TryAddWithoutValidation("If-Match", seen.Replace("{0}", $"{_server.Runs.Now.Revision}", StringComparison.Ordinal));
            var answer = await JsonAsync(await _server.Http.SendAsync(request), status);
            Assert.Equal(status == 412 ? "revision-mismatch" : null, answer["code"]?.GetValue<string>());
            Assert.Equal(status == 200, _server.Runs.Calls.Any(c => c.StartsWith(verb, StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task Every_code_has_a_page_and_every_page_a_code()
    {
        var codes = typeof(OptimizeProblem).GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral).Select(f => (string)f.GetValue(null)!)
            .Concat([ProblemStatus.Internal, ProblemStatus.PayloadTooLarge, ProblemStatus.RevisionMismatch, ProblemStatus.MethodNotAllowed]).Concat(EndCodes()).Distinct().Order(StringComparer.Ordinal).ToList();
        var pages = Directory.GetFiles(Path.Combine(Repository.Root, "docs/problems"), "*.md").Select(f => Path.GetFileNameWithoutExtension(f)!).Where(f => f != "README");
        Assert.Equal(codes, pages.Order(StringComparer.Ordinal));
        foreach (var code in codes)
        {
            var answer = await _server.Http.GetAsync($"/problems/{code}");
            Assert.StartsWith($"# {code}\n", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        await JsonAsync(await _server.Http.GetAsync("/problems/none"), 404);
    }

    private static IEnumerable<string> EndCodes() =>
        from outcome in (RunOutcome[])[RunOutcome.Failed, RunOutcome.TimedOut, RunOutcome.Cancelled, RunOutcome.Abandoned]
        from reason in Enum.GetValues<RunEndReason>()
        where reason is not (RunEndReason.None or RunEndReason.NothingToMerge or RunEndReason.ServerDoesNotCompact or RunEndReason.Unverified or RunEndReason.CoverageIncomplete)
            && (reason != RunEndReason.OnRequest || outcome is RunOutcome.Cancelled or RunOutcome.Abandoned)
        select RunDocuments.ProblemCode(new(outcome, reason, ""));

    private static System.Collections.Immutable.ImmutableArray<StoredEvent> Stored() => [.. GoldenRuns.Merged.Select((e, i) => new StoredEvent(i + 1, e))];

    private Task<HttpResponseMessage> PostAsync(string path, string body) =>
        _server.Http.PostAsync(path, body.Length == 0 ? null : new StringContent(body, Encoding.UTF8, "application/json"));

    private static async Task<JsonObject> JsonAsync(HttpResponseMessage answer, int status)
    {
        Assert.Equal(status, (int)answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
    }
}
