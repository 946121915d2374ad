using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Milvus.Optimize.Contracts.Tests;
using Milvus.Optimize.Management.Routes;

namespace Milvus.Optimize.Host.Tests;

/// <summary>The walk in docs/management.md, given to a shell as it stands, against a node in a process of its own.</summary>
public sealed partial class ManagementWalkTests
{
    private static readonly string Walk = string.Join('\n', Blocks().Matches(Repository.Read("docs/management.md")).Select(m => m.Groups[1].Value));

    [Fact]
    public void It_calls_every_route() => Assert.All(RouteTable.All, rule => Assert.Matches(
        Regex.Escape(rule.Pattern).Replace("\\{id}:cancel", "\\$RUN:\\$verb").Replace("\\{id}:abandon", "\\$RUN:\\$verb").Replace("\\{id}:retry", "\\$RUN:\\$verb")
            .Replace("\\{id}", "\\$RUN").Replace("\\{cluster}", "\\$CLUSTER").Replace("\\{database}", "default").Replace("\\{name}", "books").Replace("\\{code}", "run-conflict").Replace("\\{key}", "\\$ID"),
        Walk));

    [CurlFact]
    public async Task It_works_as_it_stands()
    {
        await using var folder = await CommandFolder.OpenAsync(speed: 10);
        folder.Start("node", "--listen", "http://127.0.0.1:0");
        await folder.UntilAsync(() => folder.Said.Any(l => l.Contains(" serves ", StringComparison.Ordinal)));
        var (url, key) = (Url().Match(string.Join('\n', folder.Said)).Groups[1].Value.TrimEnd('/'), Key().Match(string.Join('\n', folder.Said)).Value);

        // Over the socket alone a command may bring a Milvus.
        await folder.EndAsync(folder.OptimizeAs("books", "--no-wait", "--key", "load-1182"));
        using var http = new HttpClient { BaseAddress = new(url), DefaultRequestHeaders = { Authorization = new("Bearer", key) } };
        var clusters = (await http.GetFromJsonAsync<JsonObject>("/api/v1/clusters"))!["clusters"]!.AsArray();
        var (exit, output) = await ShellAsync(folder, url, key, clusters.Single()!["name"]!.GetValue<string>());
        Assert.True(exit == 0, output);
        foreach (var seen in (string[])["\"status\":\"ok\"", "\"openapi\": \"3.1.0\"", "# run-conflict", "\"wouldMerge\":", "event: run", "\"state\":\"Succeeded\"", "\"event\":\"Ended\"", "# books: Succeeded", "invalid-state-transition"])
            Assert.Contains(seen, output, StringComparison.Ordinal);
        Assert.Single(folder.Triggers);
    }

    private static async Task<(int Exit, string Output)> ShellAsync(CommandFolder folder, string url, string key, string cluster)
    {
        using var place = new TemporaryFolder();
        var start = new ProcessStartInfo("bash", ["-ec", $"exec 2>&1\n{Walk}"]) { WorkingDirectory = place.Path, RedirectStandardOutput = true };
        foreach (var (name, value) in new[] { ("URL", url), ("KEY", key), ("CLUSTER", cluster) }) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(folder.Over.Token);
            await process.WaitForExitAsync(folder.Over.Token);
            return (process.ExitCode, output);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    [GeneratedRegex("^```sh\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Blocks();

    [GeneratedRegex(" serves (\\S+)")]
    private static partial Regex Url();

    [GeneratedRegex("mok_[a-z2-7]{10}_[A-Za-z0-9_-]{43}")]
    private static partial Regex Key();
}
