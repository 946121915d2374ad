using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Milvus.Optimize.Storage.Tests;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>Keys in the database: a command makes one, every node knows it, and none any more once it is revoked.</summary>
public sealed partial class SurvivalTests
{
    [ClusterFact]
    public async Task A_node_beyond_the_loopback_takes_the_keys_of_the_database_until_they_end()
    {
        var bed = await beds.ReadyAsync();
        using var folder = new Certificate();
        await using var node = bed.Another(
            $"Management:Listen=https://0.0.0.0:{FreePorts.Next()}", "Management:Anonymous=false", $"Management:CertificateFile={folder.File}", $"Management:KeyFile={folder.Key}",
            $"Management:AuditFile={folder.File}.audit");
        node.Start();
        await node.UntilUpAsync();
        var at = new Uri(node.Arguments.Single(a => a.StartsWith("Management:Listen=", StringComparison.Ordinal))["Management:Listen=".Length..].Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal));
        using var http = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, seen, _, _) => seen!.GetCertHashString() == folder.Hash } }) { BaseAddress = at };

        await Shell.UntilAsync("it is ready, which needs no key", async () => await StatusAsync(http, "/readyz", null) == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(http, "/api/v1/runs", null));
        var key = await KeysAsync(bed, "create", "ci", "--role", "viewer");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, "/api/v1/runs", key));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, "/api/v1/clusters", key));
        Assert.Equal([[0L]], await bed.Database.RowsAsync($"select count(*) from optimize_api_key k where position('{key.Split('_', 3)[2]}' in k::text) > 0"));
        await KeysAsync(bed, "revoke", key.Split('_')[1]);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(http, "/api/v1/runs", key));
        Assert.Contains("revoked", await KeysAsync(bed, "list"), StringComparison.Ordinal);
        Assert.Contains("\"status\":401", (await File.ReadAllLinesAsync($"{folder.File}.audit"))[0], StringComparison.Ordinal);
        await node.Process.SignalAsync("TERM");
        await node.Process.UntilExitAsync(TimeSpan.FromSeconds(20));
    }

    [ClusterFact]
    public async Task A_node_beyond_the_loopback_without_TLS_does_not_start()
    {
        var bed = await beds.ReadyAsync();
        await using var open = bed.Another($"Management:Listen=http://0.0.0.0:{FreePorts.Next()}", "Management:Anonymous=false");
        open.Start();
        await open.Process.UntilExitAsync(TimeSpan.FromSeconds(20));
        Assert.Contains(open.Process.Lines, l => l.Contains("keys would travel readable", StringComparison.Ordinal));
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string path, string? key)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, path);
        if (key is not null) message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await http.SendAsync(message);
        return answer.StatusCode;
    }

    /// <summary>What the command prints on both its outputs; of a new key that is its first line.</summary>
    private static async Task<string> KeysAsync(ClusterBed bed, params string[] arguments)
    {
        await using var command = new ProgramProcess(["keys", .. arguments, .. bed.Nodes[0].Arguments]);
        await command.UntilExitAsync(TimeSpan.FromSeconds(20));
        Assert.True(command.ExitCode == 0, command.Tail());
        return command.Lines.FirstOrDefault(l => l.StartsWith("mok_", StringComparison.Ordinal)) ?? command.Tail();
    }

    /// <summary>One that signs itself, as PEM files.</summary>
    private sealed class Certificate : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("optimize-tls-").FullName;

        public Certificate()
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=optimize", key, HashAlgorithmName.SHA256);
            using var made = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
            System.IO.File.WriteAllText(File, made.ExportCertificatePem());
            System.IO.File.WriteAllText(Key, key.ExportPkcs8PrivateKeyPem());
            Hash = made.GetCertHashString();
        }

        public string File => Path.Combine(_folder, "node.pem");

        public string Key => Path.Combine(_folder, "node.key");

        public string Hash { get; }

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
