using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Gateway.Tests;

/// <summary>Port 9091's list of compactions: read in both of its shapes, and an empty answer whatever goes wrong.</summary>
public sealed class ManagementPortTests
{
    private const string Entry = """{"plan_id":"9","collection_id":"42","type":"MixCompaction","state":"executing","start_time":"2026-01-02T03:04:05Z","input_segments":["1","2"],"node_id":"1"}""";

    [Theory]
    [InlineData(Entry)]
    [InlineData("""{"plan_id":9,"collection_id":42,"type":"MixCompaction","state":"executing","start_time":1767323045,"input_segments":[1,2]}""")]
    [InlineData("""{"collection_id":"42","type":"MixCompaction","state":"pipelining","start_time":"2026-01-02T05:04:05+02:00","input_segments":["1","2"]}""")]
    [InlineData("""{"collection_id":"42","type":"MixCompaction","state":"meta_saved","start_time":"2026-01-02T03:04:05.000Z","input_segments":["1","2"]}""")]
    public async Task Both_shapes_are_read(string entry)
    {
        var task = Assert.Single(await ListAsync(http => http.Response.WriteAsync($"[{entry}]")));
        Assert.Equal(("1,2", true, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)), (string.Join(',', task.Sources), task.AtWork, task.StartedAt));
    }

    [Theory]
    [InlineData("completed", false)]
    [InlineData("failed", false)]
    [InlineData("timeout", false)]
    [InlineData("cleaned", false)]
    [InlineData("statistic", true)]
    public void What_is_over_is_told_from_what_is_at_work(string state, bool atWork) => Assert.Equal(atWork, Assert.Single(Read(Entry.Replace("executing", state, StringComparison.Ordinal))).AtWork);

    [Theory]
    [InlineData("\"start_time\":\"2026-01-02T03:04:05Z\"", "\"start_time\":\"2026-01-02T03:04:05\"")]
    [InlineData("\"start_time\":\"2026-01-02T03:04:05Z\"", "\"start_time\":\"2026-01-02 03:04:05\"")]
    [InlineData("\"start_time\":\"2026-01-02T03:04:05Z\"", "\"start_time\":\"\"")]
    [InlineData("\"start_time\":\"2026-01-02T03:04:05Z\",", "")]
    [InlineData("\"start_time\":\"2026-01-02T03:04:05Z\"", "\"start_time\":9223372036854775807")]
    public void A_time_that_nobody_can_place_is_none(string old, string changed) => Assert.Null(Assert.Single(Read(Entry.Replace(old, changed, StringComparison.Ordinal))).StartedAt);

    [Theory]
    [InlineData("\"collection_id\":\"42\",", "")]
    [InlineData("\"collection_id\":\"42\"", "\"collection_id\":\"43\"")]
    [InlineData("\"collection_id\":\"42\"", "\"collection_id\":null")]
    [InlineData("\"collection_id\":\"42\"", "\"collection_id\":42.5")]
    [InlineData("MixCompaction", "Level0DeleteCompaction")]
    [InlineData("\"type\":\"MixCompaction\",", "")]
    [InlineData("executing", "unknown")]
    [InlineData("executing", "1")]
    [InlineData("executing", "resting")]
    [InlineData("\"state\":\"executing\",", "")]
    [InlineData("[\"1\",\"2\"]", "[]")]
    [InlineData("[\"1\",\"2\"]", "[\"1\",\"two\"]")]
    [InlineData("[\"1\",\"2\"]", "[\"1\",null]")]
    [InlineData("[\"1\",\"2\"]", "\"1\"")]
    [InlineData("\"input_segments\":[\"1\",\"2\"],", "")]
    public void An_entry_that_does_not_say_what_it_is_counts_for_nothing_and_the_next_one_does(string old, string changed)
    {
        Assert.Contains(old, Entry, StringComparison.Ordinal);
        Assert.Empty(Read(Entry.Replace(old, changed, StringComparison.Ordinal)));
        Assert.Single(Read($"{Entry.Replace(old, changed, StringComparison.Ordinal)},{Entry}"));
    }

    [Theory]
    [InlineData(200, "null")]
    [InlineData(200, "[]")]
    [InlineData(200, "")]
    [InlineData(200, "<html>")]
    [InlineData(200, "[1, \"a\", null, []]")]
    [InlineData(200, "{\"tasks\":[" + Entry + "]}")]
    [InlineData(200, "[" + Entry)]
    [InlineData(401, "[" + Entry + "]")]
    [InlineData(403, "[" + Entry + "]")]
    [InlineData(404, "[" + Entry + "]")]
    [InlineData(307, "[" + Entry + "]")]
    [InlineData(500, "[" + Entry + "]")]
    public async Task What_is_refused_or_odd_tells_nothing(int status, string body) => Assert.Empty(await ListAsync(http =>
    {
        http.Response.StatusCode = status;
        if (status == 307) http.Response.Headers.Location = "/again";
        return http.Response.WriteAsync(body);
    }));

    [Fact]
    public async Task So_does_one_that_is_too_long_or_too_slow_or_not_there()
    {
        Assert.Empty(await ListAsync(http => http.Response.WriteAsync($"[{Entry},\"{new string('x', 5 << 20)}\"]")));
        Assert.Empty(await ListAsync(http => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted), o => o with { CallTimeout = TimeSpan.FromMilliseconds(200) }));
        await using var nobody = Gateways.To(new Uri("http://127.0.0.1:1"), o => o with { ManagementAddress = new("http://127.0.0.1:1") });
        Assert.Empty(await nobody.ListTasksAsync(Gateways.Books, default));
        await using var none = Gateways.To(new Uri("http://127.0.0.1:1"));
        Assert.Empty(await none.ListTasksAsync(Gateways.Books, default));
    }

    [Fact]
    public async Task Only_who_asks_may_give_up()
    {
        using var over = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ListAsync(async http =>
        {
            await over.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted);
        }, cancellationToken: over.Token));
    }

    [Theory]
    [InlineData("http", "root:s3cret", true)]
    [InlineData("http", "apikey", false)]
    [InlineData("http", null, false)]
    [InlineData("https", "root:s3cret", false)]
    public async Task A_user_logs_in_unless_that_would_tell_the_password_to_everybody(string scheme, string? token, bool sent)
    {
        string? seen = null;
        var path = "";
        await ListAsync(http =>
        {
            (seen, path) = (http.Request.Headers.Authorization, http.Request.Path);
            return http.Response.WriteAsync("[]");
        }, o => o with { Address = new($"{scheme}://127.0.0.1:1"), Token = token });
        Assert.Equal("/api/v1/_dc/tasks/compaction", path);
        Assert.Equal(sent ? $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("root:s3cret"))}" : null, seen);
    }

    private static ImmutableArray<ListedTask> Read(string entries)
    {
        using var json = JsonDocument.Parse($"[{entries}]");
        return ManagementTasks.Of(json.RootElement, 42);
    }

    private static async Task<ImmutableArray<ListedTask>> ListAsync(
        Func<HttpContext, Task> answer, Func<MilvusConnectionOptions, MilvusConnectionOptions>? change = null, CancellationToken cancellationToken = default)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var app = builder.Build();
        app.Run(http => answer(http));
        await app.StartAsync(CancellationToken.None);
        await using var gateway = Gateways.To(new Uri("http://127.0.0.1:1"), o => (change?.Invoke(o) ?? o) with { ManagementAddress = new(app.Urls.Single()) });
        return await gateway.ListTasksAsync(Gateways.Books, cancellationToken);
    }
}
