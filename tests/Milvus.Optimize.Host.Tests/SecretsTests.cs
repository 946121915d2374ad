using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Host.Settings;
using Milvus.Optimize.Management.Routes;

namespace Milvus.Optimize.Host.Tests;

/// <summary>
/// Ten secrets, one in each place where a secret may stand: these eight, the key of the certificate, and the API key. Whatever the program writes, says or answers is searched for them.
/// </summary>
public sealed class SecretsTests : IDisposable
{
    private const string Token = "canary01milvustoken";
    private const string Password = "canary02milvuspassword";
    private const string PostgreSql = "canary03postgresql";
    private const string JwtKey = "canary06jwtkey-of-thirty-two-bytes-or-more";
    private const string Otlp = "canary07otlpheader";
    private const string UserInfo = "canary08userinfo";
    private const string Variable = "canary09variable";
    private const string Line = "canary10commandline";
    private readonly TemporaryFolder _files = new();
    private readonly List<(string Where, string Text)> _seen = [];

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task A_node_shows_none_of_what_it_was_given()
    {
        await using var collector = await Collector.StartAsync();
        await using var folder = await CommandFolder.OpenAsync(speed: 20, state: _files.Path);
        var (certificate, key, keyText) = SelfSigned();
        foreach (var (name, value) in new[]
        {
            ("MILVUS_TOKEN", $"root:{Token}"), ("Milvus__Optimize__Management__Jwt__Key", JwtKey), ("Milvus__Optimize__Management__Jwt__Issuer", "i"),
            ("Milvus__Optimize__Management__Jwt__Audience", "a"), ("Milvus__Optimize__Telemetry__OtlpEndpoint", collector.Url), ("Milvus__Optimize__Telemetry__OtlpProtocol", "http/protobuf"),
            ("Milvus__Optimize__Telemetry__OtlpHeaders", $"x-key={Otlp}"), ("MILVUS_OPTIMIZE_KEY", Variable),
        }) folder.Variables[name] = value;
        using var node = await ServedNode.StartAsync(folder, "https://127.0.0.1:0", "--tls-cert", certificate, "--tls-key", key);
        await node.RunAsync("books");
        await AskAsync(node);
        Assert.Equal(0, await node.EndAsync());

        // The first key is shown once, by design, on the terminal of who started the node.
        _seen.Add(("said", string.Join('\n', folder.Said.Where(l => !l.Contains("shown once", StringComparison.Ordinal)))));
        foreach (var file in Directory.EnumerateFiles(_files.Path, "*", SearchOption.AllDirectories).Where(f => f != certificate && f != key)) _seen.Add((file, Encoding.Latin1.GetString(File.ReadAllBytes(file))));
        _seen.Add(("collector", collector.Text("/v1/traces") + collector.Text("/v1/metrics")));
        Assert.Contains(_seen, s => s.Where.EndsWith("journal.db", StringComparison.Ordinal) && s.Text.Contains("books", StringComparison.Ordinal));
        Assert.Contains(_seen, s => s.Where.EndsWith("audit.jsonl", StringComparison.Ordinal) && s.Text.Contains("startRun", StringComparison.Ordinal));
        Assert.Equal([Otlp], collector.Keys);
        Nowhere(Token, JwtKey, Otlp, Variable, Line, node.Key.Split('_', 3)[2], keyText, Convert.ToBase64String(Encoding.UTF8.GetBytes($"root:{Token}")));
    }

    [Fact]
    public async Task A_node_of_a_cluster_prints_its_settings_and_its_troubles_without_them()
    {
        var config = _files.File("node.json");
        await File.WriteAllTextAsync(config, $$$"""
            { "Milvus": { "Optimize": {
              "Storage": { "PostgreSql": "Host=127.0.0.1;Port=1;Database=o;Username=o;Password={{{PostgreSql}}};Timeout=2" },
              "Akka": { "Port": 8111, "SeedNodes": ["127.0.0.1:8111"] },
              "Telemetry": { "OtlpEndpoint": "http://127.0.0.1:1", "OtlpHeaders": "x-key={{{Otlp}}}" },
              "Management": { "Jwt": { "Issuer": "i", "Audience": "a", "Key": "{{{JwtKey}}}" } },
              "Clusters": { "main": { "Address": "127.0.0.1:1", "User": "root", "Password": "{{{Password}}}" }, "other": { "Address": "127.0.0.1:2" } }
            } } }
            """);
        Settings(config, $"Clusters:other:Token={Line}");
        Assert.Contains("Clusters:main:Password = ***", _seen[0].Text, StringComparison.Ordinal);
        Assert.Contains("Management:Jwt:Key = ***", _seen[0].Text, StringComparison.Ordinal);
        Settings(config, Line);
        Settings(config, $"Clusters:other:Tokenn={Variable}");
        Settings(config, $"Clusters:main:Token={Variable}");
        Settings(config, $"Clusters:other:Address=http://u:{UserInfo}@127.0.0.1:1");
        Settings(config, $"Telemetry:OtlpEndpoint=http://u:{UserInfo}@127.0.0.1:1");
        Settings(config, $"Management:Listen=http://u:{UserInfo}@127.0.0.1:1");
        Settings(config, $"Storage:PostgreSql=Host=h;Nonsense={PostgreSql};Password={PostgreSql}");
        Settings(config, $"Telemetry:OtlpHeaders={Otlp}");
        Assert.True(_seen.Count(s => s.Where == "refused") >= 7, string.Join('\n', _seen.Select(s => s.Where)));
        await SayAsync("a database that is away", "node", "--config", config);
        Nowhere(PostgreSql, Otlp, JwtKey, Password, Line, Variable, UserInfo);
    }

    [Fact]
    public async Task A_command_says_what_is_wrong_without_them()
    {
        foreach (var args in (string[][])[
            ["optimize", "books", "--milvus", $"http://u:{UserInfo}@127.0.0.1:1"], ["optimize", "books", "--milvus", "127.0.0.1:1", "--token", Line],
            ["status", "--server", $"http://u:{UserInfo}@127.0.0.1:1"], ["status", "--server", "http://127.0.0.1:1", "--api-key", Line],
            ["node", "--listen", $"http://u:{UserInfo}@127.0.0.1:0"]])
        {
            using var run = new CommandRun();
            run.Variables["MILVUS_PASSWORD"] = Variable;
            run.Runs.Next.Enqueue(Documents.Ended("Failed", "index-failed"));
            Assert.NotEqual(0, await run.InvokeHereAsync(args).WaitAsync(TimeSpan.FromSeconds(60)));
            _seen.Add((string.Join(' ', args[..3]), run.Out.ToString() + run.Error));
        }

        Nowhere(UserInfo, Line, Variable);
    }

    /// <summary>Every route with a good key and several bad ones.</summary>
    private async Task AskAsync(ServedNode node)
    {
        foreach (var rule in RouteTable.All.Where(r => r.Operation != "streamRun"))
        {
            var path = rule.Pattern.Replace("{id}", Documents.Run, StringComparison.Ordinal).Replace("{code}", "not-found", StringComparison.Ordinal)
                .Replace("{cluster}", node.Cluster, StringComparison.Ordinal).Replace("{database}", "default", StringComparison.Ordinal).Replace("{name}", "books", StringComparison.Ordinal);
            foreach (var bearer in (AuthenticationHeaderValue?[])[new("Bearer", node.Key), new("Bearer", Line), new("Bearer", $"eyJhbGciOiJub25lIn0.{Line}."), new("Basic", Line)])
            {
                using var request = new HttpRequestMessage(new(rule.Method), path) { Headers = { Authorization = bearer }, Content = rule.Changes ? new StringContent("{}") : null };
                var answer = await node.Http.SendAsync(request);
                _seen.Add(($"{rule.Operation} {(int)answer.StatusCode}", $"{answer.Headers}{answer.Content.Headers}{await answer.Content.ReadAsStringAsync()}"));
            }
        }

        _seen.Add(("page", await node.Http.GetStringAsync("/")));
        Assert.Contains(_seen, s => s.Where == "getMetrics 200");
    }

    /// <summary>What a node prints at its start, or why it does not.</summary>
    private void Settings(string config, string set)
    {
        try
        {
            _seen.Add(("printed", string.Join('\n', EffectiveSettings.Lines(NodeSettings.Read(config, [set])))));
        }
        catch (ParamException e)
        {
            _seen.Add(("refused", e.Message));
        }
    }

    /// <summary>A real process, for some seconds at most.</summary>
    private async Task SayAsync(string what, params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, .. args]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        using var over = new CancellationTokenSource(TimeSpan.FromSeconds(8));
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync(over.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
        }

        _seen.Add((what, await output + await error));
        Assert.NotEmpty(_seen[^1].Text);
    }

    private void Nowhere(params string[] secrets) =>
        Assert.Empty(_seen.SelectMany(s => secrets.Where(secret => s.Text.Contains(secret, StringComparison.Ordinal)).Select(secret => $"{secret} is in {s.Where}")));

    private (string Certificate, string Key, string KeyText) SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=node", key, HashAlgorithmName.SHA256).CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        var pem = key.ExportPkcs8PrivateKeyPem();
        File.WriteAllText(_files.File("c.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(_files.File("k.pem"), pem);
        return (_files.File("c.pem"), _files.File("k.pem"), pem.Split('\n')[1]);
    }
}
