using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Milvus.Optimize.Management.Routes;
using Milvus.Optimize.Management.Security;
using Xunit.Abstractions;

namespace Milvus.Optimize.Host.Tests;

/// <summary>
/// A node in a process of its own, good clients, and beside them what no good client does: bad keys, requests that come byte by byte, bodies without end,
/// streams whose reader is gone. The good ones must hardly notice.
/// </summary>
public sealed class AbuseTests(ITestOutputHelper output)
{
    private const string Runs = RouteTable.Runs;

    /// <summary>In two seconds beside all the other tests the p99 is one call: that they are all served at all is looked at.</summary>
    [Fact]
    public Task Good_clients_are_served_beside_bad_ones() => RunAsync(badKeys: 300, slow: 40, bodyBytes: 20_000_000, halfOpen: 20, seconds: 2, noise: TimeSpan.FromSeconds(5));

    [Fact, Trait("Category", "Long")]
    public Task Good_clients_hardly_notice_very_many_bad_ones() => RunAsync(badKeys: 10_000, slow: 500, bodyBytes: 1_000_000_000, halfOpen: 150, seconds: 30, noise: TimeSpan.FromMilliseconds(25));

    private async Task RunAsync(int badKeys, int slow, long bodyBytes, int halfOpen, int seconds, TimeSpan noise)
    {
        await using var folder = await CommandFolder.OpenAsync(speed: 0.01);
        using var node = await ServedNode.StartAsync(folder);
        // It goes on for longer than this: streams of it stay open.
        var run = (await node.StartAsync("books"))["id"]!.GetValue<string>();
        var address = new Uri(node.Url);
        await GoodAsync(node, run, TimeSpan.FromSeconds(1));
        var (calm, memory) = (await GoodAsync(node, run, TimeSpan.FromSeconds(seconds)), Memory(node));

        using var over = new CancellationTokenSource();
        Task[] bad = [BadKeysAsync(address, badKeys, over.Token), BodiesAsync(address, node.Key, bodyBytes, over.Token), SlowAsync(address, slow, over.Token), HalfOpenAsync(address, node.Key, run, halfOpen, over.Token)];
        var under = await GoodAsync(node, run, TimeSpan.FromSeconds(seconds));
        await Task.WhenAll(bad[0], bad[1]);
        await over.CancelAsync();
        await Task.WhenAll(bad).WaitAsync(TimeSpan.FromSeconds(30));
        var (after, memoryAfter) = (await GoodAsync(node, run, TimeSpan.FromSeconds(Math.Min(seconds, 5))), Memory(node));
        output.WriteLine($"good clients: p50 {Ms(calm, 0.5)} p99 {Ms(calm, 0.99)} of {calm.Count} alone; p50 {Ms(under, 0.5)} p99 {Ms(under, 0.99)} of {under.Count} beside {badKeys} bad keys, {slow} slow clients, a body of {bodyBytes} bytes, {halfOpen} half-open streams; p99 {Ms(after, 0.99)} afterwards");
        output.WriteLine($"memory of the node: {memory >> 20} MB before, {memoryAfter >> 20} MB afterwards");
        var (alone, beside) = (At(calm, 0.99), At(under, 0.99));
        Assert.True(beside <= (alone * 2) + noise, $"p99 went from {alone.TotalMilliseconds:F1} ms to {beside.TotalMilliseconds:F1} ms");
        Assert.True(memoryAfter < memory + (100L << 20), $"the node has {memoryAfter >> 20} MB, and had {memory >> 20} MB");
        Assert.Equal(0, await node.EndAsync());
    }

    /// <summary>Two good clients, one call after the other, below the limit of their key; how long each call took.</summary>
    private static async Task<List<TimeSpan>> GoodAsync(ServedNode node, string run, TimeSpan time)
    {
        var (since, took) = (Stopwatch.GetTimestamp(), new List<TimeSpan>());
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(15));
        while (Stopwatch.GetElapsedTime(since) < time)
        {
            await pace.WaitForNextTickAsync();
            var began = Stopwatch.GetTimestamp();
            var answer = await node.Http.GetAsync(took.Count % 2 == 0 ? $"{Runs}/{run}" : $"{Runs}?pageSize=5");
            took.Add(Stopwatch.GetElapsedTime(began));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        return took;
    }

    private static async Task BadKeysAsync(Uri address, int count, CancellationToken over)
    {
        using var http = new HttpClient { BaseAddress = address };
        var statuses = new int[2];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = over }, async (_, token) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Runs) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", ApiKeyText.New().Reveal()) } };
            var status = (await http.SendAsync(request, token)).StatusCode;
            Interlocked.Increment(ref statuses[status == HttpStatusCode.Unauthorized ? 0 : status == HttpStatusCode.TooManyRequests ? 1 : throw new InvalidOperationException($"a bad key got {status}")]);
        });
        Assert.True(statuses[0] > 0 && statuses[1] > 0, $"{statuses[0]} times 401, {statuses[1]} times 429");
    }

    /// <summary>With a good key, so that the body is looked at: the server must hang up or answer 413 long before its end.</summary>
    private static async Task BodiesAsync(Uri address, string key, long bytes, CancellationToken over)
    {
        foreach (var framing in (string[])[$"Content-Length: {bytes}", "Transfer-Encoding: chunked"])
        {
            using var client = await ConnectAsync(address, over);
            var (stream, sent) = (client.GetStream(), 0L);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {Runs} HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {key}\r\n{framing}\r\n\r\n"), over);
            var part = Encoding.ASCII.GetBytes($"10000\r\n{new string('a', 65536)}\r\n");
            try
            {
                for (; sent < bytes; sent += 65536) await stream.WriteAsync(part, over);
            }
            catch (IOException)
            {
                // As it should.
            }

            Assert.True(sent < bytes, $"{framing}: the server read all of it");
        }
    }

    /// <summary>A request that never becomes one: the server hangs up after its time for headers.</summary>
    private static Task SlowAsync(Uri address, int count, CancellationToken over) => Task.WhenAll(Enumerable.Range(0, count).Select(async i =>
    {
        using var client = await ConnectAsync(address, over);
        try
        {
            foreach (var letter in $"GET {Runs} HTTP/1.1\r\nX-Slow: {new string('s', 10_000)}")
            {
                await client.GetStream().WriteAsync(new[] { (byte)letter }, over);
                await Task.Delay(TimeSpan.FromMilliseconds(200 + (i % 50)), TimeProvider.System, over);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
            // It is over, or the server had enough.
        }
    }));

    /// <summary>Asks to wait for a run, and never reads: each takes a place among those that wait, and no more than there are.</summary>
    private static async Task HalfOpenAsync(Uri address, string key, string run, int count, CancellationToken over)
    {
        var clients = new List<TcpClient>();
        try
        {
            for (var i = 0; i < count; i++)
            {
                var client = await ConnectAsync(address, over);
                clients.Add(client);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET {Runs}/{run}/events HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {key}\r\n\r\n"), over);
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, over);
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, over);
        }
        catch (OperationCanceledException)
        {
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
        }
    }

    private static async Task<TcpClient> ConnectAsync(Uri address, CancellationToken over)
    {
        var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, over);
        return client;
    }

    private static long Memory(ServedNode node)
    {
        using var process = Process.GetProcessById(node.ProcessId);
        return process.WorkingSet64;
    }

    private static TimeSpan At(List<TimeSpan> took, double part) => took.Order().ElementAt((int)((took.Count - 1) * part));

    private static string Ms(List<TimeSpan> took, double part) => $"{At(took, part).TotalMilliseconds:F1} ms";
}
