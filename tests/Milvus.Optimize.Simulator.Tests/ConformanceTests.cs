using Milvus.Optimize.Conformance;
using Xunit.Abstractions;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>The recordings of real servers, asked of the simulator: a difference without a reason is red, and so is a reason without its difference.</summary>
public sealed class ConformanceTests(ITestOutputHelper output)
{
    public static TheoryData<string> Generations => [.. Recordings.Generations];

    [Theory, MemberData(nameof(Generations))]
    public async Task The_simulator_answers_as_the_recorded_server_did(string generation)
    {
        var comparison = await Recordings.ReplayAsync(generation);
        using var text = new StringWriter();
        comparison.Print(text);
        output.WriteLine(text.ToString());
        Assert.Empty(comparison.Unexplained);
        Assert.Empty(comparison.Gone);
    }
}
