using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Milvus.Optimize.Host.Nodes;

namespace Milvus.Optimize.Host.Tests;

/// <summary>Both logs that the program writes say of a line which run and collection it belongs to.</summary>
public sealed class LogContextTests
{
    private static readonly Dictionary<string, object?> Scope = new() { ["Operation"] = "cancelRun", ["RunId"] = Documents.Run };

    [Fact]
    public void The_file_has_what_is_around_a_line()
    {
        using var folder = new TemporaryFolder();
        using (var factory = LoggerFactory.Create(logging => logging.AddProvider(new FileLog(folder.File("node.log"), TimeProvider.System))))
        {
            var log = factory.CreateLogger("Ours");
            using (log.BeginScope(Scope)) log.LogWarning("it was {What}", "slow");
            log.LogWarning("alone");
            log.Log(LogLevel.Warning, default, Actor, null, (_, _) => "of an actor");
            log.Log(LogLevel.Warning, default, Actor, null, (_, _) => "[Collection=c1.4601] says half of it");
        }

        var lines = File.ReadAllLines(folder.File("node.log"));
        Assert.EndsWith($"Ours: it was slow [Operation=cancelRun, RunId={Documents.Run}]", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("Ours: alone", lines[1], StringComparison.Ordinal);
        Assert.EndsWith($"Ours: of an actor [Collection=c1.4601, RunId={Documents.Run}]", lines[2], StringComparison.Ordinal);
        Assert.EndsWith($"Ours: [Collection=c1.4601] says half of it [RunId={Documents.Run}]", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void The_console_of_a_node_of_a_cluster_has_it_too()
    {
        var (scopes, text) = (new LoggerExternalScopeProvider(), new StringWriter());
        using (scopes.Push(Scope))
            new LineFormatter(TimeProvider.System).Write(new LogEntry<string>(LogLevel.Error, "Ours", default, "bad", new InvalidOperationException("two\nlines"), (s, _) => s), scopes, text);
        new LineFormatter(TimeProvider.System).Write(new LogEntry<KeyValuePair<string, object?>[]>(LogLevel.Information, "Ours", default, Actor, null, (_, _) => "of an actor"), scopes, text);
        var lines = text.ToString().TrimEnd().Split(Environment.NewLine);
        Assert.Equal(2, lines.Length);
        Assert.Contains($"fail: Ours[0] bad [Operation=cancelRun, RunId={Documents.Run}] System.InvalidOperationException: two lines", lines[0], StringComparison.Ordinal);
        Assert.EndsWith($"info: Ours[0] of an actor [Collection=c1.4601, RunId={Documents.Run}]", lines[1], StringComparison.Ordinal);
    }

    private static KeyValuePair<string, object?>[] Actor => [new("Collection", "c1.4601"), new("RunId", Documents.Run), new("What", "not wanted")];
}
