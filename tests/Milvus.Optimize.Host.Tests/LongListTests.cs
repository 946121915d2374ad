using System.Globalization;
using System.Text.Json.Nodes;

namespace Milvus.Optimize.Host.Tests;

/// <summary>Lists of more runs than a page holds, of this machine's own node and of a server.</summary>
public sealed class LongListTests : IDisposable
{
    private const int Many = 1203;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly CommandRun _run = new();

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData(false, Many, "--all")]
    [InlineData(true, Many, "--all")]
    [InlineData(false, 501, "--limit", "501")]
    [InlineData(true, 501, "--limit", "501")]
    [InlineData(true, 500, "--limit", "500")]
    [InlineData(false, Many, "--limit", "1203")]
    [InlineData(true, Many, "--limit", "1203")]
    [InlineData(true, Many, "--limit", "5000")]
    [InlineData(true, 50)]
    public async Task Pages_are_followed_as_far_as_was_asked_and_who_gets_fewer_is_told(bool server, int expected, params string[] bound)
    {
        var newest = Enumerable.Range(1, Many).Select(n => string.Create(CultureInfo.InvariantCulture, $"simulator.4601.01J9ZK3N5W8Q{n:D14}")).Reverse().ToList();
        await using var endpoint = await RouteServer.StartAsync();
        endpoint.Runs.Page = _run.Runs.Page = [.. newest.Select(id => Documents.Succeeded(id))];
        string[] place = server ? ["--server", endpoint.Tcp.BaseAddress!.ToString(), "--api-key", endpoint.Tcp.DefaultRequestHeaders.Authorization!.Parameter!] : ["--state", _run.Folder.Path];
        foreach (var verb in (string[][])[["runs", "list"], ["history", "books"]])
        {
            using var run = new CommandRun();
            run.Runs.Page = _run.Runs.Page;
            Assert.Equal(0, await run.InvokeAsync([.. verb, .. bound, "-o", "jsonl", .. place]).WaitAsync(Bound));
            Assert.Equal(newest.Take(expected), run.Out.ToString().TrimEnd().Split('\n').Select(l => JsonNode.Parse(l)!["id"]!.GetValue<string>()));
            Assert.Equal(expected < Many, run.Error.ToString().Contains("there are more", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Every_form_has_all_of_them()
    {
        _run.Runs.Page = [.. Enumerable.Range(1, Many).Select(n => Documents.Succeeded(string.Create(CultureInfo.InvariantCulture, $"simulator.4601.01J9ZK3N5W8Q{n:D14}"))).Reverse()];
        Assert.Equal(0, await _run.InvokeHereAsync("runs", "list", "--all", "-o", "json").WaitAsync(Bound));
        Assert.Equal(Many, JsonNode.Parse(_run.Out.ToString())!.AsArray().Count);
        using var table = new CommandRun();
        table.Runs.Page = _run.Runs.Page;
        Assert.Equal(0, await table.InvokeHereAsync("runs", "list", "--all").WaitAsync(Bound));
        Assert.Equal(Many + 1, table.Out.ToString().TrimEnd().Split('\n').Length);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("many")]
    [InlineData("5", "--all")]
    public async Task A_bound_that_is_none_is_bad_usage(params string[] bound)
    {
        Assert.Equal(2, await _run.InvokeHereAsync(["runs", "list", "--limit", .. bound]));
        Assert.Contains("--limit", _run.Error.ToString(), StringComparison.Ordinal);
    }
}
