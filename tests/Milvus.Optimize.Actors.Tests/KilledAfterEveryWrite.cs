using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>docs/failure-modes.md, line by line: a node dies after each write of a run, and the next node ends the run although nobody asks.</summary>
public sealed class KilledAfterEveryWrite : SimulatedTest
{
    private const int MostWrites = 17;

    public static TheoryData<int> Writes => [.. Enumerable.Range(1, MostWrites)];

    [Fact]
    public async Task A_normal_run_writes_no_more_often_than_the_theories_kill_it()
    {
        await SimulateAsync();
        var spy = new KillAfterWrite();
        await using var host = await HostAsync(spy: spy);
        Assert.Equal("Succeeded", (await host.FinishAsync("books")).State);
        Assert.InRange(spy.Writes, 12, MostWrites);
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public Task Killed_after_write_before_its_acknowledgement_the_run_ends_with_one_trigger(int number) => KilledAfter(number, acknowledged: false);

    [Theory]
    [MemberData(nameof(Writes))]
    public Task Killed_after_write_once_it_was_acknowledged_the_run_ends_with_one_trigger(int number) => KilledAfter(number, acknowledged: true);

    private async Task KilledAfter(int number, bool acknowledged)
    {
        await SimulateAsync();
        var kill = new KillAfterWrite(number, acknowledged: acknowledged);
        var first = await HostAsync(spy: kill);
        await using (first)
        {
            _ = StartAsync(first).ContinueWith(t => t.Exception, TaskScheduler.Default);
            await Until(async () => first.System.WhenTerminated.IsCompleted || (await first.Runs.ListAsync(new(Done: true), default)).Length > 0);
        }

        await using var second = await HostAsync();
        var end = await TableShowsAsync(second, r => r.Done);

        Assert.Equal("Succeeded", end.State);
        Assert.Equal(kill.Stored[0].Stamp.Run, RunId.Parse(end.Id));
        var trigger = Assert.Single(Triggers);
        if (end.Result!.CompactionId is { } id) Assert.Equal(trigger.CompactionId, id);
        else Assert.Contains(end.Warnings, w => w.Code == nameof(WarningCode.MergedByServer));
        if (kill.Stored.OfType<OptimizeEvent.TriggerAcknowledged>().SingleOrDefault() is { } known)
            Assert.Equal(known.CompactionId.ToString(System.Globalization.CultureInfo.InvariantCulture), end.Result.CompactionId);
        Assert.Single(Control.Find("books")!.Segments);
    }
}
