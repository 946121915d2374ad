using Milvus.Optimize.Contracts;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>Whoever asks, by whatever name, however often: one run.</summary>
public sealed class ManyCallers : SimulatedTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_hundred_callers_by_name_and_alias_share_one_run_and_one_trigger(bool sameKey)
    {
        await SimulateAsync();
        await using var host = await HostAsync();
        var tasks = await Task.WhenAll(Enumerable.Range(0, 100).Select(i =>
            StartAsync(host, new() { Key = sameKey ? "the-key" : $"key-{i}" }, i % 2 == 0 ? "books" : "library")));

        var run = Assert.Single(tasks.Select(t => t.RunId).Distinct());
        Assert.Equal("Succeeded", (await EndAsync(host, run)).State);
        Assert.Single(Triggers);
        Assert.Equal(1, JournalFile.Count(Journal, "st1"));
        Assert.Equal(sameKey ? 0 : 99, JournalFile.Count(Journal, "jo1"));
    }

    [Fact]
    public async Task A_key_gets_its_run_after_its_end_and_after_a_later_run_too()
    {
        await SimulateAsync();
        await using var host = await HostAsync();
        var first = await StartAsync(host, new() { Key = "k" });
        await EndAsync(host, first.RunId);
        Assert.Equal(first.RunId, (await StartAsync(host, new() { Key = "k" })).RunId);

        var later = await StartAsync(host, new() { Key = "other" });
        Assert.NotEqual(first.RunId, later.RunId);
        await EndAsync(host, later.RunId);

        var again = await host.Runs.StartAsync(new(new(OptimizeHost.Cluster, "default", "books"), Parameters(), "k", TimeSpan.FromHours(1)), default);
        Assert.Equal((first.RunId.ToString(), "Succeeded", true), (again.Run.Id, again.Run.State, again.Joined));
    }

    [Fact]
    public async Task Other_parameters_are_refused_with_the_holder_and_a_key_is_not_reused()
    {
        await SimulateAsync("slow");
        await using var host = await HostAsync();
        var holder = await StartAsync(host, new() { Key = "k" });
        var conflict = await Refused(StartAsync(host, new() { Key = "k2", Force = true }));
        Assert.Equal((OptimizeProblem.RunConflict, holder.RunId), (conflict.Code, conflict.Holder));
        Assert.Equal(OptimizeProblem.KeyReused, (await Refused(StartAsync(host, new() { Key = "k", Force = true }))).Code);
    }

    private static OptimizeParameters Parameters() => new(TargetSize.Automatic, false, false);

    private static async Task<OptimizeProblem> Refused(Task<OptimizeTask> start) =>
        (await Assert.ThrowsAsync<OptimizeProblemException>(() => start)).Problem;
}
