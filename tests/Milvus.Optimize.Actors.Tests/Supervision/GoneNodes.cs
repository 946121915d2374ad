using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Milvus.Optimize.Actors.Placement;
using Milvus.Optimize.Storage.Tests;

namespace Milvus.Optimize.Actors.Tests.Supervision;

/// <summary>One node over real sharding, and another member of its cluster that is nothing but a member.</summary>
public sealed class GoneNodes() : SupervisorTest(Member)
{
    private const string Member = """
        akka.actor.provider = cluster
        akka.remote.dot-netty.tcp.hostname = 127.0.0.1
        akka.cluster.roles = [optimize]
        akka.cluster.gossip-interval = 100ms
        akka.cluster.leader-actions-interval = 100ms
        akka.cluster.sharding.state-store-mode = ddata
        akka.coordinated-shutdown.run-by-actor-system-terminate = off

        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_node_that_is_gone_makes_the_others_look_for_what_nobody_carries()
    {
        var cluster = Cluster.Get(Sys);
        await cluster.JoinAsync(cluster.SelfAddress);
        var places = new ShardedPlaces(Sys, "optimize");
        var supervisor = Supervisor(places);
        places.Start(supervisor);
        using var other = ActorSystem.Create(Sys.Name, string.Create(CultureInfo.InvariantCulture, $"{Member}akka.remote.dot-netty.tcp.port = {FreePorts.Next()}"));
        await Cluster.Get(other).JoinAsync(cluster.SelfAddress);
        await AwaitConditionAsync(() => Task.FromResult(places.Others.Any()), Limit);
        Assert.Equal(0, Table.Looks);

        Table.Unfinished = [Key];
        await other.Terminate();
        cluster.Down(Cluster.Get(other).SelfAddress);
        await UntilChildAsync(supervisor);
        Assert.Equal(1, Table.Looks);
    }
}
