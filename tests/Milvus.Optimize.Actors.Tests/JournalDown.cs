using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>A journal that takes no write: whoever asks is told at once, a run that stands still says why, and all goes on when it is back.</summary>
public sealed class JournalDown : SimulatedTest
{
    [Fact]
    public async Task A_run_under_way_says_why_it_stands_still_and_goes_on_when_there_is_room()
    {
        await SimulateAsync("slow", speed: 100);
        var journal = new BrokenJournal();
        await using var host = await HostAsync(spy: journal);
        var task = await StartAsync(host);
        await Until(() => JournalFile.Count(Journal, "pr1") > 0);
        journal.IsBroken = true;
        RunDocument? seen = null;
        await Until(async () => (seen = await host.Runs.GetAsync(task.RunId, 0, TimeSpan.FromMilliseconds(50), default)).StateReason == "JournalUnavailable", () => $"{seen}");
        Assert.Contains("make room", seen!.StateMessage, StringComparison.Ordinal);
        Assert.Contains("goes on by itself", seen.StateMessage, StringComparison.Ordinal);
        Assert.False((await host.Services.GetNodeStatusAsync()).Ready);
        journal.IsBroken = false;
        Assert.Equal("Succeeded", (await EndAsync(host, task.RunId)).State);
        Assert.Single(Triggers);
        Assert.True((await host.Services.GetNodeStatusAsync()).Ready);
    }

    [Theory]
    [InlineData(BrokenJournal.Full, "make room")]
    [InlineData(BrokenJournal.CannotOpen, "check the database")]
    public async Task A_start_is_refused_with_what_to_do_and_later_ones_without_a_try(int code, string whatToDo)
    {
        await SimulateAsync();
        var journal = new BrokenJournal(code) { IsBroken = true };
        await using var host = await HostAsync(OptimizeHost.Quick with { RestartPause = TimeSpan.FromSeconds(20) }, journal);
        var first = await RefusedAsync(host, "books");
        Assert.Equal(OptimizeProblem.OutcomeUnknown, first.Code);
        Assert.Contains(whatToDo, first.Detail, StringComparison.Ordinal);
        if (code != BrokenJournal.Full) await RefusedAsync(host, "films");

        // From here on it is known: no write is tried, and the answer is certain.
        var tried = journal.Refused;
        await Until(async () => (await host.Services.GetNodeStatusAsync()).Ready is false);
        var later = await RefusedAsync(host, "empty");
        Assert.Equal((OptimizeProblem.Unavailable, true), (later.Code, later.Retryable));
        Assert.Contains(whatToDo, later.Detail, StringComparison.Ordinal);
        Assert.Equal(tried, journal.Refused);
    }

    [Fact]
    public async Task A_request_now_and_then_finds_out_that_it_is_back_without_any_run()
    {
        await SimulateAsync();
        var journal = new BrokenJournal { IsBroken = true };
        await using var host = await HostAsync(spy: journal);
        await RefusedAsync(host, "books");
        journal.IsBroken = false;
        Contracts.OptimizeTask? task = null;
        await Until(async () =>
        {
            try
            {
                task = await StartAsync(host, new() { Key = "k" });
                return true;
            }
            catch (OptimizeProblemException e) when (e.Problem.Retryable)
            {
                return false;
            }
        });
        Assert.Equal("Succeeded", (await EndAsync(host, task!.RunId)).State);
    }

    private static async Task<OptimizeProblem> RefusedAsync(OptimizeHost host, string collection) =>
        (await Assert.ThrowsAsync<OptimizeProblemException>(() => StartAsync(host, new() { Key = "k" }, collection))).Problem;
}
