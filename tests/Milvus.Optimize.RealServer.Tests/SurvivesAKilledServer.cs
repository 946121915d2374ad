using Milvus.Optimize.Actors;
using Milvus.Optimize.Actors.Tests;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Storage.Tests;
using Xunit.Abstractions;

namespace Milvus.Optimize.RealServer.Tests;

/// <summary>The server is killed in the middle of a merge and started again on its data: it has forgotten the compaction. Only segments tell the truth.</summary>
public sealed class SurvivesAKilledServer(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [KillableServerTheory, Trait("Category", "Long")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_run_ends_true_with_at_most_one_further_trigger(bool autoCompaction)
    {
        using var over = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var data = Path.Combine(_folder.Path, "milvus");
        var port = FreePorts.Row(12);
        RunDocument last;
        var server = await RealMilvus.StartAsync(autoCompaction, data: data, port: port);
        try
        {
            using var seed = new Seed(server.Address);
            var name = await seed.MakeAsync(new("books", 6, Rows: 5000));
            await using var host = await OptimizeHost.StartAsync(_folder.Journal, server.Address, OptimizeHost.Quick with { LostMergePause = new OptimizeOptions().LostMergePause, NoProgressLimit = TimeSpan.FromMinutes(4) });
            var task = await host.Optimizer.StartAsync(new(OptimizeHost.Cluster, "default", name), new(), over.Token);
            var killed = false;
            last = await task.GetProgressAsync(over.Token);
            await foreach (var run in task.WatchAsync(over.Token))
            {
                last = run;
                if (killed || run.State != "WaitingForCompaction") continue;
                killed = true;
                await server.KillAsync();
                server = await RealMilvus.StartAsync(autoCompaction, data: data, port: port);
            }

            output.WriteLine($"auto compaction {autoCompaction}: {last.State} ({last.StateMessage}), attempts {last.Progress.Attempt}, warnings {string.Join("; ", last.Warnings.Select(w => w.Message))}");
            foreach (var stage in last.Timeline) output.WriteLine($"{stage.Start:HH:mm:ss.fff} {stage.State}");
            var segments = await seed.SegmentsAsync(name);
            Assert.True(killed || autoCompaction, "the merge was over before the server could be killed");
            Assert.Contains(last.State, (string[])["Succeeded", "SucceededNoWork"]);
            Assert.Single(segments);
            Assert.InRange(last.Progress.Attempt, 0, 2);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }
}
