namespace Milvus.Optimize.Host.Tests;

/// <summary>Servers under names.</summary>
public sealed class ContextTests : IDisposable
{
    private readonly CommandRun _run = new();

    public ContextTests() => _run.Variables["XDG_CONFIG_HOME"] = _run.Folder.Path;

    private string ContextPath => Path.Combine(_run.Folder.Path, "milvus-optimize", "contexts.json");

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task A_context_is_added_used_listed_and_removed_and_its_key_is_shown_nowhere()
    {
        _run.Variables["MILVUS_OPTIMIZE_KEY"] = "mok_secret";
        Assert.Equal(0, await _run.InvokeAsync("context", "add", "prod", "--server", "http://127.0.0.1:1", "--cluster", "eu", "--use"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(ContextPath));
        Assert.Contains("mok_secret", File.ReadAllText(ContextPath), StringComparison.Ordinal);
        foreach (var format in (string[])["table", "wide", "json", "jsonl"]) Assert.Equal(0, await _run.InvokeAsync("context", "list", "-o", format));
        Assert.Matches("\\* +prod +http://127.0.0.1:1/ +eu +set", _run.Out.ToString());
        Assert.DoesNotContain("mok_secret", _run.Out.ToString() + _run.Error, StringComparison.Ordinal);

        // The one in use is asked, and is not there.
        Assert.Equal(1, await _run.InvokeAsync("status"));
        Assert.Contains("no answer from the node at http://127.0.0.1:1", _run.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal("eu", _run.Arguments("optimize", "books").Cluster!.Value);
        Assert.Equal("mok_secret", _run.Arguments("optimize", "books").Place.Key);

        Assert.Equal(0, await _run.InvokeAsync("context", "remove", "prod"));
        Assert.Null(_run.Arguments("optimize", "books").Place.Server);
    }

    [Fact]
    public async Task What_is_nearer_wins()
    {
        Assert.Equal(0, await _run.InvokeAsync("context", "add", "a", "--server", "http://a:1", "--cluster", "c", "--use"));
        Assert.Equal(0, await _run.InvokeAsync("context", "add", "b", "--server", "http://b:1", "--cluster", "c"));
        Assert.Equal("a", Server());
        _run.Variables["MILVUS_OPTIMIZE_CONTEXT"] = "b";
        Assert.Equal("b", Server());
        _run.Variables["MILVUS_OPTIMIZE_SERVER"] = "http://s:1";
        Assert.Equal("s", Server("--cluster", "c"));
        Assert.Equal("a", Server("--context", "a"));
        Assert.Equal("o", Server("--server", "http://o:1", "--cluster", "c"));
        Assert.Null(Server("--context", "local"));
        Assert.Null(Server("--state", "s"));
        Assert.Equal(0, await _run.InvokeAsync("context", "use", "local"));
        _run.Variables.Remove("MILVUS_OPTIMIZE_SERVER");
        _run.Variables.Remove("MILVUS_OPTIMIZE_CONTEXT");
        Assert.Null(Server());
    }

    [Fact]
    public async Task A_file_that_others_may_read_is_refused()
    {
        Assert.Equal(0, await _run.InvokeAsync("context", "add", "a", "--server", "http://a:1"));
        File.SetUnixFileMode(ContextPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Equal(2, await _run.InvokeAsync("context", "list"));
        Assert.Contains("chmod 600", _run.Error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("null")]
    public async Task A_file_that_somebody_spoilt_is_said(string text)
    {
        Assert.Equal(0, await _run.InvokeAsync("context", "add", "a", "--server", "http://a:1"));
        File.WriteAllText(ContextPath, text);
        Assert.Equal(1, await _run.InvokeAsync("status"));
        Assert.Contains("holds no contexts", _run.Error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no such context", "context", "use", "nope")]
    [InlineData("no such context", "context", "remove", "nope")]
    [InlineData("no such context", "status", "--context", "nope")]
    [InlineData("two places", "status", "--context", "a", "--state", "s")]
    [InlineData("no address", "context", "add", "x", "--server", "nowhere")]
    [InlineData("no server", "context", "add", "x")]
    [InlineData("no name", "context", "add", "a b", "--server", "http://a:1")]
    [InlineData("the reserved name", "context", "add", "local", "--server", "http://a:1")]
    [InlineData("bad cluster", "context", "add", "x", "--server", "http://a:1", "--cluster", "A B")]
    [InlineData("bad format", "context", "list", "-o", "yaml")]
    [InlineData("bad state", "runs", "list", "--run-state", "no such")]
    [InlineData("both ends", "runs", "list", "--live", "--done")]
    [InlineData("bad run", "runs", "timeline", "x")]
    [InlineData("no run", "runs", "report")]
    [InlineData("two places", "runs", "rebuild", "--state", "s", "--config", "f")]
    [InlineData("set alone", "runs", "rebuild", "--set", "A=B")]
    [InlineData("bad pattern", "collections", "a-b")]
    [InlineData("two Milvus", "collections", "--cluster", "c1", "--milvus", "http://h")]
    [InlineData("a server with a target", "doctor", "--server", "http://127.0.0.1:1", "--milvus", "http://h")]
    [InlineData("credentials alone", "doctor", "--token", "t")]
    [InlineData("no shell", "completion", "tcsh")]
    public async Task Bad_usage_is_2(string why, params string[] args)
    {
        Assert.Equal(2, await _run.InvokeAsync(args));
        Assert.True(_run.Error.ToString().StartsWith("error: ", StringComparison.Ordinal), why);
    }

    private string? Server(params string[] more) => _run.Arguments(["optimize", "books", .. more]).Place.Server?.Host;
}
