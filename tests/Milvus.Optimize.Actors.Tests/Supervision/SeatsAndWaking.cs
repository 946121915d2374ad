using Akka.Actor;
using Akka.TestKit;
using Milvus.Optimize.Actors.Placement;

namespace Milvus.Optimize.Actors.Tests.Supervision;

/// <summary>What a node does about collections whose place is another one, or was, in virtual time.</summary>
public sealed class SeatsAndWaking() : SupervisorTest("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
{
    [Fact]
    public async Task A_collection_that_no_node_takes_is_a_warning_after_five_minutes_and_one_alone()
    {
        var supervisor = Supervisor(new ToldPlaces(TestActor, ActorRefs.Nobody));
        supervisor.Tell(new Wake(Key));
        await WarnsAsync(0, 59);
        await WarnsAsync(1, 1);
        await WarnsAsync(0, 130);

        Task WarnsAsync(int times, int asks) => EventFilter.Warning(contains: $"no node has taken collection {Key}").ExpectAsync(times, async () =>
        {
            for (var i = 0; i < asks; i++) await AskedForAsync(supervisor);
        });
    }

    private async Task AskedForAsync(IActorRef supervisor)
    {
        Assert.Equal(new Wake(Key), (await ExpectMsgAsync<OnCollection>(TimeSpan.FromSeconds(30))).Message);
        await supervisor.Ask<int>(CountRunning.Instance, TimeSpan.FromSeconds(30));
        Advance(TimeSpan.FromSeconds(5));
    }

    private void Advance(TimeSpan by)
    {
        Time.Advance(by);
        ((TestScheduler)Sys.Scheduler).Advance(by);
    }
}
