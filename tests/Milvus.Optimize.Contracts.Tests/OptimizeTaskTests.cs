using Microsoft.Extensions.Time.Testing;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Contracts.Tests;

public sealed class OptimizeTaskTests
{
    private static readonly RunDocument Running = GoldenRuns.Document(GoldenRuns.AtWork);
    private static readonly RunDocument Done = GoldenRuns.Document(GoldenRuns.Merged);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Watching_gives_each_change_once_and_ends_with_the_run()
    {
        var runs = new ScriptedRuns(Running with { Revision = 3 }, Running with { Revision = 3 }, Running with { Revision = 5 }, Done with { Revision = 9 });
        Assert.Equal([3, 5, 9], await Revisions(new(runs, RunId.Parse(Running.Id), new HastyTime())));
        Assert.Equal(["get since -1 wait 20", "get since 3 wait 20", "get since 3 wait 20", "get since 5 wait 20"], runs.Calls);
    }

    [Fact]
    public async Task Watching_a_run_that_has_ended_gives_its_end() => Assert.Equal([9], await Revisions(Task(new(Done with { Revision = 9 }))));

    [Fact]
    public async Task Watching_ends_where_only_a_person_can_go_on() =>
        Assert.Equal([4], await Revisions(Task(new(GoldenRuns.Document(GoldenRuns.Parked) with { Revision = 4 }))));

    [Fact]
    public async Task A_revision_that_falls_back_is_not_shown_again()
    {
        var runs = new ScriptedRuns(Running with { Revision = 5 }, Running with { Revision = 2 }, Done with { Revision = 6 });
        Assert.Equal([5, 6], await Revisions(new(runs, RunId.Parse(Running.Id), new HastyTime())));
        Assert.Equal("get since 5 wait 20", runs.Calls[^1]);
    }

    [Fact]
    public async Task A_run_that_is_answered_for_at_once_without_a_change_is_asked_for_twice_a_second()
    {
        var time = new HastyTime();
        var runs = new ScriptedRuns([.. Enumerable.Repeat(Running with { Revision = 3 }, 11), Done with { Revision = 4 }]);
        Assert.Equal([3, 4], await Revisions(new(runs, RunId.Parse(Running.Id), time)));
        Assert.InRange(time.Passed.TotalSeconds, 5, 1000);
    }

    [Fact]
    public async Task The_result_is_waited_for()
    {
        var result = await Task(new(Running, Done)).GetResultAsync();
        Assert.Equal("success", result.Status);
        Assert.Equal("books", result.CollectionName);
        Assert.Equal(9004, result.CompactionId);
        Assert.Equal("1024MB", result.TargetSize);
        Assert.Equal(Done.Result!.Progress, result.Progress);
        Assert.Same(Done, result.Run);
    }

    [Fact]
    public async Task A_result_without_a_compaction_has_no_id() =>
        Assert.Null((await Task(new(Done with { Result = Done.Result! with { CompactionId = null } })).GetResultAsync()).CompactionId);

    [Fact]
    public async Task When_the_wait_is_over_the_run_goes_on()
    {
        var runs = new ScriptedRuns(Running);
        var result = Task(runs).GetResultAsync(TimeSpan.FromMinutes(3));
        await runs.Waiting.Task;
        _time.Advance(TimeSpan.FromMinutes(3) - TimeSpan.FromTicks(1));
        Assert.False(result.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        var over = await Assert.ThrowsAsync<TimeoutException>(() => result);
        Assert.Contains(Running.Id, over.Message, StringComparison.Ordinal);
        Assert.Contains("it is WaitingForCompaction", over.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(runs.Calls, c => c.StartsWith("cancel", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wait_of_months_waits()
    {
        var result = await Task(new(Running, Done)).GetResultAsync(TimeSpan.MaxValue);
        Assert.Equal("success", result.Status);
    }

    [Fact]
    public async Task A_caller_who_gives_up_gets_no_timeout()
    {
        using var cancel = new CancellationTokenSource();
        var runs = new ScriptedRuns(Running);
        var result = Task(runs).GetResultAsync(TimeSpan.FromMinutes(3), cancel.Token);
        await runs.Waiting.Task;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => result);
        Assert.DoesNotContain(runs.Calls, c => c.StartsWith("cancel", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failed_run_throws_with_the_code_of_Milvus()
    {
        var failure = await Assert.ThrowsAsync<MilvusException>(() => Task(new(GoldenRuns.Document(GoldenRuns.Refused))).GetResultAsync());
        Assert.Equal(1100, failure.Code);
        Assert.Equal("Failed: the server refused the merge: invalid parameter", failure.Reason);
    }

    [Fact]
    public async Task A_parked_run_throws_and_says_that_a_person_is_needed()
    {
        var failure = await Assert.ThrowsAsync<MilvusException>(() => Task(new(GoldenRuns.Document(GoldenRuns.Parked))).GetResultAsync());
        Assert.Equal("NeedsOperator: no answer twice: retry or abandon it", failure.Reason);
    }

    [Fact]
    public async Task Progress_is_asked_for_without_waiting()
    {
        var runs = new ScriptedRuns(Running, Done);
        Assert.False(await Task(runs).IsDoneAsync());
        Assert.True(await Task(runs).IsDoneAsync());
        Assert.Equal(["get since -1 wait 0", "get since -1 wait 0"], runs.Calls);
    }

    [Fact]
    public async Task Cancelling_hands_the_reason_on()
    {
        var runs = new ScriptedRuns(Running);
        await Task(runs).CancelAsync("not today");
        Assert.Equal(["cancel not today"], runs.Calls);
    }

    private static async Task<List<long>> Revisions(OptimizeTask task)
    {
        var seen = new List<long>();
        await foreach (var run in task.WatchAsync()) seen.Add(run.Revision);
        return seen;
    }

    private OptimizeTask Task(ScriptedRuns runs) => new(runs, RunId.Parse(Running.Id), _time);
}
