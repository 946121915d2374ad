using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Host.CommandLine;

namespace Milvus.Optimize.Host.Tests;

public sealed class CommandLineTests : IDisposable
{
    private readonly CommandRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Everything_that_can_be_typed_arrives()
    {
        File.WriteAllText(_run.Folder.File("f.pem"), "");
        var pem = _run.Folder.File("f.pem");
        var given = _run.Arguments(
            "optimize", "books", "--target-size", "1GB", "--flush", "--force", "--key", "k", "--milvus", "https://h", "--database", "db1", "--token", "t",
            "--ca", pem, "--cert", pem, "--key-file", pem, "--timeout", "30m", "--deadline", "2h", "--no-wait", "--output", "json", "--state", "s");
        var target = new RunTarget { Address = "https://h:19530/", Token = "t", CaFile = pem, CertificateFile = pem, KeyFile = pem };
        Assert.Equal(
            new OptimizeArguments("books", "db1", new(new(1024), true, true), "k", target, TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), true, "json", new("s")), given);
    }

    [Theory]
    [InlineData("error: say which: list, get, watch", "runs")]
    [InlineData("error: say which: optimize, status", "")]
    [InlineData("error: Unrecognized command or argument 'nonsense'.", "nonsense")]
    [InlineData("error: Unrecognized command or argument 'lst'.", "runs", "lst")]
    public async Task Who_names_no_verb_is_told_which_there_are_and_who_misspells_one_is_told_that(string first, params string[] args)
    {
        Assert.Equal(2, await _run.InvokeAsync([.. args.Where(a => a.Length > 0)]));
        Assert.StartsWith(first, _run.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_typed_has_its_default()
    {
        var given = _run.Arguments("optimize", "books");
        Assert.Equal(
            new OptimizeArguments("books", "default", new(TargetSize.Automatic, false, false), null, new() { Simulator = true }, null, TimeSpan.FromHours(24), false, "table", new(null)),
            given);
    }

    [Fact]
    public void The_environment_names_the_server_and_the_token()
    {
        _run.Variables["MILVUS_URI"] = "h:1";
        _run.Variables["MILVUS_TOKEN"] = "t";
        Assert.Equal(new() { Address = "http://h:1/", Token = "t" }, _run.Arguments("optimize", "books").Target);
    }

    [Fact]
    public void A_user_has_a_password_and_no_token_from_elsewhere()
    {
        _run.Variables["MILVUS_TOKEN"] = "t";
        _run.Variables["MILVUS_PASSWORD"] = "p";
        Assert.Equal(
            new() { Address = "http://h:19530/", User = "u", Password = "p" }, _run.Arguments("optimize", "books", "--milvus", "h", "--user", "u").Target);
    }

    [Theory]
    [InlineData("--user", "u")]
    [InlineData("--user", "u", "--token", "t")]
    [InlineData("--ca", "/nowhere.pem")]
    public void A_target_that_cannot_work_is_refused(params string[] options) =>
        Assert.Throws<ParamException>(() => _run.Arguments(["optimize", "books", "--milvus", "http://h", .. options]));

    [Fact]
    public void Credentials_for_the_simulator_are_a_mistake() => Assert.Throws<ParamException>(() => _run.Arguments("optimize", "books", "--token", "t"));

    [Theory]
    [InlineData("no such verb", "frobnicate")]
    [InlineData("no verb")]
    [InlineData("no collection", "optimize")]
    [InlineData("bad name", "optimize", "9books")]
    [InlineData("bad size", "optimize", "books", "--target-size", "1XB")]
    [InlineData("size too small", "optimize", "books", "--target-size", "1KB")]
    [InlineData("bad duration", "optimize", "books", "--timeout", "30")]
    [InlineData("bad database", "optimize", "books", "--database", "a-b")]
    [InlineData("bad output", "optimize", "books", "--output", "xml")]
    [InlineData("bad option", "optimize", "books", "--forse")]
    [InlineData("empty key", "optimize", "books", "--key", "")]
    [InlineData("bad address", "optimize", "books", "--milvus", "ftp://h")]
    [InlineData("bad run", "cancel", "x", "--reason", "why")]
    [InlineData("no reason", "cancel", Documents.Run)]
    [InlineData("empty reason", "cancel", Documents.Run, "--reason", " ")]
    [InlineData("free lane on cancel", "cancel", Documents.Run, "--reason", "why", "--free-lane")]
    [InlineData("bad run id", "status", "a.b")]
    [InlineData("a server without its cluster", "optimize", "books", "--server", "http://127.0.0.1:1")]
    [InlineData("a server with a target", "optimize", "books", "--server", "http://127.0.0.1:1", "--cluster", "c1", "--milvus", "http://h")]
    [InlineData("a cluster without a server", "optimize", "books", "--cluster", "c1")]
    [InlineData("a server and a folder", "status", "--server", "http://127.0.0.1:1", "--state", "s")]
    [InlineData("a server that is no address", "status", "--server", "nowhere")]
    [InlineData("a key without a server", "status", "--api-key", "mok_x")]
    [InlineData("a role that is none", "keys", "create", "ci", "--role", "root")]
    [InlineData("a scope that is none", "keys", "create", "ci", "--scope", "a/b/c/d")]
    [InlineData("beyond the loopback without TLS", "node", "--listen", "http://0.0.0.0:0")]
    [InlineData("a certificate without its key", "node", "--listen", "https://127.0.0.1:0", "--tls-cert", "c.pem")]
    [InlineData("bad port", "simulate", "--port", "70000")]
    [InlineData("port without a number", "simulate", "--port", "x")]
    [InlineData("bad admin port", "simulate", "--port", "0", "--admin-port", "x")]
    [InlineData("unknown generation", "simulate", "--port", "0", "--generation", "g9")]
    [InlineData("unknown fault", "simulate", "--port", "0", "--fault", "earthquake")]
    [InlineData("negative time of dropping", "simulate", "--port", "0", "--segments-drop", "-1")]
    [InlineData("time of dropping that is none", "simulate", "--port", "0", "--segments-drop", "NaN")]
    [InlineData("a fault's wrong name", "simulate", "--port", "0", "--fault", "hang,rpcs=Flush")]
    [InlineData("unknown scenario", "simulate", "--port", "0", "--scenario", "nope")]
    public async Task Bad_usage_is_2_and_says_what_was_wrong(string why, params string[] args)
    {
        Assert.Equal(2, await _run.InvokeAsync(args));
        Assert.True(_run.Error.ToString().StartsWith("error: ", StringComparison.Ordinal), why);
        Assert.Empty(_run.Out.ToString());
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("optimize", "--help")]
    [InlineData("cancel", "--help")]
    [InlineData("simulate", "-h")]
    public async Task Help_has_examples_and_the_exit_codes(params string[] args)
    {
        Assert.Equal(0, await _run.InvokeAsync(args));
        Assert.Contains("Examples:", _run.Out.ToString(), StringComparison.Ordinal);
        Assert.Contains("Exit codes:", _run.Out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_simulator_lists_its_scenarios()
    {
        Assert.Equal(0, await _run.InvokeAsync("simulate", "--list"));
        Assert.StartsWith("pleasant", _run.Out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_given_as_a_flag_waits_and_the_admin_port_shows_it()
    {
        var run = _run.InvokeAsync("simulate", "--port", "0", "--admin-port", "0", "--http-port", "0", "--fault", "hang,rpc=Flush,afterEffect=true,count=3");
        await _run.Out.Line("http on http://127.0.0.1:");
        var admin = _run.Out.ToString().Split('\n').Single(line => line.StartsWith("admin on ", StringComparison.Ordinal))["admin on ".Length..].Trim();
        using var http = new HttpClient();
        var faults = await http.GetStringAsync(new Uri(admin + "/faults"));
        Assert.Matches("\"kind\": \"hang\"[^}]*\"rpc\": \"Flush\"", faults.Replace("\"afterEffect\": true,", "", StringComparison.Ordinal));
        Assert.Contains("\"count\": 3", faults, StringComparison.Ordinal);
        _run.Interruption.Leave();
        Assert.Equal(0, await run.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task The_simulator_says_where_it_listens_and_ends_when_told()
    {
        var run = _run.InvokeAsync("simulate", "--port", "0");
        await _run.Out.Line("listening on http://127.0.0.1:");
        _run.Interruption.Leave();
        Assert.Equal(0, await run.WaitAsync(TimeSpan.FromSeconds(20)));
    }
}
