using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Contracts.Tests;
using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.Host.Tests;

/// <summary>The verbs that read, of the state folder's own node: none of them wakes a run.</summary>
public sealed class MoreVerbTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly CommandRun _run = new();

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData("table", "COLLECTION  STATE")]
    [InlineData("wide", "MESSAGE")]
    [InlineData("json", "[")]
    [InlineData("jsonl", "{\"id\":\"simulator.4601.")]
    public async Task A_list_has_four_forms(string format, string begins)
    {
        Assert.Equal(0, await _run.InvokeHereAsync("runs", "list", "-o", format).WaitAsync(Bound));
        Assert.Contains(begins, _run.Out.ToString().Split('\n')[0], StringComparison.Ordinal);
        if (format is "table" or "wide") Assert.Contains(Documents.Run, _run.Out.ToString(), StringComparison.Ordinal);
        if (format == "json") Assert.Single(JsonNode.Parse(_run.Out.ToString())!.AsArray());
    }

    [Fact]
    public async Task Filters_arrive()
    {
        Assert.Equal(0, await _run.InvokeHereAsync(
            "runs", "list", "--cluster", "c1", "--database", "db1", "--collection", "b*", "--run-state", "Failed", "--done", "--limit", "7", "--since", "7d").WaitAsync(Bound));
        var asked = _run.Runs.Listed!;
        Assert.Equal(("c1", "db1", "b*", true, 7, "Failed"), (asked.Cluster!, asked.Database!, asked.Collection!, asked.Done!.Value, asked.Limit, asked.State!));
        Assert.InRange(TimeProvider.System.GetUtcNow() - asked.Since!.Value, TimeSpan.FromDays(7), TimeSpan.FromDays(7) + Bound);
    }

    [Fact]
    public async Task Timeline_report_and_collections_come_from_journal_and_Milvus_and_wake_nothing()
    {
        _run.Milvus.Events = [.. GoldenRuns.Merged.Select((e, i) => new StoredEvent(i + 1, e))];
        Assert.Equal(0, await _run.InvokeHereAsync("runs", "timeline", Documents.Run, "-o", "jsonl").WaitAsync(Bound));
        var lines = _run.Out.ToString().TrimEnd().Split('\n');
        Assert.Equal(GoldenRuns.Merged.Length, lines.Length);
        Assert.Equal("Started", JsonNode.Parse(lines[0])!["event"]!.GetValue<string>());
        Assert.Equal(0, await _run.InvokeHereAsync("runs", "report", Documents.Run).WaitAsync(Bound));
        Assert.Contains("# books: ", _run.Out.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await _run.InvokeHereAsync("collections", "b*").WaitAsync(Bound));
        Assert.Matches("c1 +library.books +6 +300000 +WaitingForIndexes", _run.Out.ToString());
        Assert.DoesNotContain("movies", _run.Out.ToString(), StringComparison.Ordinal);
        Assert.Contains("c2 is held: credentials are missing", _run.Error.ToString(), StringComparison.Ordinal);
        Assert.All(_run.Runs.Calls, call => Assert.Contains(call, (string[])["find", "list"]));
    }

    [Fact]
    public async Task A_run_is_watched_to_its_end_and_the_exit_code_is_its_own()
    {
        _run.Runs.Next.Enqueue(Documents.Running() with { Revision = 4 });
        _run.Runs.Next.Enqueue(Documents.Ended("Failed", "index-failed"));
        Assert.Equal(3, await _run.InvokeHereAsync("runs", "watch", Documents.Run).WaitAsync(Bound));
        Assert.Contains("wake one", _run.Runs.Calls);
        Assert.Contains("waiting for indexes", _run.Out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_that_is_over_leaves_the_run_to_a_background_node()
    {
        (_run.Runs.Hangs, _run.Runs.Running) = (true, 1);
        Assert.Equal(6, await _run.InvokeHereAsync("runs", "watch", Documents.Run, "--timeout", "300ms").WaitAsync(Bound));
        Assert.Equal(Documents.Run, Assert.Single(_run.HandedOver));
    }

    [Fact]
    public async Task Doctor_and_collections_look_at_a_Milvus_by_its_address_and_change_nothing()
    {
        await using var simulator = await SimulatorServer.StartAsync(new());
        Assert.Equal(0, await _run.InvokeHereAsync("doctor", "--milvus", simulator.Address.ToString(), "-o", "json").WaitAsync(Bound));
        var checks = JsonNode.Parse(_run.Out.ToString())!.AsArray().ToDictionary(c => c!["name"]!.GetValue<string>(), c => c!["status"]!.GetValue<string>());
        foreach (var name in (string[])["state folder", "node", "milvus", "version", "generation", "privileges", "clock"]) Assert.Equal("ok", checks[name]);
        Assert.Equal(0, await _run.InvokeHereAsync("collections", "--milvus", simulator.Address.ToString()).WaitAsync(Bound));
        Assert.Matches("books +6 +300000 +", _run.Out.ToString());
        Assert.DoesNotContain(simulator.Control.Log, l => l.Rpc is "ManualCompaction" or "Flush" or "LoadCollection");
    }

    [Fact]
    public async Task Doctor_says_by_its_exit_code_what_is_wrong()
    {
        Assert.Equal(8, await _run.InvokeHereAsync("doctor", "--milvus", "http://127.0.0.1:1").WaitAsync(Bound));
        Assert.Matches("milvus +fail ", _run.Out.ToString());
        Assert.Equal(1, await _run.InvokeAsync("doctor", "--server", "http://127.0.0.1:1").WaitAsync(Bound));
        Assert.Equal(0, await _run.InvokeHereAsync("doctor").WaitAsync(Bound));
    }

    [Theory]
    [InlineData(0, "ok", 0)]
    [InlineData(-4, "ok", 0)]
    [InlineData(20, "warn", 0)]
    [InlineData(-90, "fail", 1)]
    public void A_clock_is_compared(int secondsAhead, string status, int exit)
    {
        var check = CommandLine.DoctorCheck.Clock(TimeSpan.FromSeconds(secondsAhead), TimeSpan.FromSeconds(1));
        Assert.Equal((status, exit), (check.Status, check.ExitCode));
    }

    [Fact]
    public async Task The_table_is_made_again_from_the_journal_and_not_while_a_node_runs()
    {
        await using var folder = await CommandFolder.OpenAsync(speed: 20);
        var (_, before) = await folder.EndAsync(folder.Optimize());
        folder.Write("drop table optimize_run");
        var rebuild = folder.Start("runs", "rebuild", "--output", "json");
        Assert.Equal(1, JsonNode.Parse(await rebuild.StandardOutput.ReadToEndAsync(folder.Over.Token))!["added"]!.GetValue<int>());
        var (_, after) = await folder.EndAsync(folder.Start("runs", "get", before.Id, "--output", "json"));
        Assert.Equal(Told(before), Told(after));

        folder.Start("node");
        await folder.UntilAsync(() => folder.Said.Any(l => l.Contains(" answers on ", StringComparison.Ordinal)));
        var refused = folder.Start("runs", "rebuild");
        await refused.WaitForExitAsync(folder.Over.Token);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(folder.Said, l => l.Contains("end it", StringComparison.Ordinal));
    }

    // What was only seen while it ran is no event.
    private static string Told(RunDocument run) => JsonSerializer.Serialize(run with { Revision = 0, Progress = run.Progress with { Indexes = [] } });

    [Theory]
    [InlineData("", "runs")]
    [InlineData("ru", "runs")]
    [InlineData("runs wa", "watch")]
    [InlineData("optimize books --no-", "--no-wait")]
    [InlineData("runs list -o js", "jsonl")]
    [InlineData("runs list --al", "--all")]
    [InlineData("runs watch -o js", "jsonl")]
    [InlineData("keys re", "revoke")]
    [InlineData("keys list --ser", "--server")]
    [InlineData("keys create ci -o wi", "wide")]
    public async Task Bash_completes(string typed, string expected)
    {
        Assert.Equal(0, await _run.InvokeAsync("completion", "bash").WaitAsync(Bound));
        await File.WriteAllTextAsync(_run.Folder.File("c.sh"), $$"""
            milvus-optimize() { dotnet '{{typeof(Program).Assembly.Location}}' "$@"; }
            {{_run.Out}}
            COMP_LINE='milvus-optimize {{typed}}' COMP_POINT=${#COMP_LINE}
            COMP_WORDS=($COMP_LINE) COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
            [ -n '{{typed}}' ] || { COMP_CWORD=1; COMP_WORDS[1]=''; }
            _milvus_optimize
            printf '%s\n' "${COMPREPLY[@]}"
            """);
        using var bash = Process.Start(new ProcessStartInfo("bash", [_run.Folder.File("c.sh")]) { RedirectStandardOutput = true })!;
        Assert.Contains(expected, (await bash.StandardOutput.ReadToEndAsync().WaitAsync(Bound)).Split('\n'));
    }

    [Theory]
    [InlineData("zsh", "compdef _milvus_optimize")]
    [InlineData("fish", "complete -c milvus-optimize")]
    public async Task Other_shells_have_their_script(string shell, string has)
    {
        Assert.Equal(0, await _run.InvokeAsync("completion", shell).WaitAsync(Bound));
        Assert.Contains(has, _run.Out.ToString(), StringComparison.Ordinal);
    }
}
