using Microsoft.Extensions.Time.Testing;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.Tests;

public sealed class ApiKeyFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Documents.Start);

    private ApiKeyFile Keys => new(_folder.File("keys.json"), _time);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_secret_is_in_no_file_and_in_no_text()
    {
        var (key, text) = await CreateAsync("ci");
        var secret = text.Reveal().Split('_', 3)[2];
        Assert.Equal(43, secret.Length);
        foreach (var place in (string[])[File.ReadAllText(_folder.File("keys.json")), key.ToString(), text.ToString()!, $"{text}"])
            Assert.DoesNotContain(secret, place, StringComparison.Ordinal);
        Assert.DoesNotContain(key.Hash, key.ToString(), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File("keys.json")));
    }

    [Fact]
    public async Task A_key_is_itself_and_no_other()
    {
        var (key, text) = await CreateAsync("a");
        var (other, _) = await CreateAsync("b");
        var typed = ApiKeyText.TryParse(text.Reveal())!;
        Assert.True(typed.Is(key.Hash));
        Assert.False(typed.Is(other.Hash));
        Assert.Equal(key, await Keys.FindAsync(typed.Id, default));
    }

    [Fact]
    public async Task Two_keys_of_a_name_are_valid_at_once_and_a_third_waits_for_one_to_end()
    {
        var (first, _) = await CreateAsync("ci");
        await CreateAsync("ci", TimeSpan.FromHours(1));
        await Assert.ThrowsAsync<ParamException>(() => CreateAsync("ci"));
        _time.Advance(TimeSpan.FromHours(2));
        await CreateAsync("ci");
        await Assert.ThrowsAsync<ParamException>(() => CreateAsync("ci"));
        await Keys.RevokeAsync(first.Id, default);
        await CreateAsync("ci");
        Assert.Equal(4, (await Keys.ListAsync(default)).Length);
    }

    [Fact]
    public async Task Keys_that_are_made_at_once_are_all_kept()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(async () => await new ApiKeyFile(_folder.File("keys.json"), TimeProvider.System)
            .CreateAsync($"k{i}", Role.Viewer, CollectionScope.All, null, default))));
        Assert.Equal(20, (await Keys.ListAsync(default)).Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a\0b")]
    [InlineData("a\u001b[2J")]
    [InlineData("a\nb")]
    [InlineData("a\u202eb")]
    public async Task A_key_has_a_name(string name) => await Assert.ThrowsAsync<ParamException>(() => CreateAsync(name));

    [Fact]
    public async Task A_key_that_is_not_there_cannot_be_revoked() => await Assert.ThrowsAsync<ParamException>(async () => await Keys.RevokeAsync("nothere", default));

    [Theory]
    [InlineData("http://127.0.0.1:1", false, true, false, true)]
    [InlineData("http://localhost:1", false, false, false, true)]
    [InlineData("http://[::1]:1", false, false, false, true)]
    [InlineData("http://0.0.0.0:1", false, false, false, false)]
    [InlineData("http://10.0.0.1:1", false, false, true, true)]
    [InlineData("https://0.0.0.0:1", true, false, false, true)]
    [InlineData("https://0.0.0.0:1", true, true, false, false)]
    [InlineData("https://0.0.0.0:1", true, true, true, true)]
    [InlineData("https://127.0.0.1:1", false, false, false, false)]
    [InlineData("http://127.0.0.1:1", true, false, false, false)]
    [InlineData("http://example.com:1", false, false, true, false)]
    [InlineData("ftp://127.0.0.1:1", false, false, true, false)]
    [InlineData("http://u:p@127.0.0.1:1", false, false, true, false)]
    [InlineData("127.0.0.1:1", false, false, true, false)]
    public void Beyond_the_loopback_TLS_and_keys_are_needed_unless_somebody_says_insecure(string address, bool certificate, bool anonymous, bool insecure, bool works)
    {
        var thrown = Record.Exception(() => ListenAddress.Check(address, certificate, anonymous, insecure));
        if (works) Assert.Null(thrown);
        else Assert.IsType<ParamException>(thrown);
    }

    [Theory]
    [InlineData("a/b/c/d")]
    [InlineData("")]
    [InlineData("a/%/c")]
    [InlineData("a/[b]")]
    public void A_scope_that_is_none_is_refused(string scope) => Assert.Throws<ParamException>(() => CollectionScope.Parse(scope));

    private async Task<(ApiKey Key, ApiKeyText Text)> CreateAsync(string name, TimeSpan? expiresAfter = null) =>
        await Keys.CreateAsync(name, Role.Viewer, CollectionScope.All, expiresAfter, default);
}
