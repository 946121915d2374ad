namespace Milvus.Optimize.Simulator.Http;

/// <summary>
/// What a gRPC C-core server thinks of a client's pings on one connection: one that comes too soon after the last is a strike, and the third strike is too many.
/// Headers and data that the server sends take all strikes back. Time is that of the connection, not the server's.
/// </summary>
/// <param name="least">Between two pings, while a call is in flight.</param>
/// <param name="time">The wall clock.</param>
internal sealed class PingRule(TimeSpan least, TimeProvider time)
{
    private const int Tolerated = 2;

    // C-core's defaults are five minutes with a call in flight and two hours without.
    private const int LongerWithoutCalls = 24;

    private readonly HashSet<int> _calls = [];
    private long? _lastPing;
    private int _strikes;

    /// <summary>The newest stream that the client opened; 0 none.</summary>
    public int LastStream { get; private set; }

    /// <returns>Whether the client has gone too far.</returns>
    public bool Receive(Http2Frame frame)
    {
        if (frame.Type == Http2Frame.Headers && frame.Stream > LastStream)
        {
            LastStream = frame.Stream;
            _calls.Add(frame.Stream);
        }

        if (frame.Type == Http2Frame.ResetStream) _calls.Remove(frame.Stream);
        return frame.IsPing && IsOneTooMany();
    }

    /// <returns>False: what the server sends breaks nothing.</returns>
    public bool Send(Http2Frame frame)
    {
        if (frame.EndsStream) _calls.Remove(frame.Stream);
        if (frame.IsMessage) (_lastPing, _strikes) = (null, 0);
        return false;
    }

    private bool IsOneTooMany()
    {
        var now = time.GetTimestamp();
        var isTooSoon = _lastPing is { } last && time.GetElapsedTime(last, now) < (_calls.Count > 0 ? least : least * LongerWithoutCalls);
        _lastPing = now;
        return isTooSoon && ++_strikes > Tolerated;
    }
}
