using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Milvus.Optimize.Management.Routes;

namespace Milvus.Optimize.Host.Tests;

/// <summary>What an answer says beside its run: the node's time, and where to go on.</summary>
public sealed class ServedRunTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(Documents.Start.AddMinutes(7));
    private readonly ScriptedRuns _runs = new() { Now = Documents.Succeeded() };
    private RouteServer _server = null!;

    public async Task InitializeAsync() => _server = await RouteServer.StartAsync(_runs, time: _time);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_run_comes_with_the_time_and_with_links_that_lead_somewhere()
    {
        var run = (await _server.Http.GetFromJsonAsync<JsonObject>($"{RouteTable.Runs}/{Documents.Run}"))!;
        Assert.Equal(_time.GetUtcNow(), run["serverTime"]!.GetValue<DateTimeOffset>());
        var links = run["links"]!.AsObject();
        Assert.Equal(["self", "events", "timeline", "report", "collection"], links.Select(l => l.Key));
        foreach (var (name, link) in links) Assert.True((await _server.Http.GetAsync(link!.GetValue<string>())).IsSuccessStatusCode, $"{name}: {link}");
    }

    [Fact]
    public async Task So_do_a_start_a_verb_and_an_event()
    {
        var started = await _server.Http.PostAsJsonAsync(RouteTable.Runs, new { cluster = "c1", collection = "books" });
        var retried = await _server.Http.PostAsJsonAsync($"{RouteTable.Runs}/{Documents.Run}:retry", new { reason = "why" });
        var streamed = await _server.Http.GetStringAsync($"{RouteTable.Runs}/{Documents.Run}/events");
        foreach (var text in (string[])[await started.Content.ReadAsStringAsync(), await retried.Content.ReadAsStringAsync(), streamed])
            Assert.Contains($"\"self\":\"{RouteTable.Runs}/{Documents.Run}\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_with_signs_is_written_as_a_path_takes_it()
    {
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext { RequestServices = new OneService(_time) };
        var links = Management.Answers.Document(context, Documents.Succeeded() with { Collection = "a/b c" })["links"]!;
        Assert.EndsWith("/collections/a%2Fb%20c", links["collection"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private sealed class OneService(TimeProvider time) : IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType == typeof(TimeProvider) ? time : null;
    }
}
