using Milvus.Optimize.Conformance;
using Xunit.Abstractions;

namespace Milvus.Optimize.RealServer.Tests;

/// <summary>The simulator's generation 2.3 beside a real 2.3.5 of the test's own: one script for both, and random sequences of 200 calls.</summary>
public sealed class SideBySideTests(ITestOutputHelper output)
{
    [KillableServerTheory, Trait("Category", "Long")]
    [InlineData(1, 2)]
    public async Task The_simulator_answers_as_the_real_server_does(int firstSeed, int seeds)
    {
        await using var server = await RealMilvus.StartAsync(autoCompaction: false);
        var comparison = await SideBySide.RunAsync(server.Address, Enumerable.Range(firstSeed, seeds), calls: 200);
        using var text = new StringWriter();
        comparison.Print(text);
        output.WriteLine(text.ToString());
        Assert.Empty(comparison.Unexplained);
    }
}
