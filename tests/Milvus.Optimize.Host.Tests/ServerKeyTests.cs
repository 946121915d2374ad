using System.Text.Json.Nodes;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.Tests;

/// <summary><c>keys</c> against a server.</summary>
public sealed class ServerKeyTests : IAsyncLifetime
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly CommandRun _run = new();
    private RouteServer _server = null!;

    private string Admin => _server.Tcp.DefaultRequestHeaders.Authorization!.Parameter!;

    public async Task InitializeAsync()
    {
        _server = await RouteServer.StartAsync();
        _run.Variables["MILVUS_OPTIMIZE_SERVER"] = _server.Tcp.BaseAddress!.ToString();
        _run.Variables["MILVUS_OPTIMIZE_KEY"] = Admin;
    }

    public async Task DisposeAsync()
    {
        _run.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_key_is_made_used_listed_and_revoked_from_afar_and_shown_once()
    {
        Assert.Equal(0, await _run.InvokeAsync("keys", "create", "ci", "--role", "operator", "--scope", "prod-*/default", "--expires", "90d").WaitAsync(Bound));
        var key = _run.Out.ToString().Trim();
        Assert.Matches("^mok_[a-z2-7]{10}_[A-Za-z0-9_-]{43}$", key);
        Assert.Contains("operator on prod-*/default/*", _run.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await _run.InvokeAsync("runs", "list", "--api-key", key).WaitAsync(Bound));
        foreach (var form in (string[])["table", "wide", "json", "jsonl"]) Assert.Equal(0, await _run.InvokeAsync("keys", "list", "-o", form).WaitAsync(Bound));
        Assert.Matches("ci +operator +valid +20[0-9-]+ [0-9:]+ +prod-\\*/default/\\*", _run.Out.ToString());
        Assert.Equal(0, await _run.InvokeAsync("keys", "revoke", key.Split('_')[1], "-o", "json").WaitAsync(Bound));
        Assert.Equal(2, await _run.InvokeAsync("runs", "list", "--api-key", key).WaitAsync(Bound));
        Assert.DoesNotContain(key.Split('_', 3)[2], _run.Out.ToString()[key.Length..] + _run.Error, StringComparison.Ordinal);

        var stored = (await _server.Keys.ListAsync(CancellationToken.None)).Single(k => k.Name == "ci");
        Assert.Equal((Role.Operator, "prod-*/default/*"), (stored.Role, stored.Scope.ToString()));
        Assert.InRange(stored.ExpiresAt!.Value - stored.CreatedAt, TimeSpan.FromDays(90) - Bound, TimeSpan.FromDays(90) + Bound);
        Assert.NotNull(stored.RevokedAt);
        Assert.Empty(Directory.GetFiles(_run.Folder.Path));
    }

    [Fact]
    public async Task Without_a_scope_it_is_for_what_the_callers_own_key_is_for()
    {
        var narrow = (await _server.BearerAsync(Role.Admin, "prod")).Parameter!;
        Assert.Equal(0, await _run.InvokeAsync("keys", "create", "n", "--api-key", narrow, "-o", "jsonl").WaitAsync(Bound));
        Assert.Equal("prod/*/*", JsonNode.Parse(_run.Out.ToString())!["scope"]!.GetValue<string>());
        Assert.Equal(3, await _run.InvokeAsync("keys", "create", "n", "--api-key", narrow, "--scope", "dev").WaitAsync(Bound));
    }

    [Fact]
    public async Task A_list_of_more_than_a_page_is_followed_to_its_end()
    {
        for (var i = 0; i < 510; i++) await _server.Keys.CreateAsync($"many {i}", Role.Viewer, CollectionScope.All, null, CancellationToken.None);
        Assert.Equal(0, await _run.InvokeAsync("keys", "list", "-o", "jsonl").WaitAsync(Bound));
        Assert.Equal(510, _run.Out.ToString().Split('\n').Where(l => l.Contains("\"many ", StringComparison.Ordinal)).Distinct().Count());
    }

    [Fact]
    public async Task What_is_refused_says_why_by_its_exit_code()
    {
        _run.Variables["MILVUS_OPTIMIZE_KEY"] = (await _server.BearerAsync(Role.Operator)).Parameter!;
        Assert.Equal(3, await _run.InvokeAsync("keys", "list").WaitAsync(Bound));
        Assert.Contains("admin", _run.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, await _run.InvokeAsync("keys", "list", "--api-key", "mok_nonsense").WaitAsync(Bound));
        Assert.Equal(2, await _run.InvokeAsync("keys", "revoke", "nothere", "--api-key", Admin).WaitAsync(Bound));
        Assert.Equal(1, await _run.InvokeAsync("keys", "list", "--server", "http://127.0.0.1:1").WaitAsync(Bound));
        Assert.Contains("no answer from the node at http://127.0.0.1:1", _run.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, await _run.InvokeAsync("keys", "list", "--config", "f.json", "--context", "c").WaitAsync(Bound));
        Assert.Equal(2, await _run.InvokeAsync("keys", "list", "--set", "A=B").WaitAsync(Bound));
    }

    [Fact]
    public async Task A_context_names_the_server_and_state_the_folder()
    {
        _run.Variables.Remove("MILVUS_OPTIMIZE_SERVER");
        _run.Variables["XDG_CONFIG_HOME"] = _run.Folder.Path;
        Assert.Equal(0, await _run.InvokeAsync("context", "add", "prod", "--server", _server.Tcp.BaseAddress!.ToString()));
        Assert.Equal(0, await _run.InvokeAsync("keys", "create", "far", "--context", "prod").WaitAsync(Bound));
        Assert.Equal(0, await _run.InvokeHereAsync("keys", "create", "near").WaitAsync(Bound));
        var far = (await _server.Keys.ListAsync(CancellationToken.None)).Select(k => k.Name).ToArray();
        Assert.Contains("far", far);
        Assert.DoesNotContain("near", far);
    }
}
