using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Milvus.Optimize.Client.Cluster;
using Milvus.Optimize.Contracts;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Host.Nodes;
using Milvus.Optimize.Host.Settings;
using Milvus.Optimize.Storage.Tests;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>Another service's node: it has the client library alone, no database and no Milvus.</summary>
public sealed partial class SurvivalTests
{
    [ClusterFact]
    public async Task Another_service_follows_its_run_over_a_move()
    {
        var bed = await beds.ReadyAsync();
        await bed.CompactionsTakeAsync(TimeSpan.FromSeconds(30));
        using var host = Client(bed);
        await host.StartAsync();
        var (optimizer, runs) = (host.Services.GetRequiredService<IMilvusOptimizer>(), host.Services.GetRequiredService<IOptimizeRuns>());
        var task = await optimizer.StartAsync(new(new(ClusterBed.Milvus), "default", "papers"), new() { Force = true });
        var run = task.RunId.ToString();
        await bed.UntilAsync(run, "WaitingForCompaction");

        var owner = bed.OwnerOf(run);
        await owner.Process.SignalAsync("TERM");
        var result = await task.GetResultAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("success", result.Status);
        Assert.Equal("Succeeded", (await runs.GetAsync(task.RunId, -1, TimeSpan.Zero, CancellationToken.None)).State);
        Assert.Contains(await runs.ListAsync(new(Collection: "papers"), CancellationToken.None), r => r.Id == run);
        var refused = await Assert.ThrowsAsync<OptimizeProblemException>(() => runs.StartAsync(
            new(new(new("nowhere"), "default", "papers"), new(TargetSize.Automatic, false, false), "k", TimeSpan.FromHours(1)), CancellationToken.None));
        Assert.Equal(OptimizeProblem.ClusterNotConfigured, refused.Problem.Code);
        await owner.Process.UntilExitAsync(TimeSpan.FromSeconds(20));
        await CoordinatedShutdown.Get(host.Services.GetRequiredService<ActorSystem>()).Run(CoordinatedShutdown.ClusterLeavingReason.Instance);
    }

    private static IHost Client(ClusterBed bed)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var settings = new AkkaSettings { Port = FreePorts.Next(), SeedNodes = bed.Seeds, Roles = ["web"] };
        builder.Services.AddMilvusOptimizeClient();
        builder.Services.AddAkka(AkkaSettings.SystemName, akka => akka
            .AddHocon(AkkaFiles.Read(AkkaFiles.Common), HoconAddMode.Prepend)
            .AddHocon(AkkaFiles.Read(bed.FastTimersFile), HoconAddMode.Prepend)
            .AddHocon(settings.Hocon(ClusterNode.Version), HoconAddMode.Prepend)
            .WithMilvusOptimizeClient());
        return builder.Build();
    }
}
