using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Milvus.Optimize.Management.Routes;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.Tests;

/// <summary>Requests by chance, from valid ones to raw bytes, over plain sockets: no answer is a failure of ours, and none is missing.</summary>
public sealed partial class GeneratedRequestTests
{
    private static readonly TimeSpan PerRequest = TimeSpan.FromSeconds(20);

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

    /// <summary>Writes its figures into docs/evidence/management.md.</summary>
    [Theory, Trait("Category", "Long")]
    [InlineData(3, 100_000)]
    public async Task No_request_of_very_many_breaks_the_server(int seed, int count)
    {
        var since = Stopwatch.GetTimestamp();
        var answers = await RunAsync(seed, count);
        var text = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"{count:N0} requests with the seed {seed}, in {Stopwatch.GetElapsedTime(since).TotalSeconds:F0} s, one after the other:").AppendLine()
            .AppendLine("| status | answers |").AppendLine("|---|---|");
        foreach (var (status, number) in answers) text.AppendLine(CultureInfo.InvariantCulture, $"| {status} | {number:N0} |");
        Evidence.Write("management.md", "generated requests", text.ToString());
    }

    /// <returns>How many answers there were of each kind.</returns>
    private static async Task<SortedDictionary<string, int>> RunAsync(int seed, int count)
    {
        await using var server = await RouteServer.StartAsync(options: new() { CallsPerSecond = 1_000_000, RefusalsPerSecond = 1_000_000, OpenCallsPerSecond = 1_000_000 });
        server.Runs.Now = Documents.Succeeded();
        var (random, key) = (new Random(seed), (await server.BearerAsync(Role.Admin)).Parameter!);
        var answers = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var request = Request(random, key);
            using var over = new CancellationTokenSource(PerRequest);
            var answer = await RawAnswer.AskAsync(server.Tcp.BaseAddress!, request, over.Token);
            var fault = Fault(request, answer);
            Assert.True(fault.Length == 0, $"seed {seed}, request {i}: {fault}: {Shown(request)}");
            var kind = answer switch { { Status: 0 } => "hung up", { Media: null, Status: >= 400 } => $"{answer.Status} without a body", _ => $"{answer.Status}" };
            answers[kind] = answers.GetValueOrDefault(kind) + 1;
        }

        Assert.All((string[])["200", "201", "400", "401", "404", "405", "413"], s => Assert.True(answers.ContainsKey(s), $"none of {count} requests got {s}: {string.Join(", ", answers)}"));
        server.Tcp.DefaultRequestHeaders.Authorization = new("Bearer", key);
        Assert.True((await server.Tcp.GetAsync(RouteTable.Runs)).IsSuccessStatusCode);
        return answers;
    }

    /// <summary>What is wrong with an answer; empty where it is as the document says.</summary>
    private static string Fault(byte[] request, RawAnswer answer)
    {
        var line = Line().Match(Encoding.Latin1.GetString(request));
        // What is no HTTP, or too long, is answered by the server below the routes, without a body, or by hanging up.
        var isHttp = line.Success && request.Length <= 8192 && IsPath(line.Groups["path"].Value);
        if (answer.Status == 0 || answer is { Media: null, Status: 400 or 408 or 414 or 431 or 505 }) return isHttp ? $"{answer.Status} without a body" : "";
        if (line.Groups["method"].Value == "HEAD") return answer.Status is >= 400 and < 500 && answer.Body.Length == 0 ? "" : $"HEAD got {answer.Status}";
        return answer[RouteServer.OperationHeader] is { } operation && operation != RouteTable.Unknown.Operation
            ? AnswerSchemas.Fault(operation, answer.Status, answer.Media, answer.Body)
            : AnswerSchemas.UnknownFault(answer.Status, answer.Media, answer.Body);
    }

    // Visible ASCII, and an escape is two digits of something but NUL.
    private static bool IsPath(string path) => path.All(c => c is > ' ' and < '\x7f') && !BadEscape().IsMatch(path);

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
        var body = rule.Changes || random.Next(10) == 0 ? random.Next(3) == 0 ? Pick(random, Bodies) : Good(rule) : "";
        var head = new StringBuilder($"{method} {path}{(query.Length > 0 ? $"?{query}" : "")} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n");
        if (random.Next(10) > 0) head.Append($"Authorization: Bearer {(random.Next(20) == 0 ? "mok_bad" : key)}\r\n");
        foreach (var header in rule.Takes.Where(t => char.IsUpper(t[0]) && random.Next(4) == 0)) head.Append($"{header}: {Pick(random, Values)}\r\n");
        var content = Encoding.UTF8.GetBytes(body);
        head.Append($"Content-Length: {content.Length}\r\n\r\n");
        return [.. Encoding.UTF8.GetBytes(head.ToString()), .. content];
    }

    private static string Good(RouteRule rule) => rule.Operation switch
    {
        "startRun" => Bodies[0],
        "createKey" => $$"""{"name":"{{Guid.NewGuid():N}}","expires":"PT1H"}""",
        "optimizeCollection" => "{}",
        _ => Bodies[1],
    };

    private static string Valid(string parameter) => parameter switch { "{id}" => Documents.Run, "{code}" => "not-found", "{key}" => "aaaaaaaaaa", "{cluster}" => "c1", "{database}" => "default", _ => "books" };

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];

    private static string Shown(byte[] request) => Encoding.Latin1.GetString(request, 0, Math.Min(request.Length, 600));

    [GeneratedRegex("\\{[a-z]+\\}")]
    private static partial Regex Parameter();

    [GeneratedRegex("^(?<method>[A-Za-z]+) (?<path>/[^ ]*) HTTP/1\\.1\r\n")]
    private static partial Regex Line();

    [GeneratedRegex("%(?![0-9A-Fa-f]{2})|%00")]
    private static partial Regex BadEscape();
}
