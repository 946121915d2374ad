using Microsoft.Extensions.Time.Testing;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Contracts.Tests;

public sealed class MilvusOptimizerTests
{
    private readonly ScriptedRuns _runs = new(GoldenRuns.Document(GoldenRuns.Merged));

    [Theory]
    [InlineData("default", "")]
    [InlineData("default", "9books")]
    [InlineData("default", "bo-oks")]
    [InlineData("", "books")]
    [InlineData("de fault", "books")]
    public Task A_malformed_name_is_refused_before_any_call(string database, string name) => Refused(new(), database, name);

    [Fact]
    public Task A_size_that_nobody_parsed_is_refused_before_any_call() => Refused(new() { TargetSize = default });

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public Task A_deadline_in_the_past_is_refused_before_any_call(int seconds) => Refused(new() { Deadline = TimeSpan.FromSeconds(seconds) });

    [Fact]
    public Task A_deadline_beyond_the_calendar_is_refused_before_any_call() => Refused(new() { Deadline = TimeSpan.MaxValue });

    [Fact]
    public Task A_negative_wait_is_refused_before_any_call() => Refused(new() { Wait = TimeSpan.FromSeconds(-1) });

    [Fact]
    public async Task The_request_is_handed_on_as_it_is()
    {
        var request = new OptimizeRequest { TargetSize = TargetSize.Parse("1GB"), Flush = true, Force = true, Key = "mine", Deadline = TimeSpan.FromHours(2) };
        var task = await Optimizer().StartAsync(Books(), request);
        Assert.Equal([new(Books(), new(new(1024), true, true), "mine", TimeSpan.FromHours(2))], _runs.Started);
        Assert.Equal(GoldenRuns.Document(GoldenRuns.Merged).Id, task.RunId.ToString());
    }

    [Fact]
    public async Task Each_request_without_a_key_gets_one_of_its_own()
    {
        await Optimizer().StartAsync(Books(), new());
        await Optimizer().StartAsync(Books(), new());
        Assert.Distinct(_runs.Started.Select(s => s.Key));
        Assert.All(_runs.Started, s => Assert.InRange(s.Key.Length, 1, 200));
    }

    [Fact]
    public async Task Starting_does_not_wait()
    {
        await Optimizer().StartAsync(Books(), new() { Wait = TimeSpan.FromHours(1) });
        Assert.Equal(["start"], _runs.Calls);
    }

    [Fact]
    public async Task Optimizing_starts_and_waits_for_the_result()
    {
        var result = await Optimizer().OptimizeAsync(Books(), new());
        Assert.Equal("success", result.Status);
        Assert.Equal(["start", "get since -1 wait 20"], _runs.Calls);
    }

    private static CollectionRef Books(string database = "default", string name = "books") => new(GoldenRuns.Cluster, database, name);

    private async Task Refused(OptimizeRequest request, string database = "default", string name = "books")
    {
        await Assert.ThrowsAsync<ParamException>(() => Optimizer().StartAsync(Books(database, name), request));
        await Assert.ThrowsAsync<ParamException>(() => Optimizer().OptimizeAsync(Books(database, name), request));
        Assert.Empty(_runs.Calls);
    }

    private MilvusOptimizer Optimizer() => new(_runs, new FakeTimeProvider());
}
