using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Milvus.Optimize.Host.Tests;

/// <summary>A node that listens, as a process of its own, over the simulator of a folder.</summary>
internal sealed partial class ServedNode : IDisposable
{
    private readonly CommandFolder _folder;
    private readonly Process _process;

    private ServedNode(CommandFolder folder, Process process, string url, string key, string cluster)
    {
        (_folder, _process, Url, Key, Cluster) = (folder, process, url, key, cluster);
        Http = new(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true }) { BaseAddress = new(url), DefaultRequestHeaders = { Authorization = new("Bearer", key) } };
    }

    public string Url { get; }

    public string Key { get; }

    public string Cluster { get; }

    public int ProcessId => _process.Id;

    /// <summary>With the first key.</summary>
    public HttpClient Http { get; }

    public static async Task<ServedNode> StartAsync(CommandFolder folder, string listen = "http://127.0.0.1:0", params string[] more)
    {
        folder.Variables.TryAdd("MILVUS_URI", folder.Simulator.Address.ToString());
        var process = folder.Start(["node", "--listen", listen, .. more]);
        await folder.UntilAsync(() => process.HasExited || folder.Said.Any(l => l.Contains(" serves ", StringComparison.Ordinal)));
        var said = string.Join('\n', folder.Said);
        Assert.False(process.HasExited, said);
        return new(folder, process, UrlIn().Match(said).Groups[1].Value, KeyIn().Match(said).Value, ClusterIn().Match(said).Groups[1].Value);
    }

    /// <summary>Starts a run and waits for its end.</summary>
    public async Task<JsonObject> RunAsync(string collection, string? traceParent = null)
    {
        var run = await StartAsync(collection, traceParent);
        while (!run["done"]!.GetValue<bool>())
            run = (await Http.GetFromJsonAsync<JsonObject>($"/api/v1/runs/{run["id"]}?sinceRevision={run["revision"]}&wait=10s", _folder.Over.Token))!;
        return run;
    }

    public async Task<JsonObject> StartAsync(string collection, string? traceParent = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/runs") { Content = JsonContent.Create(new { cluster = Cluster, collection }) };
        if (traceParent is not null) request.Headers.Add("traceparent", traceParent);
        var answer = await Http.SendAsync(request, _folder.Over.Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonObject>(_folder.Over.Token))!;
    }

    public async Task<long> RevisionAsync(string run) => (await Http.GetFromJsonAsync<JsonObject>($"/api/v1/runs/{run}", _folder.Over.Token))!["revision"]!.GetValue<long>();

    /// <summary>SIGTERM, and until it is gone.</summary>
    public async Task<int> EndAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await _process.WaitForExitAsync(_folder.Over.Token);
        return _process.ExitCode;
    }

    public void Dispose() => Http.Dispose();

    [GeneratedRegex(" serves (\\S+)")]
    private static partial Regex UrlIn();

    [GeneratedRegex("mok_[a-z2-7]{10}_[A-Za-z0-9_-]{43}")]
    private static partial Regex KeyIn();

    [GeneratedRegex("MILVUS_URI is the cluster (\\S+)")]
    private static partial Regex ClusterIn();
}
