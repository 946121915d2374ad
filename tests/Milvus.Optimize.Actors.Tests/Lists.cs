using Microsoft.Extensions.DependencyInjection;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>A run that nobody carries on just now stays so whatever is listed; who wakes claims the run by an event.</summary>
public sealed class Lists : SimulatedTest
{
    [Fact]
    public async Task They_wake_nobody()
    {
        await SimulateAsync();
        RunId run;
        await using (var first = await HostAsync(spy: new KillAfterWrite(2)))
        {
            run = (await StartAsync(first)).RunId;
            await first.GoneAsync();
        }

        await using var host = await HostAsync(OptimizeHost.Quick with { WakeAtStart = false });
        foreach (var query in (RunQuery[])[new(), new(Done: false), new(Cluster: OptimizeHost.Cluster.Value, Database: "default", Collection: "books"), new(Collection: "b*"), new() { State = "Compacting" }])
            await host.Runs.ListAsync(query, default);
        var inspection = host.Services.GetRequiredService<IClusterInspection>();
        inspection.Clusters();
        var books = (await inspection.ListAsync(OptimizeHost.Cluster, null, default)).Single(c => c.Name == "books");
        await inspection.CountSegmentsAsync(OptimizeHost.Cluster, books, default);
        Assert.NotEmpty(await host.Services.GetRequiredService<IRunHistory>().ReadAsync(run, 0, 100, default));
        Assert.Equal(0, await host.Services.NodeOf().CountRunningAsync(default));
        Assert.Equal(0, JournalFile.Count(Journal, "ow1"));

        // That it could have been seen.
        await host.Services.NodeOf().WakeAsync(run.Collection, default);
        await Until(() => JournalFile.Count(Journal, "ow1") == 1);
        Assert.Equal("Succeeded", (await EndAsync(host, run)).State);
    }
}
