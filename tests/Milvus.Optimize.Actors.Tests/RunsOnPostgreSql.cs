using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Storage.Tests;
using Npgsql;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>The journal of several nodes: what holds on a file holds there.</summary>
public sealed class RunsOnPostgreSql : SimulatedTest
{
    private string _database = "";

    public static TheoryData<string> Events { get; } = new(
        nameof(OptimizeEvent.Started), nameof(OptimizeEvent.CandidatesChosen), nameof(OptimizeEvent.IntentAccepted), nameof(OptimizeEvent.TriggerAcknowledged),
        nameof(OptimizeEvent.PlansRecorded), nameof(OptimizeEvent.CompactionEnded), nameof(OptimizeEvent.LoadRefreshStarted));

    protected override string Journal => _database;

    public override async Task InitializeAsync()
    {
        if (PostgreSqlServer.Missing is null) _database = await PostgreSqlServer.NewDatabaseAsync();
    }

    [PostgreSqlTheory, MemberData(nameof(Events))]
    public async Task Killed_after_an_event_the_run_ends_on_another_node_although_nobody_asks(string after)
    {
        await SimulateAsync();
        var kill = new KillAfterWrite(after: typeof(OptimizeEvent).GetNestedType(after));
        var first = await HostAsync(spy: kill);
        await using (first)
        {
            _ = StartAsync(first).ContinueWith(t => t.Exception, TaskScheduler.Default);
            await first.GoneAsync();
        }

        await using var second = await HostAsync();
        var end = await TableShowsAsync(second, r => r.Done);
        Assert.Equal(("Succeeded", kill.Stored[0].Stamp.Run), (end.State, RunId.Parse(end.Id)));
        Assert.Single(Triggers);
    }

    [PostgreSqlFact]
    public async Task A_snapshot_stands_at_the_end_and_the_next_life_begins_with_it()
    {
        await SimulateAsync();
        await using (var first = await HostAsync())
        {
            Assert.Equal("Succeeded", (await first.FinishAsync("books")).State);
            await Until(() => Scalar("select count(*) from optimize_snapshot") == 1);
        }

        await using var second = await HostAsync();
        Assert.Equal("SucceededNoWork", (await second.FinishAsync("books")).State);
        await Until(() => Scalar("select count(*) from optimize_snapshot") == 2);
    }

    [PostgreSqlFact]
    public async Task Two_nodes_on_one_journal_end_the_run_with_one_trigger()
    {
        await SimulateAsync();
        await using var one = await HostAsync();
        var task = await StartAsync(one);
        await using var other = await HostAsync();
        var end = await TableShowsAsync(other, r => r.Done);
        Assert.Equal((task.RunId.ToString(), "Succeeded"), (end.Id, end.State));
        Assert.Single(Triggers, t => t.Effect is true);
    }

    private long Scalar(string sql)
    {
        using var connection = new NpgsqlConnection(_database);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return (long)command.ExecuteScalar()!;
    }
}
