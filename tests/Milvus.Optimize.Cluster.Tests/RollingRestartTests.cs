using System.Collections.Concurrent;
using System.Diagnostics;
using Milvus.Optimize.Client;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;
using Xunit.Abstractions;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>All three nodes are restarted, one after the other, while clients start runs, follow them and ask. Nothing fails beyond "ask again", no run is lost.</summary>
public sealed class RollingRestartTests(ITestOutputHelper output)
{
    private readonly Figures _figures = new(output);
    private static readonly string[] Collections = ["books", "films", "papers", "songs", "images"];

    [ClusterFact]
    public Task Nothing_is_lost_while_every_node_is_restarted() => RollAsync(rounds: 1);

    [ClusterFact, Trait("Category", "Long")]
    public Task Nor_in_five_rounds() => RollAsync(rounds: 5);

    private async Task RollAsync(int rounds)
    {
        await using var bed = await ClusterBed.CreateAsync();
        await bed.ReadyAsync();
        await bed.CompactionsTakeAsync(TimeSpan.FromSeconds(5));
        var before = (await Task.WhenAll(Collections.Select(bed.TriggersAsync))).Sum();
        using var over = new CancellationTokenSource();
        var load = new Load(bed.Nodes);
        var clients = Collections.Select((c, i) => load.RunAsync(c, i, over.Token)).ToList();
        await Shell.UntilAsync("every client has a run", () => load.Runs.Count >= Collections.Length || clients.Any(c => c.IsCompleted));

        var ends = new List<TimeSpan>();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var node in bed.Nodes)
            {
                var since = Stopwatch.GetTimestamp();
                await node.Process.SignalAsync("TERM");
                await node.Process.UntilExitAsync(TimeSpan.FromSeconds(30));
                ends.Add(Stopwatch.GetElapsedTime(since));
                Assert.Equal(0, node.Process.ExitCode);
                node.Start();
                await Shell.UntilAsync($"node {node.Name} is ready", async () => (await node.ReadyAsync()).Status == 200);
            }
        }

        await over.CancelAsync();
        await Task.WhenAll(clients);
        foreach (var run in load.Runs) await bed.UntilAsync(run, "Succeeded");
        _figures.WriteLine($"{load.Runs.Count} runs, {load.Answers} answers, {load.Retries} told to ask again ({string.Join(", ", load.Reasons.OrderBy(r => r.Key).Select(r => $"{r.Key} {r.Value}"))})");
        _figures.WriteLine($"longest wait for an answer {load.Longest.TotalSeconds:F1} s; a node's end p50 {Middle(ends).TotalSeconds:F1} s, max {ends.Max().TotalSeconds:F1} s");
        Assert.Empty(load.Failures);
        Assert.True(load.Longest < TimeSpan.FromSeconds(20), $"a client was told to ask again for {load.Longest}");

        // Whatever a client was told of is there, and each run triggered once.
        Assert.Equal(load.Runs.Count, (await Task.WhenAll(Collections.Select(bed.TriggersAsync))).Sum() - before);
        Assert.Equal(load.Runs.Order(StringComparer.Ordinal), (await bed.Database.RowsAsync("select run_id from optimize_run")).Select(r => (string)r[0]).Order(StringComparer.Ordinal));
        bed.AssertJudged([.. load.Runs]);
    }

    private static TimeSpan Middle(List<TimeSpan> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>A client a collection: starts a run, follows it to its end, lists, and again. One that finds its node closed takes the next, with the same key.</summary>
    private sealed class Load(IReadOnlyList<NodeProcess> nodes)
    {
        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
        private readonly Lock _gate = new();
        private int _answers;

        public ConcurrentBag<string> Failures { get; } = [];

        public ConcurrentDictionary<string, int> Reasons { get; } = new();

        public HashSet<string> Runs { get; } = [];

        public TimeSpan Longest { get; private set; }

        public int Answers => _answers;

        public int Retries => Reasons.Values.Sum();

        /// <summary>What it began it brings to an end: only then it looks whether it is to stop.</summary>
        public async Task RunAsync(string collection, int first, CancellationToken over)
        {
            var at = first;
            while (!over.IsCancellationRequested && Failures.IsEmpty)
            {
                var request = new StartRequest(new(new(ClusterBed.Milvus), "default", collection), new(TargetSize.Automatic, false, true), Guid.NewGuid().ToString("N"), TimeSpan.FromHours(1));
                var run = await AskAsync(n => n.StartAsync(request, CancellationToken.None));
                if (run is null) return;
                lock (_gate) Runs.Add(run.Run.Id);
                for (var seen = run.Run; !seen.Done;)
                {
                    if (await AskAsync(n => n.GetAsync(RunId.Parse(seen.Id), seen.Revision, TimeSpan.FromSeconds(5), CancellationToken.None)) is not { } next) return;
                    seen = next;
                }

                await AskAsync(n => n.ListAsync(new(Collection: collection, Limit: 5), CancellationToken.None));
            }

            async Task<T?> AskAsync<T>(Func<IOptimizeRuns, Task<T>> ask)
            {
                var since = Stopwatch.GetTimestamp();
                while (true)
                {
                    try
                    {
                        var answer = await ask(nodes[at % nodes.Count].Runs);
                        Interlocked.Increment(ref _answers);
                        return answer;
                    }
                    catch (Exception e) when (e is NodeUnreachableException or OptimizeProblemException { Problem.Retryable: true } && Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(60))
                    {
                        Reasons.AddOrUpdate(e is OptimizeProblemException p ? p.Problem.Code : "closed", 1, (_, n) => n + 1);
                        at++;
                        await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
                    }
                    catch (Exception e)
                    {
                        Failures.Add($"{collection}: {e.GetType().Name} {e.Message}");
                        return default;
                    }
                    finally
                    {
                        lock (_gate) Longest = Stopwatch.GetElapsedTime(since) is var took && took > Longest ? took : Longest;
                    }
                }
            }
        }
    }
}
