using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Milvus.Optimize.Management.Routes;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.Tests;

/// <summary>How many of each kind, while they are there.</summary>
/// <param name="KeysPerSecond">Bad keys, evenly.</param>
/// <param name="Slow">Clients whose request comes byte by byte; each comes again when it is hung up on.</param>
/// <param name="BodyBytes">What a client says, or means, to send; it comes again when it is hung up on.</param>
/// <param name="HalfOpen">Streams that nobody reads.</param>
internal sealed record Badness(int KeysPerSecond, int Slow, long BodyBytes, int HalfOpen);

/// <summary>What no good client does, all of it at once and for as long as it is wanted.</summary>
/// <param name="address">The node's.</param>
/// <param name="keys">Good ones: a caller has no more than some of the places that wait, so that streams need several.</param>
/// <param name="run">One of books that does not end meanwhile.</param>
/// <param name="cluster">The run's.</param>
/// <param name="badness">How much of it.</param>
internal sealed class BadClients(Uri address, IReadOnlyList<string> keys, string run, string cluster, Badness badness)
{
    private const string Runs = RouteTable.Runs;

    private readonly CancellationTokenSource _over = new();
    private readonly TaskCompletionSource _slowThere = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _streamsThere = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _all = Task.CompletedTask;
    private int _slow;
    private int _refused;
    private int _limited;
    private int _bodies;
    private int _streams;

    /// <summary>Bad keys that were answered with 401, and with 429.</summary>
    public (int Refused, int Limited) Keys => (_refused, _limited);

    /// <summary>Bodies that were hung up on.</summary>
    public int Bodies => _bodies;

    /// <summary>Streams that were let in, each with its answer's head seen.</summary>
    public int Streams => _streams;

    /// <summary>Completes when all slow clients and all streams are there.</summary>
    public async Task ComeAsync()
    {
        Task[] all = [BadKeysAsync(), BodiesAsync(), HalfOpenAsync(), ChangesAsync(), .. Enumerable.Range(0, badness.Slow).Select(SlowAsync)];
        _all = Task.WhenAll(all);

        // None of them ends before it is told to: one that does has failed.
        await (await Task.WhenAny([Task.WhenAll(_slowThere.Task, _streamsThere.Task), .. all]).WaitAsync(TimeSpan.FromSeconds(60)));
    }

    public async Task GoAsync()
    {
        await _over.CancelAsync();
        await _all.WaitAsync(TimeSpan.FromSeconds(60));
        _over.Dispose();
    }

    private async Task BadKeysAsync()
    {
        using var http = new HttpClient { BaseAddress = address };
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            // One after the other, as many as are due since the last look.
            while (await pace.WaitForNextTickAsync(_over.Token))
                for (var i = 0; i < badness.KeysPerSecond / 50; i++)
                {
                    using var request = new HttpRequestMessage(HttpMethod.Get, Runs) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", ApiKeyText.New().Reveal()) } };
                    using var answer = await http.SendAsync(request, _over.Token);
                    if (answer.StatusCode == HttpStatusCode.Unauthorized) _refused++;
                    else if (answer.StatusCode == HttpStatusCode.TooManyRequests) _limited++;
                    else throw new InvalidOperationException($"a bad key got {answer.StatusCode}");
                }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>By turns with a good key, so that the body is looked at, and with none: the server must hang up long before its end.</summary>
    private async Task BodiesAsync()
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        var part = Encoding.ASCII.GetBytes($"10000\r\n{new string('a', 65536)}\r\n");
        try
        {
            while (await pace.WaitForNextTickAsync(_over.Token))
            {
                var (framing, sent) = (_bodies % 2 == 0 ? $"Content-Length: {badness.BodyBytes}" : "Transfer-Encoding: chunked", 0L);
                using var client = await ConnectAsync();
                var bearer = _bodies % 4 < 2 ? $"Authorization: Bearer {keys[0]}\r\n" : "";
                await WriteAsync(client, $"POST {Runs} HTTP/1.1\r\nHost: {address.Authority}\r\n{bearer}{framing}\r\n\r\n");
                try
                {
                    for (; sent < badness.BodyBytes; sent += 65536) await client.GetStream().WriteAsync(part, _over.Token);
                }
                catch (IOException)
                {
                    // As it should.
                }

                if (sent >= badness.BodyBytes) throw new InvalidOperationException($"{bearer}{framing}: the server read all of it");
                _bodies++;
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>A request that never becomes one: the server hangs up after its time for headers.</summary>
    private async Task SlowAsync(int number)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(200 + (number % 50)));
        try
        {
            while (true)
            {
                using var client = await ConnectAsync();
                await WriteAsync(client, $"GET {Runs} HTTP/1.1\r\nX-Slow: ");
                if (Interlocked.Increment(ref _slow) == badness.Slow) _slowThere.TrySetResult();
                try
                {
                    while (await pace.WaitForNextTickAsync(_over.Token)) await WriteAsync(client, "s");
                }
                catch (Exception e) when (e is IOException or SocketException)
                {
                    // The server had enough.
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>Follows a run, and reads no more than that it may: each takes a place among those that wait. The run changes, so that each has something to be sent.</summary>
    private async Task HalfOpenAsync()
    {
        var clients = new List<TcpClient>();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            while (clients.Count < badness.HalfOpen)
            {
                await pace.WaitForNextTickAsync(_over.Token);
                clients.Add(await ConnectAsync());
                var key = keys[clients.Count % keys.Count];
                await WriteAsync(clients[^1], $"GET {Runs}/{run}/events HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {key}\r\n\r\n");
                var head = new byte[12];
                await clients[^1].GetStream().ReadExactlyAsync(head, _over.Token);
                if (Encoding.ASCII.GetString(head) != "HTTP/1.1 200") throw new InvalidOperationException($"stream {clients.Count} was not let in: {Encoding.ASCII.GetString(head)}");
                _streams++;
            }

            _streamsThere.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _over.Token);
        }
        catch (OperationCanceledException)
        {
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
        }
    }

    /// <summary>Another caller joins the run now and then: it changes for everybody, and each stream is sent that.</summary>
    private async Task ChangesAsync()
    {
        using var http = new HttpClient { BaseAddress = address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", keys[0]) } };
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        try
        {
            while (await pace.WaitForNextTickAsync(_over.Token))
            {
                using var answer = await http.PostAsJsonAsync(Runs, new { cluster, collection = "books" }, _over.Token);
                if (answer.StatusCode != HttpStatusCode.OK) throw new InvalidOperationException($"who joins got {answer.StatusCode}");
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, _over.Token);
        return client;
    }

    private ValueTask WriteAsync(TcpClient client, string text) => client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), _over.Token);
}
