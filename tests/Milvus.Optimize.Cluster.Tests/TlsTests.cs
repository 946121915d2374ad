using Milvus.Optimize.Contracts.Tests;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Host.Settings;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>Mutual TLS between nodes, with certificates of the script in docker/.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("optimize-tls-");

    public void Dispose() => _folder.Delete(recursive: true);

    [ClusterFact]
    public async Task Nodes_with_certificates_of_one_authority_are_a_cluster_and_no_other_comes_in()
    {
        await MakeAsync("ours", "A", "B", "C", "late");
        await MakeAsync("theirs", "stranger");
        await using var bed = await ClusterBed.CreateAsync(set: name => name == "asking" ? [] : Tls("ours", name));
        await bed.ReadyAsync();
        var run = await bed.Nodes[0].OptimizeAsync("books");

        await using var plain = bed.Another();
        await using var foreign = bed.Another([.. Tls("theirs", "stranger")]);

        // It trusts the others, as one with a stolen address would: the others must not trust it.
        await File.WriteAllTextAsync($"{Folder("both")}.pem", await File.ReadAllTextAsync($"{Folder("ours")}/ca.pem") + await File.ReadAllTextAsync($"{Folder("theirs")}/ca.pem"));
        await using var trusting = bed.Another([.. Tls("theirs", "stranger", $"{Folder("both")}.pem")]);
        NodeProcess[] strangers = [plain, foreign, trusting];
        foreach (var stranger in strangers) stranger.Start();
        await foreign.Process.UntilSaidAsync(" is refused: CN=");
        await Shell.UntilAsync("the others refuse it", () => bed.Nodes.Any(n => n.Process.LastWith(" is refused: CN=stranger: ") is not null));
        await plain.Process.UntilSaidAsync("Couldn't join seed nodes");

        // Nothing of it hurt the others: one more of ours comes in.
        await bed.UntilAsync(run, "Succeeded");
        await using var late = bed.Another([.. Tls("ours", "late")]);
        late.Start();
        await late.UntilUpAsync();
        await bed.UntilAsync(await late.OptimizeAsync("films"), "Succeeded");
        Assert.All(strangers, s => Assert.Null(s.Process.LastWith("is up at")));
        Assert.All(bed.Nodes, n => Assert.True(n.IsRunning));
        bed.AssertJudged(run);
    }

    [Fact]
    public async Task A_node_says_at_its_start_what_of_its_files_would_not_work()
    {
        await MakeAsync("ours", "A", "B");
        await MakeAsync("theirs", "A");
        var (ours, theirs) = (Folder("ours"), Folder("theirs"));
        Assert.Contains("akka.ssl.tcp://", new AkkaSettings { SeedNodes = ["a:1"], Tls = Of($"{ours}/A.pem", $"{ours}/A.key", $"{ours}/ca.pem") }.Hocon("1"), StringComparison.Ordinal);
        Refused("would be refused by the other nodes: CN=A: ", Of($"{theirs}/A.pem", $"{theirs}/A.key", $"{ours}/ca.pem"));
        Refused("a file cannot be used", Of($"{ours}/A.pem", $"{ours}/B.key", $"{ours}/ca.pem"));
        Refused("a file cannot be used", Of($"{ours}/A.pem", $"{ours}/A.key", $"{ours}/none.pem"));
        Refused("would be refused by the other nodes: CN=A: ", Of($"{ours}/A.pem", $"{ours}/A.key", $"{ours}/A.key"));
        Refused("needs all of", new() { CaFile = "ca.pem" });
        await File.WriteAllTextAsync($"{ours}/tls.hocon", "akka.remote.dot-netty.tcp.enable-ssl = on");
        Assert.Contains("give Akka:Tls its three files", Assert.Throws<ParamException>(() => AkkaFiles.Read($"{ours}/tls.hocon")).Message, StringComparison.Ordinal);

        static AkkaTlsSettings Of(string certificate, string key, string ca) => new() { CertificateFile = certificate, KeyFile = key, CaFile = ca };

        static void Refused(string why, AkkaTlsSettings settings) => Assert.Contains(why, Assert.Throws<ParamException>(settings.Validate).Message, StringComparison.Ordinal);
    }

    private Task MakeAsync(string authority, params string[] names) =>
        Shell.RunAsync(Path.Combine(Repository.Root, "docker/certificates/make-test-certificates.sh"), [Folder(authority), .. names]);

    private string Folder(string authority) => Path.Combine(_folder.FullName, authority);

    private IEnumerable<string> Tls(string authority, string name, string? ca = null) =>
        [$"Akka:Tls:CertificateFile={Folder(authority)}/{name}.pem", $"Akka:Tls:KeyFile={Folder(authority)}/{name}.key", $"Akka:Tls:CaFile={ca ?? $"{Folder(authority)}/ca.pem"}"];
}
