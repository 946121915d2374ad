using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Milvus.Optimize.Contracts.Tests;
using Milvus.Optimize.Host.Tests;
using Milvus.Optimize.Management.Security;
using Milvus.Optimize.Storage.Tests;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>
/// A node with a PostgreSQL journal that is given a secret in every place where one may stand, and uses it: the database's password in its file, tokens and
/// passwords of four Milvus clusters on the command line, in the file and in files of their own, the key of tokens in the environment, a header of the collector,
/// keys of two certificates, API keys. It runs, is asked on every route by good and by bad callers, loses its database and gets it back. Nothing that it says,
/// writes, stores or sends may have one of them in it.
/// </summary>
public sealed class SecretsTests : IDisposable
{
    private const string Database = "canary01databasepassword";
    private const string Token = "canary02milvustoken";
    private const string FileToken = "canary03milvustokenfile";
    private const string Password = "canary04milvuspassword";
    private const string FilePassword = "canary05milvuspasswordfile";
    private const string JwtKey = "canary06jwtkey-of-thirty-two-bytes-or-more";
    private const string Otlp = "canary07otlpheader";
    private const string Bearer = "canary08badbearer";
    private const string Wrong = "canary09wrongdatabasepassword";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("optimize-secrets-");
    private readonly List<(string Where, string Text)> _seen = [];

    public void Dispose() => _folder.Delete(recursive: true);

    [ClusterFact]
    public async Task A_node_with_a_database_shows_none_of_what_it_was_given()
    {
        await using var database = await DatabaseServer.CreateAsync(password: Database);
        await using var simulator = await SimulatorProcess.StartAsync(File("simulator.jsonl"), speed: 20, token: $"root:{Token}");
        await using var collector = await Collector.StartAsync();
        await Shell.RunAsync(Path.Combine(Repository.Root, "docker/certificates/make-test-certificates.sh"), File("tls"), "A");
        var (ports, tlsKey) = (FreePorts.Some(2), SelfSigned());
        await WriteAsync("token", FileToken);
        await WriteAsync("password", FilePassword);
        await WriteAsync("node.json", $$$"""
            { "Milvus": { "Optimize": {
              "Storage": { "PostgreSql": "{{{database.ConnectionString}}}" },
              "Akka": { "Port": {{{ports[0]}}}, "SeedNodes": ["127.0.0.1:{{{ports[0]}}}"], "Tls": { "CertificateFile": "{{{File("tls/A.pem")}}}", "KeyFile": "{{{File("tls/A.key")}}}", "CaFile": "{{{File("tls/ca.pem")}}}" } },
              "Telemetry": { "OtlpEndpoint": "{{{collector.Url}}}", "OtlpProtocol": "http/protobuf", "OtlpHeaders": "x-key={{{Otlp}}}" },
              "Management": { "Listen": "https://127.0.0.1:{{{ports[1]}}}", "CertificateFile": "{{{File("node.pem")}}}", "KeyFile": "{{{File("node.key")}}}", "AuditFile": "{{{File("audit.jsonl")}}}", "Jwt": { "Issuer": "i", "Audience": "a" } },
              "Clusters": {
                "sim": { "Address": "{{{simulator.Address}}}" }, "file": { "Address": "127.0.0.1:1", "TokenFile": "{{{File("token")}}}" },
                "user": { "Address": "127.0.0.1:1", "User": "root", "Password": "{{{Password}}}" }, "both": { "Address": "127.0.0.1:1", "User": "root", "PasswordFile": "{{{File("password")}}}" } }
            } } }
            """);
        var variables = new Dictionary<string, string> { ["Milvus__Optimize__Management__Jwt__Key"] = JwtKey };
        await using var node = new ProgramProcess(["node", "--config", File("node.json"), "--set", $"Clusters:sim:Token=root:{Token}"], variables);
        await node.UntilSaidAsync("is up at");
        await using var create = new ProgramProcess(["keys", "create", "first", "--role", "admin", "--config", File("node.json")], variables);
        var key = await create.UntilSaidAsync("mok_");

        using var http = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true }) { BaseAddress = new($"https://127.0.0.1:{ports[1]}") };
        await RunAsync(http, key);
        var made = await AskAsync(http, key);
        await database.StopAsync();
        await AskAsync(http, key);
        await database.StartAsync();
        await using var refused = new ProgramProcess(["node", "--config", File("node.json"), "--set", $"Storage:PostgreSql={database.ConnectionString.Replace(Database, Wrong, StringComparison.Ordinal)}", "--set", $"Akka:Port={FreePorts.Next()}"], variables);
        await refused.UntilSaidAsync("28P01");
        await node.SignalAsync("TERM");
        await node.UntilExitAsync(TimeSpan.FromSeconds(60));

        _seen.Add(("the node's log", string.Join('\n', node.Lines)));
        _seen.Add(("the log of a node with a wrong password", string.Join('\n', refused.Lines)));
        _seen.Add(("what keys create says beside the key", string.Join('\n', create.Lines.Where(l => !l.StartsWith("mok_", StringComparison.Ordinal)))));
        _seen.Add(("audit log", await System.IO.File.ReadAllTextAsync(File("audit.jsonl"))));
        _seen.Add(("collector", collector.Text("/v1/traces") + collector.Text("/v1/metrics") + collector.Text("/v1/logs")));
        await DumpAsync(database);
        Contains("the node's log", "Clusters:sim:Token = ***", "Management:Jwt:Key = ***", "Clusters:user:Password = ***");
        Contains("audit log", "startRun");
        Contains("collector", "milvus.optimize.runs");
        Contains("table optimize_journal", "books");
        Contains("table optimize_api_key", key.Split('_')[1]);
        Assert.Equal([Otlp], collector.Keys);
        Assert.Contains(_seen, s => s.Where.EndsWith(" 503", StringComparison.Ordinal));
        string[] secrets =
        [
            Database, Token, FileToken, Password, FilePassword, JwtKey, Otlp, Bearer, Wrong, key.Split('_', 3)[2], made.Split('_', 3)[2], tlsKey, (await System.IO.File.ReadAllLinesAsync(File("tls/A.key")))[1],
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"root:{Token}")), Convert.ToBase64String(Encoding.UTF8.GetBytes($"root:{Password}")),
        ];
        Assert.Empty(_seen.SelectMany(s => secrets.Where(secret => s.Text.Contains(secret, StringComparison.Ordinal)).Select(secret => $"{secret} is in {s.Where}")));
    }

    /// <summary>A run to its end with the token of the command line, which the simulator asks for; and one each that its cluster refuses.</summary>
    private async Task RunAsync(HttpClient http, string key)
    {
        foreach (var cluster in (string[])["file", "user", "both"]) await SendAsync(http, HttpMethod.Post, $"/api/v1/clusters/{cluster}/databases/default/collections/books:optimize", key, "{}");

        // A node that has just come up may say "retry later" to either.
        JsonNode? started = null, run = null;
        await Shell.UntilAsync("the start is taken", async () =>
            (started = JsonNode.Parse(await SendAsync(http, HttpMethod.Post, "/api/v1/runs", key, """{"cluster":"sim","collection":"books"}""")))!["id"] is not null);
        await Shell.UntilAsync("the run is over", async () =>
            (run = JsonNode.Parse(await SendAsync(http, HttpMethod.Get, $"/api/v1/runs/{started!["id"]}?wait=5", key)))!["done"]?.GetValue<bool>() is true, TimeSpan.FromMinutes(2));
        Assert.Equal("Succeeded", run!["state"]!.GetValue<string>());
    }

    /// <summary>Every route of the document, and the page, with a good key, a good token and several bad ones; the text of the last key that was made, which its maker alone is told.</summary>
    private async Task<string> AskAsync(HttpClient http, string key)
    {
        var (made, run) = ("", _seen.Select(s => s.Text).First(t => t.Contains("\"id\":\"sim.", StringComparison.Ordinal)).Split("\"id\":\"")[1].Split('"')[0]);
        var document = JsonNode.Parse(await SendAsync(http, HttpMethod.Get, "/openapi/v1.json", null))!;
        Assert.True(document["paths"]!.AsObject().Count >= 15);
        foreach (var (pattern, verbs) in document["paths"]!.AsObject())
        {
            var path = pattern.Replace("{id}", run, StringComparison.Ordinal).Replace("{code}", "not-found", StringComparison.Ordinal).Replace("{cluster}", "sim", StringComparison.Ordinal)
                .Replace("{database}", "default", StringComparison.Ordinal).Replace("{name}", "books", StringComparison.Ordinal).Replace("{key}", "aaaaaaaaaa", StringComparison.Ordinal);
            // The run has ended, and its stream with it.
            foreach (var (verb, _) in verbs!.AsObject())
                foreach (var bearer in (string?[])[key, SignedToken(), null, Bearer, $"mok_aaaaaaaaaa_{Bearer}", $"eyJhbGciOiJub25lIn0.{Bearer}."])
                {
                    var body = verb != "post" ? null : path.EndsWith("/keys", StringComparison.Ordinal) ? """{"name":"made"}""" : "{\"reason\":\"why\"}";
                    var text = await SendAsync(http, new(verb.ToUpperInvariant()), path, bearer, body);
                    if (!text.Contains("\"key\":\"mok_", StringComparison.Ordinal)) continue;
                    made = JsonNode.Parse(text)!["key"]!.GetValue<string>();
                    _seen.RemoveAt(_seen.Count - 1);
                    await SendAsync(http, HttpMethod.Delete, $"{path}/{made.Split('_')[1]}", key);
                }
        }

        await SendAsync(http, HttpMethod.Get, "/", null);
        return made;
    }

    private async Task<string> SendAsync(HttpClient http, HttpMethod method, string path, string? bearer, string? body = null)
    {
        using var message = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        if (bearer is not null) message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        using var answer = await http.SendAsync(message);
        var text = await answer.Content.ReadAsStringAsync();
        _seen.Add(($"{method} {path} {(int)answer.StatusCode}", $"{answer.Headers}{answer.Content.Headers}{text}"));
        return text;
    }

    /// <summary>Every row of every table, bytes as they are.</summary>
    private async Task DumpAsync(DatabaseServer database)
    {
        var tables = await database.RowsAsync("select table_name::text from information_schema.tables where table_schema = 'public'");
        Assert.True(tables.Count >= 4, $"{tables.Count} tables");
        foreach (var table in tables.Select(t => (string)t[0]))
        {
            var cells = (await database.RowsAsync($"select * from {table}")).SelectMany(row => row);
            _seen.Add(($"table {table}", string.Join('\n', cells.Select(c => c is byte[] bytes ? Encoding.Latin1.GetString(bytes) : $"{c}"))));
        }
    }

    private void Contains(string where, params string[] texts)
    {
        foreach (var text in texts) Assert.Contains(text, _seen.Single(s => s.Where == where).Text, StringComparison.Ordinal);
    }

    private static string SignedToken() => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = "i", Audience = "a", Expires = TimeProvider.System.GetUtcNow().AddHours(1).UtcDateTime, Claims = new Dictionary<string, object> { ["sub"] = "token", [Caller.RoleClaim] = "viewer" },
        SigningCredentials = new(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(JwtKey)), SecurityAlgorithms.HmacSha256),
    });

    /// <summary>A certificate that signs itself; returns a line of its key.</summary>
    private string SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = new CertificateRequest("CN=node", key, HashAlgorithmName.SHA256).CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        var pem = key.ExportPkcs8PrivateKeyPem();
        System.IO.File.WriteAllText(File("node.pem"), made.ExportCertificatePem());
        System.IO.File.WriteAllText(File("node.key"), pem);
        return pem.Split('\n')[1];
    }

    private string File(string name) => Path.Combine(_folder.FullName, name);

    private Task WriteAsync(string name, string text) => System.IO.File.WriteAllTextAsync(File(name), text);
}
