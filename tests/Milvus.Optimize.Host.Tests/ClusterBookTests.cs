using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Host.Targets;

namespace Milvus.Optimize.Host.Tests;

public sealed class ClusterBookTests : IDisposable
{
    private const string Address = "http://milvus.example:19530";
    private static readonly string Name = ClusterName.FromAddress(new(Address)).Value;

    private readonly CommandRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Everything_but_the_credentials_is_kept_for_its_owner_alone()
    {
        await using (var book = Book([])) Assert.Equal(Name, (await book.BringAsync(new() { Address = Address, Token = "s3cret" }, default)).Value);
        var file = _run.Folder.File("clusters.json");
        Assert.DoesNotContain("s3cret", File.ReadAllText(file), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task A_cluster_whose_credentials_nobody_brought_is_held_until_a_command_brings_them()
    {
        await using (var first = Book([])) await first.BringAsync(new() { Address = Address, Token = "t" }, default);
        await using var book = Book([]);
        await book.ConnectKnownAsync(null, default);
        Assert.Equal("CredentialsMissing", _run.Clusters[Name]);
        await Assert.ThrowsAsync<ParamException>(() => book.BringAsync(new() { Address = Address }, default));
        await book.BringAsync(new() { Address = Address, Token = "t" }, default);
        Assert.Equal("set", _run.Clusters[Name]);
    }

    [Fact]
    public async Task A_node_that_takes_over_gets_in_with_what_it_was_handed()
    {
        await using (var first = Book([])) await first.BringAsync(new() { Address = Address, Token = "t" }, default);
        await using var book = Book(new() { [Name] = new("t", null, null) });
        _run.Clusters.Clear();
        await book.ConnectKnownAsync(new("other"), default);
        Assert.Empty(_run.Clusters);
        await book.ConnectKnownAsync(null, default);
        Assert.Equal("set", _run.Clusters[Name]);
    }

    [Fact]
    public void Credentials_come_from_the_environment()
    {
        var variables = new Dictionary<string, string> { ["MILVUS_URI"] = Address, ["MILVUS_TOKEN"] = "t" };
        Assert.Equal(new("t", null, null), Credentials.FromEnvironment(n => variables.GetValueOrDefault(n))[Name]);
        variables.Clear();
        variables[Credentials.HandOverVariable] = """{"c1":{"Token":null,"User":"u","Password":"p"}}""";
        Assert.Equal(new(null, "u", "p"), Credentials.FromEnvironment(n => variables.GetValueOrDefault(n))["c1"]);
    }

    [Fact]
    public void Secrets_are_never_printed() => Assert.DoesNotContain("s3cret", new Credentials(null, "u", "s3cret").ToString(), StringComparison.Ordinal);

    [Fact]
    public async Task A_file_that_is_missing_is_the_callers_mistake()
    {
        await using var book = Book([]);
        await Assert.ThrowsAsync<ParamException>(() => book.BringAsync(new() { Address = "https://h", CaFile = "/nowhere.pem" }, default));
        await Assert.ThrowsAsync<ParamException>(() => book.BringAsync(new() { Address = "ftp://h" }, default));
        await Assert.ThrowsAsync<ParamException>(() => book.BringAsync(new(), default));
    }

    private ClusterBook Book(Dictionary<string, Credentials> credentials) =>
        new(_run, new(_run.Folder.File("clusters.json")), new(_run.Folder.File("simulator.json")), credentials, TimeProvider.System);
}
