using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Wire;
using Xunit.Abstractions;

namespace Milvus.Optimize.Gateway.Tests;

public sealed class TlsTests(ITestOutputHelper output) : IDisposable
{
    private readonly Certificates _ours = new("our authority");
    private readonly Certificates _others = new("another authority");

    public void Dispose()
    {
        _ours.Dispose();
        _others.Dispose();
    }

    [Fact]
    public async Task A_server_of_our_authority_is_trusted_for_reads_and_triggers()
    {
        await using var server = await ScriptedMilvus.StartAsync(Serve("127.0.0.1"));
        server.Answer("ManualCompaction", new ManualCompactionResponse { Status = new(), CompactionID = 5 });
        await using var gateway = Gateways.To(server, o => o with { CaFile = _ours.CaFile });
        Assert.Equal("2.6.15", (await gateway.DescribeServerAsync("default", default)).Version);
        Assert.Equal(new TriggerOutcome.Acknowledged(5, 0), await gateway.TriggerForceMergeAsync(Gateways.Trigger(), new CountingPermit(), default));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_of_another_authority_is_refused_at_once(bool withCa)
    {
        await using var server = await ScriptedMilvus.StartAsync(Serve("127.0.0.1"));
        var failure = await FailureAsync(server, o => withCa ? o with { CaFile = _others.CaFile } : o);
        Assert.Equal(MilvusFailureKind.Permanent, failure.Kind);
        Assert.Contains("TLS with 127.0.0.1", failure.Reason, StringComparison.Ordinal);
        Assert.Contains("CA file", failure.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_certificates_name_is_checked_and_can_be_given()
    {
        await using var server = await ScriptedMilvus.StartAsync(Serve("milvus.internal"));
        var failure = await FailureAsync(server, o => o with { CaFile = _ours.CaFile });
        Assert.Equal(MilvusFailureKind.Permanent, failure.Kind);
        await using var gateway = Gateways.To(server, o => o with { CaFile = _ours.CaFile, ServerName = "milvus.internal" });
        Assert.Equal("2.6.15", (await gateway.DescribeServerAsync("default", default)).Version);
        Assert.Equal("milvus.internal", server.Seen[0].Headers["host"]);
    }

    [Fact]
    public async Task Mutual_TLS_shows_our_certificate()
    {
        var shown = "";
        await using var server = await ScriptedMilvus.StartAsync(Serve("127.0.0.1", https =>
        {
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (certificate, _, _) =>
            {
                shown = certificate.Subject;
                return true;
            };
        }));
        using var own = _ours.Issue("optimizer");
        var (certificate, key) = _ours.Write(own);
        await using var gateway = Gateways.To(server, o => o with { CaFile = _ours.CaFile, CertificateFile = certificate, KeyFile = key });
        Assert.Equal("2.6.15", (await gateway.DescribeServerAsync("default", default)).Version);
        Assert.Equal("CN=optimizer", shown);

        var failure = await FailureAsync(server, o => o with { CaFile = _ours.CaFile });
        Assert.Contains("check", failure.Reason, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Plain_http_to_a_TLS_port_says_to_try_https()
    {
        await using var server = await ScriptedMilvus.StartAsync(Serve("127.0.0.1"));
        await using var gateway = Gateways.To(new Uri($"http://{server.Address.Authority}"));
        var failure = await Gateways.FailureOf(() => gateway.DescribeServerAsync("default", default));
        output.WriteLine(failure.ToString());
        Assert.Contains("https://", failure.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Https_to_a_plain_port_says_that_TLS_failed()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        await using var gateway = Gateways.To(new Uri($"https://{server.Address.Authority}"));
        var failure = await Gateways.FailureOf(() => gateway.DescribeServerAsync("default", default));
        output.WriteLine(failure.ToString());
        Assert.Contains("http://", failure.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_holds_no_certificate_is_refused()
    {
        File.WriteAllText(_ours.CaFile, "nothing");
        Assert.Contains("PEM", Assert.Throws<ArgumentException>(() => Gateways.To(new Uri("https://m:1"), o => o with { CaFile = _ours.CaFile })).Message, StringComparison.Ordinal);
    }

    private Action<ListenOptions> Serve(string name, Action<HttpsConnectionAdapterOptions>? change = null) => listen => listen.UseHttps(https =>
    {
        https.ServerCertificate = _ours.Issue(name);
        change?.Invoke(https);
    });

    private async Task<MilvusFailure> FailureAsync(ScriptedMilvus server, Func<MilvusConnectionOptions, MilvusConnectionOptions> change)
    {
        await using var gateway = Gateways.To(server, change);
        var failure = await Gateways.FailureOf(() => gateway.DescribeServerAsync("default", default));
        output.WriteLine($"{failure.Kind}: {failure}");
        return failure;
    }
}
