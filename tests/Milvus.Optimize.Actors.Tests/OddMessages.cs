using Akka.Actor;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>What comes to a node's addresses and cannot be handled costs no more than itself: a restart of the supervisor would lose all that runs.</summary>
public sealed class OddMessages : SimulatedTest
{
    [Fact]
    public async Task A_request_to_an_address_that_is_no_collection_and_a_message_without_content_leave_the_runs_alone()
    {
        await SimulateAsync("slow");
        await using var host = await HostAsync();
        var task = await StartAsync(host, new() { Key = "k" });
        await Until(async () => await host.Supervisor.Ask<int>(CountRunning.Instance, TimeSpan.FromSeconds(5)) == 1, () => "one run goes on");

        var nobody = ((ExtendedActorSystem)host.System).Provider.ResolveActorRef(host.Supervisor.Path / "no-key");
        nobody.Tell(new GetRun(task.RunId, -1, TimeSpan.Zero));
        host.Supervisor.Tell(new Wake(null!));
        host.Supervisor.Tell(new GetRun(null!, -1, TimeSpan.Zero));

        // Behind them in its mailbox.
        Assert.Equal(1, await host.Supervisor.Ask<int>(CountRunning.Instance, TimeSpan.FromSeconds(5)));
        Assert.False((await host.Runs.GetAsync(task.RunId, -1, TimeSpan.Zero, default)).Done);
    }
}
