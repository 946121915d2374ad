using Akka.Actor;
using Akka.Configuration;
using Milvus.Optimize.Actors.Supervision;

namespace Milvus.Optimize.Actors.Tests.Supervision;

/// <summary>A node that the others have downed changes nothing any more from the first moment of its shutdown on; one that leaves in order does.</summary>
public sealed class OutcastWatchTests
{
    public static TheoryData<CoordinatedShutdown.Reason, bool> Reasons => new()
    {
        { CoordinatedShutdown.ClusterDowningReason.Instance, true },
        { CoordinatedShutdown.ClrExitReason.Instance, false },
        { CoordinatedShutdown.ClusterLeavingReason.Instance, false },
    };

    [Theory, MemberData(nameof(Reasons))]
    public async Task The_fence_is_closed_before_anything_else_of_the_shutdown(CoordinatedShutdown.Reason reason, bool closed)
    {
        using var system = ActorSystem.Create("optimize", ConfigurationFactory.ParseString("""
            akka.actor.provider = cluster
            akka.remote.dot-netty.tcp.hostname = 127.0.0.1
            akka.remote.dot-netty.tcp.port = 0
            akka.coordinated-shutdown.exit-clr = off
            akka.stdout-loglevel = off
            akka.loglevel = off
            """));
        var fence = new SelfFence(TimeProvider.System, TimeSpan.MaxValue);
        OutcastWatch.CloseBeforeShutdown(CoordinatedShutdown.Get(system), fence);
        string? seen = null;
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseServiceUnbind, "looks", () =>
        {
            seen = fence.Closed ?? "open";
            return Task.FromResult(Akka.Done.Instance);
        });
        await CoordinatedShutdown.Get(system).Run(reason).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(closed, seen != "open");
    }
}
