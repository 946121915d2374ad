namespace Milvus.Optimize.Judge.Tests;

/// <summary>The product as it is, over servers that are not: the judge, who shares no code with it, finds nothing.</summary>
public sealed class HonestRuns
{
    [Theory]
    [InlineData("pleasant", "Succeeded")]
    [InlineData("partition-key", "Succeeded")]
    [InlineData("two-shards", "Succeeded")]
    [InlineData("unavailable-before", "Succeeded")]
    [InlineData("unavailable-after", "Succeeded")]
    [InlineData("forgotten-plans", "Succeeded")]
    [InlineData("half-busy", "Succeeded")]
    [InlineData("failed-plans", "Failed")]
    [InlineData("index-failure", "Failed")]
    public async Task Keep_every_promise(string scenario, string state)
    {
        await using var court = await Court.OpenAsync(scenario);
        Assert.Equal(state, (await court.RunAsync()).State);
        Assert.Empty(court.Verdict());
    }

    [Fact]
    public async Task A_second_run_with_nothing_to_do_keeps_them_too()
    {
        await using var court = await Court.OpenAsync();
        await court.RunAsync();
        Assert.Equal("SucceededNoWork", (await court.RunAsync()).State);
        Assert.Empty(court.Verdict());
    }
}
