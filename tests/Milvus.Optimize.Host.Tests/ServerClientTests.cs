using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Milvus.Optimize.Client;
using Milvus.Optimize.Contracts;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Storage.Tests;

namespace Milvus.Optimize.Host.Tests;

/// <summary>A service without Akka, at a node in a process of its own.</summary>
public sealed partial class ServerClientTests
{
    private const string Unknown = "sim.7.01M84VVKSEHTEJ7QBYQ5Y4BBGB";

    [Fact]
    public async Task A_service_starts_follows_and_cancels_over_http_alone()
    {
        await using var folder = await CommandFolder.OpenAsync(speed: 10);
        var port = FreePorts.Next();
        var node = folder.Start("node", "--listen", $"http://127.0.0.1:{port}");
        await folder.UntilAsync(() => folder.Said.Any(l => l.Contains(" serves ", StringComparison.Ordinal)));
        var key = Key().Match(string.Join('\n', folder.Said)).Value;
        var server = new Uri($"http://127.0.0.1:{port}");
        await using var services = Services(server, key);
        var optimizer = services.GetRequiredService<IMilvusOptimizer>();

        // Over the socket alone a command may bring a Milvus.
        await folder.EndAsync(folder.OptimizeAs("books", "--no-wait"));
        var brought = Assert.Single(await services.GetRequiredService<IOptimizeRuns>().ListAsync(new(), CancellationToken.None));
        var cluster = RunId.Parse(brought.Id).Collection.Cluster;
        Assert.Equal("success", (await optimizer.GetTask(RunId.Parse(brought.Id)).GetResultAsync(TimeSpan.FromMinutes(1))).Status);

        var task = await optimizer.StartAsync(new(cluster, "default", "books"), new() { Force = true, Key = "again" });
        Assert.Equal(task.RunId, (await optimizer.StartAsync(new(cluster, "default", "books"), new() { Force = true, Key = "again" })).RunId);
        var states = new List<string>();
        await foreach (var seen in task.WatchAsync(folder.Over.Token)) states.Add(seen.State);
        Assert.True(states.Count > 2 && states[^1] == "Succeeded", string.Join(' ', states));
        Assert.Equal(2, folder.Triggers.Count);

        var cancelled = await optimizer.StartAsync(new(cluster, "default", "books"), new() { Force = true });
        await cancelled.CancelAsync("seen enough");
        Assert.Contains("Cancelled", (await Assert.ThrowsAsync<MilvusException>(() => cancelled.GetResultAsync(TimeSpan.FromMinutes(1)))).Message, StringComparison.Ordinal);

        await RefusedAsync(OptimizeProblem.NotFound, () => optimizer.GetTask(RunId.Parse(Unknown)).GetProgressAsync());
        await using var wrong = Services(server, key[..^1] + (key[^1] == 'x' ? 'y' : 'x'));
        await RefusedAsync(OptimizeProblem.KeyRequired, () => wrong.GetRequiredService<IMilvusOptimizer>().StartAsync(new(cluster, "default", "books"), new()));

        node.Kill();
        await node.WaitForExitAsync(folder.Over.Token);
        var gone = await RefusedAsync(OptimizeProblem.Unavailable, () => task.GetProgressAsync());
        Assert.StartsWith($"no answer from the node at {server}", gone.Detail, StringComparison.Ordinal);
        Assert.True(gone.Retryable);

        // Who waits outlasts the restart.
        var waiting = task.GetResultAsync(TimeSpan.FromMinutes(1));
        folder.Start("node", "--listen", $"http://127.0.0.1:{port}");
        Assert.Equal("success", (await waiting).Status);
    }

    [Theory, InlineData("optimize:7980"), InlineData("/optimize")]
    public void What_is_no_address_is_refused_at_once(string address) =>
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddMilvusOptimizeClient(new Uri(address, UriKind.RelativeOrAbsolute)));

    private static ServiceProvider Services(Uri server, string key) => new ServiceCollection().AddMilvusOptimizeClient(server, key).BuildServiceProvider();

    private static async Task<OptimizeProblem> RefusedAsync(string code, Func<Task> ask)
    {
        var problem = (await Assert.ThrowsAsync<OptimizeProblemException>(ask)).Problem;
        Assert.Equal(code, problem.Code);
        return problem;
    }

    [GeneratedRegex("mok_[a-z2-7]{10}_[A-Za-z0-9_-]{43}")]
    private static partial Regex Key();
}
