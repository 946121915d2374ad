using Xunit.Abstractions;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>Three nodes to which something happens, one thing after the other: one leaves, one stands still, the database goes away.</summary>
public sealed partial class SurvivalTests(BedFixture beds, ITestOutputHelper output) : IClassFixture<BedFixture>
{
    private readonly Figures _figures = new(output);
}
