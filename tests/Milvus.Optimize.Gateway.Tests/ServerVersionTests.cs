using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Gateway.Tests;

public sealed class ServerVersionTests
{
    [Theory]
    [InlineData("milvus_lite-3.2.0", Generation.Lite, Generation.Lite)]
    [InlineData("milvus_lite", Generation.Lite, Generation.Lite)]
    [InlineData("v2.3.5-lite", Generation.V23, Generation.V23)]
    [InlineData("2.3.22", Generation.V23, Generation.V23)]
    [InlineData("2.3", Generation.V23, Generation.V23)]
    [InlineData("v2.2.16", Generation.G0, Generation.G0)]
    [InlineData("1.1.1", Generation.G0, Generation.G0)]
    [InlineData("2.4.23", Generation.G0, Generation.G0)]
    [InlineData("2.5-20250101-abcdef0123", Generation.G0, Generation.G0)]
    [InlineData("2.6.8", Generation.G0, Generation.G0)]
    [InlineData("2.6.9", Generation.G1, Generation.G2)]
    [InlineData("v2.6.11", Generation.G1, Generation.G2)]
    [InlineData("2.6.12", Generation.G2, Generation.G3)]
    [InlineData("2.6.14-rc1", Generation.G2, Generation.G3)]
    [InlineData("2.6.15", Generation.G3, Generation.G6)]
    [InlineData("2.6.99", Generation.G3, Generation.G6)]
    [InlineData("2.6-20260801-abcdef0123", Generation.G0, Generation.G6)]
    [InlineData("3.0.0", Generation.G3, Generation.G6)]
    [InlineData("v3.0.0-beta", Generation.G3, Generation.G6)]
    [InlineData("3.0-20260902-7ea6e35269", Generation.G3, Generation.G6)]
    [InlineData("milvus 4.1", Generation.G3, Generation.G6)]
    [InlineData("Zilliz Cloud Vector Database(Compatible with Milvus 2.5)", Generation.G0, Generation.G0)]
    public void A_text_with_a_number_narrows_the_generation(string text, Generation oldest, Generation newest) =>
        Assert.Equal(new GenerationRange(oldest, newest), ServerVersion.Generations(text));

    [Theory]
    [InlineData("")]
    [InlineData("unknown-20260608-7ea6e3526")]
    [InlineData("master-20260902-7ea6e35269")]
    [InlineData("feature-knapsack-20260902-7ea6e35269")]
    [InlineData("dev")]
    public void A_text_without_a_number_says_nothing(string text) => Assert.Equal(GenerationRange.Unknown, ServerVersion.Generations(text));
}
