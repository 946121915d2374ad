using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Milvus.Optimize.Host.CommandLine;

namespace Milvus.Optimize.Host.Tests;

/// <summary><c>-o table|wide|json|jsonl</c> of every verb, and what each verb writes by it.</summary>
public sealed class OutputFormTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly CommandRun _run = new();

    public void Dispose() => _run.Dispose();

    /// <summary>A new verb without them fails here; these few say nothing that a program would read.</summary>
    [Fact]
    public void Every_verb_has_the_four_forms()
    {
        var none = (string[])["add", "use", "remove", "completion", "simulate"];
        using var interruption = new Interruption();
        var root = CommandTree.Create(new(new(Console.Out, Console.Error, false, false), _ => null, (_, _) => { }, interruption, _run, TimeProvider.System));
        var leaves = Leaves(root).Where(c => !none.Contains(c.Name)).ToList();
        Assert.True(leaves.Count >= 20, $"{leaves.Count} verbs");
        foreach (var leaf in leaves)
        {
            Assert.True(leaf.Options.SingleOrDefault(o => o.Name == "--output") is { } output && output.Aliases.Contains("-o"), $"{leaf.Name} has no -o");
            Assert.All((string[])["table", "wide", "json", "jsonl"], form => Assert.DoesNotContain("-o", string.Join(' ', root.Parse([.. Path(leaf), "-o", form]).Errors), StringComparison.Ordinal));
            Assert.Contains(root.Parse([.. Path(leaf), "-o", "yaml"]).Errors, e => e.Message.Contains("yaml", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Jsonl_shows_a_run_that_is_followed_at_every_change_once_and_last_as_it_ended()
    {
        foreach (var verb in (string[][])[["optimize", "books"], ["runs", "watch", Documents.Run]])
        {
            using var run = new CommandRun();
            // The same revision comes again where a wait was over before anything changed.
            foreach (var revision in (int[])[4, 4, 5]) run.Runs.Next.Enqueue(Documents.Running() with { Revision = revision });
            run.Runs.Next.Enqueue(Documents.Succeeded());
            Assert.Equal(0, await run.InvokeHereAsync([.. verb, "-o", "jsonl"]).WaitAsync(Bound));
            var revisions = run.Out.ToString().TrimEnd().Split('\n').Select(l => JsonNode.Parse(l)!["revision"]!.GetValue<int>()).ToArray();
            Assert.Equal([4, 5, 9], revisions[^3..]);
            Assert.Equal(revisions.Distinct(), revisions);
            Assert.DoesNotContain("waiting for indexes", run.Error.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("optimize", "books", "--no-wait")]
    [InlineData("cancel", Documents.Run, "--reason", "why")]
    [InlineData("abandon", Documents.Run, "--reason", "why")]
    [InlineData("runs", "retry", Documents.Run)]
    [InlineData("runs", "get", Documents.Run)]
    [InlineData("status", "books")]
    public async Task One_run_is_one_document_or_a_text_that_says_more_when_wide(params string[] verb)
    {
        _run.Runs.Now = Documents.Succeeded();
        var texts = new Dictionary<string, string>();
        foreach (var form in (string[])["table", "wide", "json", "jsonl"])
        {
            using var run = new CommandRun();
            run.Runs.Now = Documents.Succeeded();
            Assert.Equal(0, await run.InvokeHereAsync([.. verb, "-o", form]).WaitAsync(Bound));
            texts[form] = run.Out.ToString();
        }

        Assert.Equal(Documents.Run, JsonNode.Parse(texts["json"])!["id"]!.GetValue<string>());
        Assert.Equal(Documents.Run, JsonNode.Parse(Assert.Single(texts["jsonl"].TrimEnd().Split('\n')))!["id"]!.GetValue<string>());
        Assert.All(texts["table"].TrimEnd().Split('\n'), line => Assert.Contains(line, texts["wide"], StringComparison.Ordinal));
        Assert.Contains("to end by 2026-11-24 02:00:00 UTC", texts["wide"], StringComparison.Ordinal);
        Assert.DoesNotContain("to end by", texts["table"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_shown_in_every_form_and_nothing_else_is_beside_it()
    {
        foreach (var form in (string[])["table", "wide", "json", "jsonl"])
        {
            using var run = new CommandRun();
            Assert.Equal(0, await run.InvokeHereAsync("keys", "create", "ci", "-o", form));
            var text = run.Out.ToString().TrimEnd();
            if (form is "table" or "wide") Assert.Matches("^mok_[a-z2-7]{10}_[A-Za-z0-9_-]{43}$", text);
            else Assert.Equal("viewer", JsonDocument.Parse(text).RootElement.GetProperty("role").GetString());
            if (form == "jsonl") Assert.DoesNotContain('\n', text);
            Assert.Equal(0, await run.InvokeHereAsync("keys", "list", "-o", form));
            Assert.Equal(form == "wide", run.Out.ToString().Contains("REVOKED", StringComparison.Ordinal));
        }
    }

    private static IEnumerable<Command> Leaves(Command command) => command.Subcommands.Count == 0 ? [command] : command.Subcommands.SelectMany(Leaves);

    private static string[] Path(Command leaf)
    {
        var parent = leaf.Parents.OfType<Command>().First();
        return parent is RootCommand ? [leaf.Name] : [.. Path(parent), leaf.Name];
    }
}
