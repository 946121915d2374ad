using System.Collections.Concurrent;
using System.Diagnostics;
using Milvus.Optimize.Client;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Xunit.Abstractions;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>
/// Each process in a network namespace of its own, and the network between some of them cut. One trigger for each run whatever is cut, every run ends, and
/// whoever asks the side that was cut off is refused or told what is true.
/// </summary>
public sealed class PartitionTests(ITestOutputHelper output)
{
    private readonly Figures _figures = new(output);
    private static readonly string[] Collections = ["books", "films", "papers", "songs", "images"];

    [NetworkTheory, InlineData(Cut.Both), InlineData(Cut.Inbound), InlineData(Cut.Outbound)]
    public async Task The_owner_is_cut_from_the_others_and_its_runs_end_there(Cut cut)
    {
        await using var bed = await ReadyAsync();
        await FromTheOthersAsync(bed, cut, healed: cut == Cut.Both);
    }

    [NetworkTheory, Trait("Category", "Long"), InlineData(Cut.Both, true), InlineData(Cut.Inbound, true), InlineData(Cut.Outbound, true), InlineData(Cut.Both, false), InlineData(Cut.Inbound, false), InlineData(Cut.Outbound, false)]
    public async Task A_node_is_cut_from_the_others(Cut cut, bool seed)
    {
        await using var bed = await ReadyAsync();
        await FromTheOthersAsync(bed, cut, seed);
    }

    [NetworkTheory, InlineData(true), InlineData(false)]
    public Task The_owner_is_cut_from_the_database_or_from_Milvus_alone(bool database) => FromOneAsync(database, TimeSpan.FromSeconds(6));

    [NetworkTheory, Trait("Category", "Long"), InlineData(true), InlineData(false)]
    public Task And_for_longer(bool database) => FromOneAsync(database, TimeSpan.FromSeconds(20));

    private async Task FromOneAsync(bool database, TimeSpan cut)
    {
        await using var bed = await ReadyAsync();

        // One plan at a time, and the first one takes its time: all others wait behind it until the test lets them.
        await bed.Simulator.TimingsAsync("{\"plansAtOnce\":1}");
        await bed.Simulator.CompactAsync("maps", "archive", seconds: 1_000_000);
        var runs = await StartAsync(bed, TimeSpan.FromSeconds(3));
        var owner = bed.OwnerOf(runs[0]);
        await (database ? bed.Network!.CutFromDatabaseAsync(owner.Name) : bed.Network!.CutFromMilvusAsync(owner.Name));
        var since = Stopwatch.GetTimestamp();
        await using var asking = new Asker(owner, runs[0]);
        if (database) await Shell.UntilAsync("it says that it has no database", async () => (await owner.ReadyAsync()).Status == 503);

        // Those of the others go on.
        await bed.Simulator.TimingsAsync("{\"plansAtOnce\":100}");
        await bed.Simulator.CompactAsync("letters", "archive", seconds: 1);
        foreach (var run in runs.Where(r => bed.OwnerOf(r) != owner)) await bed.UntilAsync(run, "Succeeded", TimeSpan.FromSeconds(120));
        await Shell.UntilAsync($"the cut lasts {cut}", () => Stopwatch.GetElapsedTime(since) > cut);
        Assert.All(runs.Where(r => bed.OwnerOf(r) == owner), r => Assert.False(Seen(bed, r).Done));
        await bed.Network.HealAsync(owner.Name);
        await EndAsync(bed, runs, since);
        await asking.AssertTrueAsync(bed);
        Assert.True(owner.IsRunning);
    }

    private async Task FromTheOthersAsync(ClusterBed bed, Cut cut, bool? seed = null, bool healed = true)
    {
        var runs = await StartAsync(bed, TimeSpan.FromSeconds(120));
        var lone = seed is null ? bed.OwnerOf(runs[0]) : seed.Value ? bed.Nodes[0] : bed.Nodes[2];
        var others = bed.Nodes.Where(n => n != lone).ToList();
        var moving = runs.Where(r => bed.OwnerOf(r) == lone).ToList();
        _figures.WriteLine($"{lone.Name}, which owns {moving.Count} of {runs.Count} runs, is cut from {string.Join(" and ", others.Select(n => n.Name))}: {cut}");
        await bed.Network!.CutAsync(lone.Name, cut, [.. others.Select(n => n.Name)]);
        var since = Stopwatch.GetTimestamp();
        await using var asking = new Asker(lone, runs[0], joins: Collections[0]);

        foreach (var run in moving) await bed.UntilClaimedByAnotherAsync(lone, run);
        _figures.WriteLine($"its runs were taken over after {Stopwatch.GetElapsedTime(since).TotalSeconds:F1} s");
        await lone.Process.UntilExitAsync(TimeSpan.FromSeconds(60));
        _figures.WriteLine($"its process ended with {lone.Process.ExitCode} after {Stopwatch.GetElapsedTime(since).TotalSeconds:F1} s");
        Assert.Equal(137, lone.Process.ExitCode);
        await asking.JoinNoMoreAsync();

        // As systemd would, while the cut lasts: of the seed nodes the first one then forms a cluster of its own, the others wait.
        lone.Start();
        await (lone == bed.Nodes[0] ? lone.UntilUpAsync() : lone.Process.UntilSaidAsync("Couldn't join seed nodes"));
        await bed.CompactionsTakeAsync(TimeSpan.FromSeconds(3));
        await EndAsync(bed, runs, since);
        if (healed) await HealAsync(bed, lone, others[0], runs);
        await asking.AssertTrueAsync(bed);
        _figures.WriteLine($"while it was cut off it answered: {asking}");
    }

    /// <summary>A run of the others while it is still cut off, and one of its own when it is not.</summary>
    private static async Task HealAsync(ClusterBed bed, NodeProcess lone, NodeProcess other, IReadOnlyList<string> runs)
    {
        var late = await other.OptimizePatientlyAsync("books", force: true);
        await bed.UntilAsync(late, "Succeeded", TimeSpan.FromSeconds(120));
        await bed.Network!.HealAsync(lone.Name);
        if (lone != bed.Nodes[0]) await lone.UntilUpAsync();
        var last = await lone.OptimizePatientlyAsync("books", force: true);
        await bed.UntilAsync(last, "Succeeded", TimeSpan.FromSeconds(120));
        Assert.Equal(3, await bed.TriggersAsync("books"));
        bed.AssertJudged([.. runs, late, last]);
    }

    private static async Task<ClusterBed> ReadyAsync()
    {
        // A merge that waits its turn shows nothing on the server.
        var bed = await ClusterBed.CreateAsync(network: await Network.CreateAsync(), set: _ => ["QuietWindow=00:30:00"]);
        await bed.ReadyAsync();
        return bed;
    }

    /// <summary>One run for each collection, all of which wait for their compaction.</summary>
    private static async Task<IReadOnlyList<string>> StartAsync(ClusterBed bed, TimeSpan compactions)
    {
        await bed.CompactionsTakeAsync(compactions);
        var runs = await Task.WhenAll(Collections.Select(c => bed.Nodes[1].OptimizePatientlyAsync(c)));
        foreach (var run in runs) await bed.UntilAsync(run, "WaitingForCompaction");
        return runs;
    }

    private async Task EndAsync(ClusterBed bed, IReadOnlyList<string> runs, long since)
    {
        foreach (var run in runs) await bed.UntilAsync(run, "Succeeded", TimeSpan.FromSeconds(120));
        _figures.WriteLine($"all runs had ended after {Stopwatch.GetElapsedTime(since).TotalSeconds:F1} s");
        foreach (var collection in Collections) Assert.Equal((collection, 1), (collection, await bed.TriggersAsync(collection)));
        bed.AssertJudged([.. runs]);
    }

    private static RunDocument Seen(ClusterBed bed, string run) => bed.SeeAsync(run).GetAwaiter().GetResult()!;

    /// <summary>Asks a node for a run, again and again, whether it is ready, and to start the same once more, which joins.</summary>
    private sealed class Asker : IAsyncDisposable
    {
        private readonly CancellationTokenSource _over = new();
        private readonly ConcurrentQueue<RunDocument> _seen = new();
        private readonly ConcurrentDictionary<string, int> _answers = new();
        private readonly NodeProcess _node;
        private readonly RunId _run;
        private readonly Task _asking;
        private readonly Task _joining;
        private volatile string? _joins;

        /// <param name="node">Who is asked.</param>
        /// <param name="run">The run.</param>
        /// <param name="joins">Its collection; null where nothing is to be started.</param>
        public Asker(NodeProcess node, string run, string? joins = null)
        {
            (_node, _run, _joins) = (node, RunId.Parse(run), joins);
            _asking = AskAsync();
            _joining = joins is null ? Task.CompletedTask : Task.WhenAll(JoinAsync(), AskWhetherReadyAsync());
        }

        /// <summary>After the run's end the same request would begin another one.</summary>
        public async Task JoinNoMoreAsync()
        {
            _joins = null;
            await _joining;
            Assert.Contains(_answers.Keys, a => a.StartsWith("start: ", StringComparison.Ordinal));
            Assert.Contains("/readyz 503", _answers.Keys);
        }

        /// <summary>Each answer was retryable, or the run as it stood at some time.</summary>
        public async Task AssertTrueAsync(ClusterBed bed)
        {
            // A node without its database may answer late, and not before it has it back.
            await Shell.UntilAsync("it was answered", () => !_answers.IsEmpty);
            await _over.CancelAsync();
            await _asking;
            var end = await bed.SeeAsync(_run.ToString());
            Assert.All(_seen, s => Assert.True(s.Id == end!.Id && (!s.Done || s.State == end.State), $"{s.State} at {s.Revision}, but the run ended {end!.State} at {end.Revision}"));
        }

        public override string ToString() => string.Join(", ", _answers.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"{a.Value} {a.Key}"));

        public async ValueTask DisposeAsync()
        {
            _joins = null;
            await _over.CancelAsync();
            await _asking;
            await _joining;
            _over.Dispose();
        }

        private async Task AskAsync()
        {
            while (!_over.IsCancellationRequested)
            {
                try
                {
                    var seen = await _node.Runs.GetAsync(_run, -1, TimeSpan.Zero, _over.Token);
                    _seen.Enqueue(seen);
                    Count($"{seen.State}/{seen.StateReason}");
                }
                catch (OptimizeProblemException e) when (e.Problem.Retryable)
                {
                    Count(e.Problem.Code);
                }
                catch (NodeUnreachableException)
                {
                    Count("no answer");
                }
                catch (OperationCanceledException)
                {
                    return;
                }

                await Task.WhenAny(Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System, _over.Token));
            }
        }

        private async Task AskWhetherReadyAsync()
        {
            while (_joins is not null)
            {
                Count($"/readyz {(await _node.ReadyAsync()).Status}");
                await Task.WhenAny(Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System, _over.Token));
            }
        }

        /// <summary>Refused with "ask again", or joined: nothing else is started.</summary>
        private async Task JoinAsync()
        {
            while (_joins is { } collection)
            {
                try
                {
                    var joined = await _node.OptimizeAsync(collection);
                    Count(joined == _run.ToString() ? "start: joined" : $"start: a second run, {joined}");
                }
                catch (OptimizeProblemException e)
                {
                    Count($"start: {e.Problem.Code}{(e.Problem.Retryable ? "" : ", not to be asked again")}");
                }
                catch (NodeUnreachableException)
                {
                    Count("start: no answer");
                }

                await Task.WhenAny(Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System, _over.Token));
            }

            Assert.DoesNotContain(_answers.Keys, a => a.Contains("second run", StringComparison.Ordinal) || a.Contains("not to be", StringComparison.Ordinal));
        }

        private void Count(string answer) => _answers.AddOrUpdate(answer, 1, (_, n) => n + 1);
    }
}
