using Xunit.Abstractions;

namespace Milvus.Optimize.VirtualTime.Tests;

/// <summary>Seeds, each a history with its own faults. VIRTUAL_TIME_SEED=n tells one of them step by step.</summary>
public sealed class ScheduleTests(ITestOutputHelper output)
{
    [Fact]
    public void Twenty_thousand_schedules_keep_every_promise() => KeepEveryPromise(0, 20_000);

    /// <summary>A million in ten parts, each with its own figures.</summary>
    [Theory, Trait("Category", "Long")]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6), InlineData(7), InlineData(8), InlineData(9), InlineData(10)]
    public void A_million_schedules_keep_every_promise(int part) => KeepEveryPromise(part * 100_000, 100_000);

    /// <summary>A trigger that its network held for longer than W replaced the segment between the look at its indexes and the end.</summary>
    [Theory]
    [InlineData(212939), InlineData(685204), InlineData(834036)]
    public void A_seed_of_the_million_that_was_broken_once_keeps_every_promise(int seed)
    {
        var told = Campaign.One(seed, new(), traces: true);
        Assert.True(told.Violations.IsEmpty, told.Text());
    }

    [Fact]
    public void A_seed_gives_the_same_steps_again() => Assert.All(Enumerable.Range(0, 50), seed =>
    {
        var once = Campaign.One(seed, new(), traces: true);
        Assert.NotEmpty(once.Trace);
        Assert.Equal(once.Trace, Campaign.One(seed, new(), traces: true).Trace);
    });

    [Fact]
    public void One_seed_is_told_when_it_is_asked_for()
    {
        if (!int.TryParse(Environment.GetEnvironmentVariable("VIRTUAL_TIME_SEED"), out var seed)) return;
        var told = Campaign.One(seed, new(), traces: true);
        output.WriteLine(told.Text());
        Assert.Empty(told.Violations);
    }

    private void KeepEveryPromise(int from, int count)
    {
        var campaign = Campaign.Run(from, count, new());
        output.WriteLine(campaign.Summary());
        Assert.True(campaign.Broken is null, campaign.Broken is { } seed ? Campaign.One(seed, new(), traces: true).Text() : "");
    }
}
