using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Milvus.Optimize.Management.Routes;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.Tests;

/// <summary>Requests by chance, from valid ones to raw bytes, over plain sockets: no answer is a failure of ours, and none is missing.</summary>
public sealed partial class GeneratedRequestTests
{
    private static readonly TimeSpan PerRequest = TimeSpan.FromSeconds(20);

    private const int HttpVersionNotSupported = 505;

    private static readonly string[] Names =
        ["books", "default", "c1", Documents.Run, "", "..", "../..", "%2e%2e%2f", "a%2Fb", "%00", "a\0b", "%ff%fe", "%", "%zz", "*", "b?oks", "ä", "{id}", "a:cancel", "a b", "'or 1=1--", "\"", new('x', 300), new('y', 65536)];

    private static readonly string[] Values = ["1", "0", "-1", "true", "false", "9223372036854775808", "1e9", "null", "2026-10-01T02:14:07Z", "9999-12-31T23:59:59Z", "c1", "books", "x*", "%00", "20s", "\u0661", "AAAA", "*"];

    private static readonly string[] Bodies =
    [
        """{"cluster":"c1","collection":"books"}""", """{"reason":"why"}""", "{}", "", "null", "[]", "{", "\"text\"", "{\"a\":", """{"cluster":"c1","collection":"books","targetSize":"99999999999TB"}""",
        """{"cluster":"c1","collection":"books","deadline":"P99999999999Y"}""", """{"collection":"\u0000"}""", """{"reason":"\ud800"}""", """{"target":{"address":"http://h"}}""",
        """{"flush":1e999}""", "{\"a\":" + new string('[', 2000), "{\"reason\":\"" + new string('r', 65536) + "\"}", """{"reason":"why","reason":"why"}""", "\ufeff{}",
    ];

    [Theory]
    [InlineData(1, 1500)]
    [InlineData(2, 1500)]
    public Task No_request_breaks_the_server(int seed, int count) => RunAsync(seed, count);

    [Theory, Trait("Category", "Long")]
    [InlineData(3, 100_000)]
    public Task No_request_of_very_many_breaks_the_server(int seed, int count) => RunAsync(seed, count);

    private static async Task RunAsync(int seed, int count)
    {
        await using var server = await RouteServer.StartAsync(options: new() { CallsPerSecond = 1_000_000, RefusalsPerSecond = 1_000_000 });
        server.Runs.Now = Documents.Succeeded();
        var (random, key) = (new Random(seed), (await server.BearerAsync(Role.Admin)).Parameter!);
        var statuses = new SortedDictionary<int, int>();
        for (var i = 0; i < count; i++)
        {
            var request = Request(random, key);
            using var over = new CancellationTokenSource(PerRequest);
            var status = await StatusAsync(server.Tcp.BaseAddress!, request, over.Token);
            // It may hang up on bytes that are no HTTP, or too many, before its answer is read, or say that it knows no such version.
            var mayHangUp = request.Length > 8192 || !Encoding.Latin1.GetString(request).Contains(" HTTP/1.1\r\n", StringComparison.Ordinal);
            Assert.True((status is >= 200 and < 500) || (status is 0 or HttpVersionNotSupported && mayHangUp), $"seed {seed}, request {i} got {status}: {Shown(request)}");
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
        }

        Assert.All((int[])[200, 400, 401, 404], s => Assert.True(statuses.ContainsKey(s), $"none of {count} requests got {s}: {string.Join(", ", statuses)}"));
        server.Tcp.DefaultRequestHeaders.Authorization = new("Bearer", key);
        Assert.True((await server.Tcp.GetAsync(RouteTable.Runs)).IsSuccessStatusCode);
    }

    private static byte[] Request(Random random, string key)
    {
        if (random.Next(20) == 0)
        {
            var bytes = new byte[random.Next(1, 2000)];
            random.NextBytes(bytes);
            return [.. bytes, .. "\r\n\r\n"u8];
        }

        var rule = RouteTable.All[random.Next(RouteTable.All.Count)];
        var path = Parameter().Replace(rule.Pattern, m => random.Next(3) > 0 ? Valid(m.Value) : Pick(random, Names));
        var takes = rule.Takes.Concat(["unknown", "pageToken"]).ToArray();
        var query = string.Join('&', Enumerable.Range(0, random.Next(3)).Select(_ => $"{Pick(random, takes)}={Pick(random, Values)}"));
        var method = random.Next(10) == 0 ? Pick(random, ["PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "get"]) : rule.Method;
        var body = rule.Changes || random.Next(10) == 0 ? random.Next(3) == 0 ? Pick(random, Bodies) : rule.Body == typeof(Milvus.Optimize.Client.Wire.VerbBody) ? Bodies[1] : Bodies[0] : "";
        if (rule.Operation == "optimizeCollection" && body == Bodies[0]) body = "{}";
        var head = new StringBuilder($"{method} {path}{(query.Length > 0 ? $"?{query}" : "")} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n");
        if (random.Next(10) > 0) head.Append($"Authorization: Bearer {(random.Next(20) == 0 ? "mok_bad" : key)}\r\n");
        foreach (var header in rule.Takes.Where(t => char.IsUpper(t[0]) && random.Next(4) == 0)) head.Append($"{header}: {Pick(random, Values)}\r\n");
        var content = Encoding.UTF8.GetBytes(body);
        head.Append($"Content-Length: {content.Length}\r\n\r\n");
        return [.. Encoding.UTF8.GetBytes(head.ToString()), .. content];
    }

    /// <returns>0 where the server hung up without an answer.</returns>
    private static async Task<int> StatusAsync(Uri address, byte[] request, CancellationToken over)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, over);
        var stream = client.GetStream();
        using var answer = new MemoryStream();
        try
        {
            await stream.WriteAsync(request, over);
            await stream.CopyToAsync(answer, over);
        }
        catch (IOException)
        {
            // It hung up in the middle: what it said before that counts.
        }
        catch (SocketException)
        {
        }

        var match = StatusLine().Match(Encoding.Latin1.GetString(answer.GetBuffer(), 0, (int)Math.Min(answer.Length, 40)));
        return match.Success ? int.Parse(match.Groups[1].Value) : 0;
    }

    private static string Valid(string parameter) => parameter switch { "{id}" => Documents.Run, "{code}" => "not-found", "{cluster}" => "c1", "{database}" => "default", _ => "books" };

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];

    private static string Shown(byte[] request) => Encoding.Latin1.GetString(request, 0, Math.Min(request.Length, 600));

    [GeneratedRegex("\\{[a-z]+\\}")]
    private static partial Regex Parameter();

    [GeneratedRegex("^HTTP/1\\.[01] ([0-9]{3})")]
    private static partial Regex StatusLine();
}
