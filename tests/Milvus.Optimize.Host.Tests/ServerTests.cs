using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Milvus.Optimize.Host.Tests;

/// <summary>A node that listens, and the command line against it.</summary>
public sealed partial class ServerTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly CommandRun _node = new();
    private readonly CommandRun _client = new();

    public void Dispose()
    {
        _node.Dispose();
        _client.Dispose();
    }

    [Fact]
    public async Task The_verbs_work_against_a_server_with_the_key_that_its_first_start_showed()
    {
        await ServedAsync(async (url, key) =>
        {
            (_client.Variables["MILVUS_OPTIMIZE_SERVER"], _client.Variables["MILVUS_OPTIMIZE_KEY"]) = (url, key);
            _node.Runs.Next.Enqueue(Documents.Running());
            Assert.Equal(0, await _client.InvokeAsync("optimize", "books", "--cluster", "c1", "--no-wait", "--output", "json"));
            Assert.Equal(new(new("c1"), "default", "books"), _node.Runs.Started!.Collection);
            Assert.Equal(Documents.Run, JsonDocument.Parse(_client.Out.ToString()).RootElement.GetProperty("id").GetString());
            Assert.Equal(0, await _client.InvokeAsync("status", Documents.Run));
            Assert.Equal(0, await _client.InvokeAsync("history", "books"));
            Assert.Equal(0, await _client.InvokeAsync("cancel", Documents.Run, "--reason", "why"));
            Assert.Contains("cancel why", _node.Runs.Calls);
            foreach (var verb in (string[][])[["runs", "list"], ["runs", "get", Documents.Run], ["runs", "timeline", Documents.Run], ["runs", "report", Documents.Run], ["collections"]])
                Assert.Equal(0, await _client.InvokeAsync(verb));
            Assert.Matches("c1 +movies +it does not answer", _client.Out.ToString());
            _node.Runs.Next.Clear();
            _node.Runs.Next.Enqueue(Documents.Succeeded());
            Assert.Equal(0, await _client.InvokeAsync("optimize", "books", "--cluster", "c1"));
            Assert.Contains("first admin", File.ReadAllText(_node.Folder.File("audit.jsonl")), StringComparison.Ordinal);
        });
        Assert.Empty(Directory.GetFiles(_client.Folder.Path));
    }

    [Fact]
    public async Task Without_a_good_key_the_command_says_what_to_give()
    {
        await ServedAsync(async (url, key) =>
        {
            Assert.Equal(2, await _client.InvokeAsync("status", "--server", url));
            Assert.Contains("--api-key, MILVUS_OPTIMIZE_KEY", _client.Error.ToString(), StringComparison.Ordinal);
            Assert.Equal(0, await _node.InvokeHereAsync("keys", "revoke", key.Split('_')[1]));
            Assert.Equal(2, await _client.InvokeAsync("status", "--server", url, "--api-key", key));
        });
    }

    [Fact]
    public async Task Doctor_looks_at_a_server_and_through_it_at_its_clusters()
    {
        await ServedAsync(async (url, key) =>
        {
            // c2 is held.
            Assert.Equal(8, await _client.InvokeAsync("doctor", "--server", url, "--api-key", key, "-o", "jsonl"));
            Assert.Contains("{\"name\":\"cluster c1\",\"status\":\"ok\",\"detail\":\"it answers: Milvus 2.6.17, generation G4\"", _client.Out.ToString(), StringComparison.Ordinal);
            Assert.Contains("{\"name\":\"clock\",\"status\":\"ok\"", _client.Out.ToString(), StringComparison.Ordinal);
            Assert.Contains("credentials are missing", _client.Out.ToString(), StringComparison.Ordinal);
            Assert.Contains("makes keys (admin)", _client.Out.ToString(), StringComparison.Ordinal);
            Assert.Contains("1 of 7 checks failed: cluster c2", _client.Error.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("start", _node.Runs.Calls);
            Assert.Equal(2, await _client.InvokeAsync("doctor", "--server", url, "--api-key", "mok_x"));
            _node.Runs.Status = new(false, "no journal");
            Assert.Equal(1, await _client.InvokeAsync("doctor", "--server", url, "--api-key", key));
        });
    }

    [Theory]
    [InlineData("viewer", "it only reads (viewer)", "as run simulator.4601.01J9ZK3N5W8Q0000000000000A saw it")]
    [InlineData("operator", "it reads, starts and ends runs (operator)", "it answers: Milvus 2.6.17, generation G4\"")]
    public async Task Doctor_tells_a_lesser_key_what_it_may_do_and_the_version_too(string role, string privileges, string version)
    {
        await ServedAsync(async (url, _) =>
        {
            Assert.Equal(0, await _node.InvokeHereAsync("keys", "create", "lesser", "--role", role));
            var key = Key().Matches(_node.Out.ToString()).Last().Value;
            Assert.Equal(8, await _client.InvokeAsync("doctor", "--server", url, "--api-key", key, "-o", "jsonl"));
            Assert.Contains(privileges, _client.Out.ToString(), StringComparison.Ordinal);
            Assert.Contains(version, _client.Out.ToString(), StringComparison.Ordinal);
            Assert.Contains("Milvus 2.6.17, generation G4", _client.Out.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("start", _node.Runs.Calls);
        });
    }

    [Fact]
    public async Task The_page_runs_what_stands_in_it_and_nothing_else()
    {
        await ServedAsync(async (url, _) =>
        {
            using var http = new HttpClient { BaseAddress = new(url) };
            var answer = await http.GetAsync("/");
            var (html, policy) = (await answer.Content.ReadAsStringAsync(), answer.Headers.GetValues("Content-Security-Policy").Single());
            foreach (var element in (string[])["script", "style"])
            {
                var text = Regex.Match(html, $"<{element}>(.*)</{element}>", RegexOptions.Singleline).Groups[1].Value;
                Assert.Contains($"{element}-src 'sha256-{Convert.ToBase64String(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)))}'", policy, StringComparison.Ordinal);
            }

            Assert.DoesNotMatch("(src|href)=\"(http|//)", html);
            Assert.DoesNotContain("innerHTML", html, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_said_at_once()
    {
        Assert.Equal(1, await _client.InvokeAsync("status", "--server", "http://127.0.0.1:1").WaitAsync(Bound));
        Assert.Contains("no answer from the node at http://127.0.0.1:1", _client.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_are_made_listed_and_revoked_and_shown_once()
    {
        Assert.Equal(0, await _node.InvokeHereAsync("keys", "create", "ci", "--role", "operator", "--scope", "prod-*/default", "--expires", "90d"));
        var key = _node.Out.ToString().Trim();
        Assert.Matches("^mok_[a-z2-7]{10}_[A-Za-z0-9_-]{43}$", key);
        Assert.Equal(0, await _node.InvokeHereAsync("keys", "list"));
        Assert.Equal(0, await _node.InvokeHereAsync("keys", "revoke", key.Split('_')[1]));
        Assert.Equal(0, await _node.InvokeHereAsync("keys", "list", "--output", "json"));
        var said = _node.Out.ToString()[key.Length..] + _node.Error;
        Assert.DoesNotContain(key.Split('_', 3)[2], said, StringComparison.Ordinal);
        Assert.Contains("prod-*/default/*", said, StringComparison.Ordinal);
        Assert.Contains("\"valid\": false", said, StringComparison.Ordinal);
        Assert.Equal(2, await _node.InvokeHereAsync("keys", "revoke", "nothere"));
    }

    [Fact]
    public async Task Https_is_served_with_a_certificate_from_files()
    {
        var (certificate, key) = SelfSigned();
        await ServedAsync(
            async (url, bearer) =>
            {
                using var trusting = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, c, _, _) => c!.Subject == "CN=node" };
                using var http = new HttpClient(trusting) { BaseAddress = new(url), DefaultRequestHeaders = { Authorization = new("Bearer", bearer) } };
                Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/api/v1/runs")).StatusCode);
            },
            "https://127.0.0.1:0", "--tls-cert", certificate, "--tls-key", key);
    }

    private async Task ServedAsync(Func<string, string, Task> use, string listen = "http://127.0.0.1:0", params string[] more)
    {
        var node = _node.InvokeHereAsync(["node", "--listen", listen, .. more]);
        await Task.WhenAny(_node.Error.Line(" serves "), node).WaitAsync(Bound);
        var said = _node.Error.ToString();
        Assert.Contains(" serves ", said, StringComparison.Ordinal);
        await use(Url().Match(said).Groups[1].Value, Key().Match(said).Value).WaitAsync(Bound);
        _node.Interruption.Leave();
        Assert.Equal(0, await node.WaitAsync(Bound));
    }

    private (string Certificate, string Key) SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=node", key, HashAlgorithmName.SHA256).CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        File.WriteAllText(_client.Folder.File("c.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(_client.Folder.File("k.pem"), key.ExportPkcs8PrivateKeyPem());
        return (_client.Folder.File("c.pem"), _client.Folder.File("k.pem"));
    }

    [GeneratedRegex(" serves (\\S+)")]
    private static partial Regex Url();

    [GeneratedRegex("mok_[a-z2-7]{10}_[A-Za-z0-9_-]{43}")]
    private static partial Regex Key();
}
