using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Milvus.Optimize.Contracts.Tests;
using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.Host.Tests;

/// <summary>The walk in docs/management.md, given to a shell as it stands, against a node in a process of its own.</summary>
public sealed partial class ManagementWalkTests
{
    private static readonly string Walk = string.Join('\n', Blocks().Matches(Repository.Read("docs/management.md")).Select(m => m.Groups[1].Value));

    /// <summary>Without a curl to see it work, at least that it is there.</summary>
    [Fact]
    public void It_has_every_operation() => Assert.All(ApiDocument.Operations, o => Assert.Matches(
        $"(?m)^{(o.Method == "GET" ? "(?!.* -X )" : $"(?=.* -X {o.Method} )")}.*\\$URL{Filled(o)}[\"? ]", Walk));

    [CurlFact]
    public async Task It_works_as_it_stands_and_each_operation_succeeds_with_an_answer_of_the_document()
    {
        await using var folder = await CommandFolder.OpenAsync(speed: 10);
        folder.Start("node", "--listen", "http://127.0.0.1:0");
        await folder.UntilAsync(() => folder.Said.Any(l => l.Contains(" serves ", StringComparison.Ordinal)));
        var (url, key) = (Url().Match(string.Join('\n', folder.Said)).Groups[1].Value.TrimEnd('/'), Key().Match(string.Join('\n', folder.Said)).Value);

        // Over the socket alone a command may bring a Milvus. Two triggers without an answer park a run.
        folder.Simulator.Control.ArmFault(new Hang("ManualCompaction") { Count = 2 });
        var (_, stuck) = await folder.EndAsync(folder.OptimizeAs("films"));
        Assert.Equal("NeedsOperator", stuck.State);
        await folder.EndAsync(folder.OptimizeAs("books", "--no-wait", "--key", "load-1182"));
        using var http = new HttpClient { BaseAddress = new(url), DefaultRequestHeaders = { Authorization = new("Bearer", key) } };
        var clusters = (await http.GetFromJsonAsync<JsonObject>("/api/v1/clusters"))!["clusters"]!.AsArray();
        using var place = new TemporaryFolder();
        var (exit, output) = await ShellAsync(folder, place, ("URL", url), ("KEY", key), ("CLUSTER", clusters.Single()!["name"]!.GetValue<string>()), ("STUCK", stuck.Id));
        Assert.True(exit == 0, output);
        foreach (var seen in (string[])["\"status\":\"ok\"", "\"openapi\": \"3.1.0\"", "# run-conflict", "\"wouldMerge\":", "event: run", "\"state\":\"Succeeded\"", "\"event\":\"Ended\"", "# books: Succeeded", "invalid-state-transition"])
            Assert.Contains(seen, output, StringComparison.Ordinal);

        var calls = RecordedCurl.Calls(place.Path);
        Assert.All(calls, call => Assert.Equal("", call.Fault()));
        Assert.Equal(ApiDocument.Operations.Select(o => o.Id).Order(StringComparer.Ordinal), calls.Where(c => c.Status is >= 200 and < 300).Select(c => c.Operation!.Id).Distinct().Order(StringComparer.Ordinal));
    }

    private static string Filled(ApiOperation operation) => Regex.Escape(operation.Path)
        .Replace("\\{id}:retry", "\\$STUCK:retry").Replace("\\{id}:abandon", "\\$STUCK:abandon").Replace("\\{id}:cancel", "\\$NEXT:cancel")
        .Replace("\\{id}", "\\$RUN").Replace("\\{cluster}", "\\$CLUSTER").Replace("\\{database}", "default").Replace("\\{name}", "books").Replace("\\{code}", "run-conflict").Replace("\\{key}", "\\$ID");

    private static async Task<(int Exit, string Output)> ShellAsync(CommandFolder folder, TemporaryFolder place, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("bash", ["-ec", $"exec 2>&1\n{Walk}"]) { WorkingDirectory = place.Path, RedirectStandardOutput = true };
        foreach (var (name, value) in variables) start.Environment[name] = value;
        RecordedCurl.Install(place.Path, start);
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
