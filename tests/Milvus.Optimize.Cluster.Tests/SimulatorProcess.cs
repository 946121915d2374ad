using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>The Milvus of a test, in a process of its own. Its log is the witness.</summary>
internal sealed class SimulatorProcess : IAsyncDisposable
{
    private readonly ProgramProcess _process;
    private readonly HttpClient _admin;

    private SimulatorProcess(ProgramProcess process, string address, HttpClient admin) => (_process, Address, _admin) = (process, address, admin);

    public string Address { get; }

    public static async Task<SimulatorProcess> StartAsync(string log, int speed, Network? network = null, string? token = null)
    {
        var process = new ProgramProcess(["simulate", "--port", "0", "--admin-port", "0", "--scenario", "several", "--speed", $"{speed}", "--log", log, .. token is null ? Array.Empty<string>() : ["--token", token]], before: network?.InMilvus);
        var address = (await process.UntilSaidAsync("listening on ")).Split(' ')[^1];
        var admin = (await process.UntilSaidAsync("admin on ")).Split(' ')[^1];
        if (network is null) return new(process, address, new() { BaseAddress = new(admin) });
        var port = new Uri(address).Port;
        await network.ForwardToMilvusAsync(port);
        return new(process, $"http://{network.MilvusAddress}:{port}", network.HttpToMilvus(new(admin)));
    }

    public Task FaultAsync(string json) => PostAsync(HttpMethod.Post, "/faults", json);

    public Task NoFaultsAsync() => PostAsync(HttpMethod.Delete, "/faults", null);

    public Task TimingsAsync(string json) => PostAsync(HttpMethod.Patch, "/timings", json);

    /// <summary>One more collection, as a scenario has them.</summary>
    public Task AddAsync(string json) => PostAsync(HttpMethod.Post, "/collections", json);

    /// <summary>A merge that somebody else started.</summary>
    public Task CompactAsync(string collection, string database, int seconds) => PostAsync(HttpMethod.Post, $"/collections/{collection}/foreign-compaction?database={database}", "{\"seconds\":" + seconds + "}");

    public async Task<string> IdOfAsync(string collection) => (await _admin.GetFromJsonAsync<JsonObject>($"/collections/{collection}"))!["id"]!.ToString();

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _process.DisposeAsync();
    }

    private async Task PostAsync(HttpMethod method, string path, string? json)
    {
        using var message = new HttpRequestMessage(method, path) { Content = json is null ? null : new StringContent(json, System.Text.Encoding.UTF8, "application/json") };
        using var answer = await _admin.SendAsync(message);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
