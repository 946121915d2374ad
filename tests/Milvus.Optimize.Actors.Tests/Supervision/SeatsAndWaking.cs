using Akka.Actor;
using Akka.TestKit;
using Milvus.Optimize.Actors.Placement;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Actors.Tests.Supervision;

/// <summary>What a node does about collections whose place is another one, or was, in virtual time.</summary>
public sealed class SeatsAndWaking() : SupervisorTest("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
{
    private static readonly TimeSpan W = OptimizeHost.Quick.Budgets.Total;

    [Fact]
    public async Task A_collection_that_was_fenced_here_is_left_alone_where_its_seat_comes_back_too_soon()
    {
        var supervisor = Supervisor(new ToldPlaces(TestActor, ActorRefs.Nobody));
        var (first, second) = (CreateTestProbe(), CreateTestProbe());
        supervisor.Tell(new Seated(Key), first);
        var child = await UntilChildAsync(supervisor);
        supervisor.Tell(new JournalFailed(Key, JournalFault.Fenced, "another wrote"));
        child.Tell(PoisonPill.Instance);
        await AwaitConditionAsync(async () => await ReasonAsync(supervisor) == "OwnedElsewhere", TimeSpan.FromSeconds(30));
        supervisor.Tell(new LeaveSeat(Key), first);
        await first.ExpectMsgAsync<SeatFree>(TimeSpan.FromSeconds(30));

        supervisor.Tell(new Seated(Key), second);
        supervisor.Tell(new AtSeat(Key, new Wake(Key)), second);
        Assert.Equal("OwnedElsewhere", await ReasonAsync(supervisor));
        Assert.Null(await ChildAsync(supervisor));
        Advance(W * 2 * 1.5);
        await UntilChildAsync(supervisor);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_refusal_after_a_write_without_an_answer_is_no_rival_yet_and_the_next_one_is(bool stored)
    {
        var supervisor = Supervisor(new ToldPlaces(CreateTestProbe(), ActorRefs.Nobody));
        supervisor.Tell(new Seated(Key), CreateTestProbe());
        await FailsAsync(JournalFault.Other);
        if (stored)
        {
            // The number is taken by a later write: nothing of the first one can come any more.
            await UntilChildAsync(supervisor);
            supervisor.Tell(new Persisting(Key, false));
        }

        if (!stored) Assert.NotEqual("OwnedElsewhere", await FailsAsync(JournalFault.Fenced));
        Assert.Equal("OwnedElsewhere", await FailsAsync(JournalFault.Fenced));

        async Task<string?> FailsAsync(JournalFault fault)
        {
            var child = await UntilChildAsync(supervisor);
            await WatchAsync(child);
            supervisor.Tell(new Persisting(Key, true));
            supervisor.Tell(new JournalFailed(Key, fault, "the database's words"));
            child.Tell(PoisonPill.Instance);
            await ExpectTerminatedAsync(child, TimeSpan.FromSeconds(30));
            Assert.Null(await ChildAsync(supervisor));
            var reason = await ReasonAsync(supervisor);
            Advance(OptimizeHost.Quick.RestartPause * 10);
            return reason;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_seat_without_an_actor_gets_one_when_it_is_asked_for_or_found_and_one_that_lives_stays(bool found)
    {
        var supervisor = Supervisor(new ToldPlaces(CreateTestProbe(), ActorRefs.Nobody));
        var (seat, asker) = (CreateTestProbe(), CreateTestProbe());
        Table.Unfinished = [Key];
        supervisor.Tell(new Seated(Key), seat);
        var child = await UntilChildAsync(supervisor);
        await WatchAsync(child);
        child.Tell(PoisonPill.Instance);
        await ExpectTerminatedAsync(child, TimeSpan.FromSeconds(30));

        // The pause before it starts again is virtual, and nobody lets it pass.
        Assert.Null(await ChildAsync(supervisor));
        await AskForItAsync();
        var next = await UntilChildAsync(supervisor);
        await AskForItAsync();
        Assert.Equal(next, await ChildAsync(supervisor));

        async Task AskForItAsync()
        {
            supervisor.Tell(found ? WakeUnfinished.Instance : new AtSeat(Key, new Wake(Key)), asker);
            if (!found) await asker.ExpectMsgAsync<Awake>(TimeSpan.FromSeconds(30));
        }
    }

    [Fact]
    public async Task A_run_whose_actor_is_about_to_start_again_is_asked_for_and_not_denied()
    {
        var supervisor = Supervisor(new ToldPlaces(CreateTestProbe(), ActorRefs.Nobody));
        supervisor.Tell(new Seated(Key), CreateTestProbe());
        var child = await UntilChildAsync(supervisor);
        await AwaitConditionAsync(async () => await AnswerAsync() is Refused { Problem.Code: OptimizeProblem.NotFound }, TimeSpan.FromSeconds(30));
        supervisor.Tell(new CanGoOn(Key, true));
        await WatchAsync(child);
        child.Tell(PoisonPill.Instance);
        await ExpectTerminatedAsync(child, TimeSpan.FromSeconds(30));
        Assert.Null(await ChildAsync(supervisor));
        Assert.IsType<Refused>(await AnswerAsync());

        Task<object> AnswerAsync() => supervisor.Ask<object>(new GetRun(new RunId(Key, "01KE3AZZZZZZZZZZZZZZZZZZZZ"), 0, TimeSpan.Zero), TimeSpan.FromSeconds(10));
    }

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

    [Fact]
    public async Task A_node_that_leaves_names_what_goes_on_to_another_one_which_asks_for_it()
    {
        var (sharding, unused, seat) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe());
        var stays = Supervisor(new ToldPlaces(sharding, ActorRefs.Nobody), "stays");
        var leaves = Supervisor(new ToldPlaces(unused, stays), "leaves");
        leaves.Tell(new Seated(Key), seat);
        await UntilChildAsync(leaves);
        leaves.Tell(Drain.Instance);
        leaves.Tell(new LeaveSeat(Key), seat);
        await seat.ExpectMsgAsync<SeatFree>(TimeSpan.FromSeconds(30));
        var asked = await sharding.ExpectMsgAsync<OnCollection>(TimeSpan.FromSeconds(30));
        Assert.Equal((Key, new Wake(Key)), (asked.Key, asked.Message));
        Assert.False(unused.HasMessages);
    }

    private static async Task<string?> ReasonAsync(IActorRef supervisor) =>
        (await supervisor.Ask<object>(new GetRun(new RunId(Key, "01KE3AZZZZZZZZZZZZZZZZZZZZ"), 0, TimeSpan.Zero), TimeSpan.FromSeconds(10)) as NotAwake)?.Reason?.Reason;

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
