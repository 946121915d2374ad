using System.Net.Sockets;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Gateway.Tests;

public sealed class TransparentRetryTests
{
    [Theory]
    [InlineData(nameof(FrameServer.GoAwayAsync))]
    [InlineData(nameof(FrameServer.RefuseAsync))]
    [InlineData(nameof(FrameServer.CalmAsync))]
    public async Task A_server_that_asks_for_the_message_again_does_not_get_it(string how)
    {
        using var server = new FrameServer(Way(how));
        await using var gateway = Gateways.To(server.Address);
        var permit = new CountingPermit();
        var outcome = await gateway.TriggerForceMergeAsync(Gateways.Trigger(), permit, default);
        Assert.IsType<TriggerOutcome.Unknown>(outcome);
        Assert.Equal((1, 1, 1), (server.Messages, server.Connections, permit.Asked));
    }

    [Fact]
    public async Task A_read_may_be_sent_again()
    {
        using var server = new FrameServer(FrameServer.GoAwayAsync);
        await using var gateway = Gateways.To(server.Address, o => o with { ReadAttempts = 1 });
        // The first call of each connection is answered; the second is met with GOAWAY, and HttpClient sends it again on another connection.
        Assert.Equal(LoadState.NotExist, await gateway.GetLoadStateAsync(Gateways.Books, default));
        Assert.Equal(LoadState.NotExist, await gateway.GetLoadStateAsync(Gateways.Books, default));
        Assert.Equal((1, 2), (server.Messages, server.Connections));
    }

    private static Func<NetworkStream, int, Task> Way(string how) => how switch
    {
        nameof(FrameServer.GoAwayAsync) => FrameServer.GoAwayAsync,
        nameof(FrameServer.RefuseAsync) => FrameServer.RefuseAsync,
        _ => FrameServer.CalmAsync,
    };
}
