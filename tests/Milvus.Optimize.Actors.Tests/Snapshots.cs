namespace Milvus.Optimize.Actors.Tests;

/// <summary>A snapshot stands at every end; it spares the events before it and is never needed.</summary>
public sealed class Snapshots : SimulatedTest
{
    [Fact]
    public async Task The_next_life_begins_with_the_snapshot_and_knows_all_that_came_before()
    {
        await SimulateAsync();
        var run = await FinishAndStopAsync();

        // Were they read, the collection would be quarantined.
        IsJudged = false;
        JournalFile.Execute(Journal, "update journal set manifest = 'zz9' where sequence_number = 2");
        await using var host = await HostAsync();
        Assert.Equal(run, (await StartAsync(host, new() { Key = "k" })).RunId.ToString());
        var next = await host.FinishAsync("books", new() { Force = true });
        Assert.Equal("Succeeded", next.State);
        Assert.NotEqual(run, next.Id);
        await Until(() => JournalFile.Snapshots(Journal) == 2);
        Assert.Equal(1, JournalFile.Events(Journal)[0].SequenceNr);
    }

    [Theory]
    [InlineData("update snapshot set snapshot = x'ffff'")]
    [InlineData("update snapshot set manifest = 'snap9'")]
    [InlineData("drop table snapshot")]
    public async Task One_that_cannot_be_read_costs_a_replay_and_nothing_else(string damage)
    {
        await SimulateAsync();
        var run = await FinishAndStopAsync();
        JournalFile.Execute(Journal, damage);
        await using var host = await HostAsync();
        Assert.Equal(run, (await StartAsync(host, new() { Key = "k" })).RunId.ToString());
        Assert.Equal("Succeeded", (await host.FinishAsync("books", new() { Force = true })).State);
    }

    [Fact]
    public async Task What_is_owed_to_an_earlier_run_is_not_lost_behind_the_snapshot_of_the_next()
    {
        await SimulateAsync();
        string[] runs;
        await using (var host = await HostAsync())
        {
            var first = await StartAsync(host);
            await TableShowsAsync(host, _ => true);
            JournalFile.Execute(Journal, """
                create trigger no_update before update on optimize_run begin select raise(abort, 'locked'); end;
                create trigger no_insert before insert on optimize_run when exists (select * from optimize_run) begin select raise(abort, 'locked'); end
                """);
            Assert.True((await EndAsync(host, first.RunId)).Done);
            var second = await StartAsync(host);
            Assert.True((await EndAsync(host, second.RunId)).Done);
            runs = [first.RunId.ToString(), second.RunId.ToString()];
            await host.KillAsync();
        }

        JournalFile.Execute(Journal, "drop trigger no_update; drop trigger no_insert");
        await using var next = await HostAsync();
        await Until(async () => (await next.Runs.ListAsync(new(), default)).Count(r => r.Done) == 2, () => "both runs are shown as ended");
        Assert.Equal(runs.Order(StringComparer.Ordinal), (await next.Runs.ListAsync(new(), default)).Select(r => r.Id).Order(StringComparer.Ordinal));
    }

    private async Task<string> FinishAndStopAsync()
    {
        await using var host = await HostAsync();
        var task = await StartAsync(host, new() { Key = "k" });
        Assert.Equal("Succeeded", (await EndAsync(host, task.RunId)).State);
        await Until(() => JournalFile.Snapshots(Journal) == 1);
        return task.RunId.ToString();
    }
}
