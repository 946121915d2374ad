using Microsoft.Extensions.Time.Testing;
using Milvus.Optimize.Simulator.Http;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>When a client pings too often, by the rule of Lite: every ten seconds is, every sixty with a call in flight is not.</summary>
public sealed class PingRuleTests
{
    private static readonly Http2Frame Ping = new(Http2Frame.Ping, 0, 0, 17);

    private readonly FakeTimeProvider _time = new();
    private readonly PingRule _rule;

    public PingRuleTests() => _rule = new(TimeSpan.FromSeconds(GenerationRules.Of("lite").LeastPingSeconds), _time);

    [Fact]
    public void Every_ten_seconds_is_too_often_at_the_third_that_comes_too_soon()
    {
        Call(1);
        Assert.Equal([false, false, false, true], Pings(10, 4));
    }

    [Fact]
    public void Every_sixty_seconds_is_borne_for_ever_while_a_call_is_in_flight()
    {
        Call(1);
        Assert.DoesNotContain(true, Pings(60, 1000));
    }

    [Theory]
    [InlineData(Http2Frame.Headers, 1)]
    [InlineData(Http2Frame.Data, 1)]
    [InlineData(Http2Frame.ResetStream, 0)]
    public void Without_a_call_every_sixty_seconds_is_too_often(byte last, byte flags)
    {
        Call(1);
        _rule.Send(new(last, flags, 1, 9));
        Assert.Equal([false, false, false, true], Pings(60, 4));
    }

    [Fact]
    public void A_call_that_its_client_gave_up_is_none()
    {
        Call(1);
        _rule.Receive(new(Http2Frame.ResetStream, 0, 1, 13));
        Assert.Equal([false, false, false, true], Pings(60, 4));
    }

    [Fact]
    public void What_the_server_sends_takes_the_strikes_back()
    {
        Call(1);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal([false, false, false], Pings(0, 3));
            _rule.Send(new(Http2Frame.Data, 0, 1, 100));
        }
    }

    [Fact]
    public void Answers_to_pings_and_frames_of_other_kinds_are_none()
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.False(_rule.Receive(Ping with { Flags = 1 }));
            Assert.False(_rule.Receive(new(4, 0, 0, 9)));
        }
    }

    [Fact]
    public void The_newest_stream_is_remembered()
    {
        Call(1);
        Call(5);
        _rule.Receive(new(Http2Frame.Headers, 1, 1, 9));
        Assert.Equal(5, _rule.LastStream);
    }

    private void Call(int stream) => Assert.False(_rule.Receive(new(Http2Frame.Headers, 0, stream, 50)));

    private List<bool> Pings(double everySeconds, int count)
    {
        var broken = new List<bool>();
        for (var i = 0; i < count; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(everySeconds));
            broken.Add(_rule.Receive(Ping));
        }

        return broken;
    }
}
