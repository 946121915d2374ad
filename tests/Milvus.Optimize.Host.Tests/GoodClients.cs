using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Milvus.Optimize.Client;
using Milvus.Optimize.Management.Routes;

namespace Milvus.Optimize.Host.Tests;

/// <summary>
/// Clients that do as they should, each with a key and a thread of its own, so that what they measure is the node and not this process's thread pool: they
/// ask for a run and for a list by turns, some 66 times a second.
/// </summary>
internal sealed class GoodClients : IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(15);

    private readonly List<HttpClient> _clients = [];
    private readonly string _run;

    private GoodClients(string run) => _run = run;

    public static async Task<GoodClients> SignInAsync(ServedNode node, string run, int count)
    {
        var good = new GoodClients(run);
        for (var i = 0; i < count; i++) good._clients.Add(Of(node, await KeyAsync(node, $"good {i}")));
        return good;
    }

    public static HttpClient Of(ServedNode node, string key) => NodeHttp.OverTcp(new(node.Url), key);

    /// <summary>The text of a new key.</summary>
    public static async Task<string> KeyAsync(ServedNode node, string name, string role = "viewer")
    {
        var answer = await node.Http.PostAsJsonAsync($"{RouteTable.Api}/keys", new { name, role });
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!["key"]!.GetValue<string>();
    }

    /// <summary>How long each call took; every one must be answered with 200.</summary>
    public async Task<List<double>> MeasureAsync(TimeSpan time)
    {
        var (took, wrong) = (new ConcurrentBag<double>(), new ConcurrentBag<string>());
        await Task.WhenAll(_clients.Select(http => Task.Factory.StartNew(() => Call(http, time, took, wrong), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        Assert.Empty(wrong);
        return [.. took];
    }

    public void Dispose() => _clients.ForEach(c => c.Dispose());

    private void Call(HttpClient http, TimeSpan time, ConcurrentBag<double> took, ConcurrentBag<string> wrong)
    {
        using var over = new CancellationTokenSource(time);
        for (var i = 0; !over.Token.WaitHandle.WaitOne(Pace); i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, i % 2 == 0 ? $"{RouteTable.Runs}/{_run}" : $"{RouteTable.Runs}?pageSize=5");
            var began = Stopwatch.GetTimestamp();
            using var answer = http.Send(request);
            took.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            if (answer.StatusCode != HttpStatusCode.OK) wrong.Add($"{request.RequestUri}: {answer.StatusCode}");
        }
    }
}
