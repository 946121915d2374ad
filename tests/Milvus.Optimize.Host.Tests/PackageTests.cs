using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Milvus.Optimize.Contracts.Tests;
using Milvus.Optimize.Storage.Tests;

namespace Milvus.Optimize.Host.Tests;

/// <summary>What <c>dotnet pack</c> makes, taken from a folder feed by a project and by <c>dotnet tool install</c>, neither of which sees the repository.</summary>
[Trait("Category", "Long")]
public sealed partial class PackageTests : IDisposable
{
    private readonly PackageFolder _folder = new();

    private string Tool => Path.Combine(_folder.Place("tool"), "milvus-optimize");

    private string Log => Path.Combine(_folder.Place("log"), "simulator.jsonl");

    private int Triggers => File.ReadLines(Log).Count(l => l.Contains("ManualCompaction", StringComparison.Ordinal));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_empty_project_embeds_the_endpoint_and_the_tool_runs_from_packages_alone()
    {
        await _folder.PackAsync();
        Check(_folder.Packages());
        await _folder.DotnetAsync("tool", "tool", "install", "Milvus.Optimize.Tool", "--tool-path", ".", "--version", _folder.Version);
        Assert.Contains("simulate", await _folder.RunAsync(Tool, "tool", "--help"), StringComparison.Ordinal);
        var milvus = await WordAsync(_folder.Start(Tool, "tool", "simulate", "--port", "0", "--speed", "20", "--log", Log), "listening on ");
        await EmbedAsync(milvus);
        Assert.Equal(1, Triggers);
        var said = await _folder.RunAsync(Tool, "tool", "optimize", "films", "--milvus", milvus, "--state", _folder.Place("state"));
        Assert.Contains("films: succeeded", said, StringComparison.Ordinal);
        Assert.Equal(2, Triggers);
    }

    private static void Check(IReadOnlyDictionary<string, PackageFolder.Package> packages)
    {
        Assert.Equal(
            [
                "Milvus.Optimize.Actors: Contracts", "Milvus.Optimize.Client: Contracts", "Milvus.Optimize.Contracts: Core", "Milvus.Optimize.Core: ", "Milvus.Optimize.Gateway: Core",
                "Milvus.Optimize.Management: Client Contracts", "Milvus.Optimize.Storage: Contracts", "Milvus.Optimize.Tool: ",
            ],
            packages.Values.Select(p => $"{p.Id}: {p.OurDependencies}").Order(StringComparer.Ordinal));
        Assert.All(packages.Values, p =>
        {
            Assert.Equal(("README.md", "Apache-2.0"), (p["readme"], p["license"]));
            Assert.Contains("README.md", p.Files);
            Assert.StartsWith("Durable optimize", p["description"], StringComparison.Ordinal);

            // What only makes the build.
            Assert.DoesNotContain("Grpc.Tools", p.Dependencies);
            Assert.DoesNotContain("Microsoft.CodeAnalysis.BannedApiAnalyzers", p.Dependencies);
        });
        var (tool, libraries) = (packages["Milvus.Optimize.Tool"], packages.Values.Where(p => p.Id != "Milvus.Optimize.Tool"));
        Assert.All(libraries, p => Assert.Equal([$"lib/net10.0/{p.Id}.dll", $"lib/net10.0/{p.Id}.xml"], p.Files.Where(f => f.StartsWith("lib/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)));
        Assert.All(libraries, p => Assert.DoesNotContain(p.Files, f => f.StartsWith("content", StringComparison.Ordinal)));
        Assert.Contains("tools/net10.0/any/cluster.hocon", tool.Files);
    }

    private async Task EmbedAsync(string milvus)
    {
        var project = _folder.Place("embedder");
        await _folder.DotnetAsync("embedder", "new", "web", "--no-restore");
        foreach (var name in (string[])["Actors", "Gateway", "Storage"])
            await _folder.DotnetAsync("embedder", "add", "package", $"Milvus.Optimize.{name}", "--version", _folder.Version, "--no-restore");
        await _folder.DotnetAsync("embedder", "add", "package", "Milvus.Optimize.Management", "--version", _folder.Version);
        File.Copy(Path.Combine(Repository.Root, "samples/Endpoint/Program.cs"), Path.Combine(project, "Program.cs"), overwrite: true);
        await _folder.DotnetAsync("embedder", "build", "--no-restore", "--nologo", "-v", "quiet", "-o", "out", "-p:UseSharedCompilation=false");

        var url = new Uri($"http://127.0.0.1:{FreePorts.Next()}");
        var server = _folder.Start("dotnet", "embedder", "out/embedder.dll", milvus, url.ToString());
        await WordAsync(server, "Now listening on: ");
        using var http = new HttpClient { BaseAddress = url };
        Assert.Contains("<script>", await http.GetStringAsync(new Uri("/", UriKind.Relative), _folder.Over.Token), StringComparison.Ordinal);
        Assert.Contains("3.1", await http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), _folder.Over.Token), StringComparison.Ordinal);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key().Match(server.Said()).Value);
        var answer = await http.PostAsJsonAsync("/api/v1/clusters/main/databases/default/collections/books:optimize", new { }, _folder.Over.Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(_folder.Over.Token));
        var run = await RunAsync(http, (await answer.Content.ReadFromJsonAsync<JsonObject>(_folder.Over.Token))!);
        Assert.Equal(("Succeeded", 6, 1), ((string?)run["state"], (int)run["segments"]!["before"]!["count"]!, (int)run["segments"]!["after"]!["count"]!));
    }

    /// <summary>Waits until a process has said something; the word after it.</summary>
    private async Task<string> WordAsync((Process Process, Func<string> Said) server, string before)
    {
        while (!server.Said().Contains(before, StringComparison.Ordinal))
        {
            Assert.False(server.Process.HasExited, server.Said());
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, _folder.Over.Token);
        }

        return server.Said().Split(before)[1].Split()[0];
    }

    private async Task<JsonObject> RunAsync(HttpClient http, JsonObject run)
    {
        while (!run["done"]!.GetValue<bool>())
            run = (await http.GetFromJsonAsync<JsonObject>($"/api/v1/runs/{run["id"]}?sinceRevision={run["revision"]}&wait=10s", _folder.Over.Token))!;
        return run;
    }

    [GeneratedRegex("mok_[a-z2-7]{10}_[A-Za-z0-9_-]{43}")]
    private static partial Regex Key();
}
