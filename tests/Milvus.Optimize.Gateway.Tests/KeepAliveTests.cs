using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.Gateway.Tests;

/// <summary>What every server bears of a client's pings (milvus-facts 17.3): sixty seconds or more, and only with calls in flight.</summary>
public sealed class KeepAliveTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_gateway_pings_no_oftener_than_the_strictest_server_bears(bool onlyOnce)
    {
        using var connector = new BoundedConnector(TimeSpan.FromSeconds(7), onlyOnce);
        using var handler = MilvusChannel.Handler(new() { Address = new("http://m:19530") }, connector, onlyOnce);
        Assert.Equal(HttpKeepAlivePingPolicy.WithActiveRequests, handler.KeepAlivePingPolicy);
        Assert.True(handler.KeepAlivePingDelay >= TimeSpan.FromSeconds(60), $"it pings every {handler.KeepAlivePingDelay}");
        Assert.All(GenerationRules.Names, name => Assert.True(GenerationRules.Of(name).LeastPingSeconds < handler.KeepAlivePingDelay.TotalSeconds, name));
    }
}
