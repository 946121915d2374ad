namespace Milvus.Optimize.Core.Runs;

/// <summary>
/// The times within which one trigger is sent and answered or can never take effect any more. They travel in the intent, so that whoever recovers it
/// waits for what its sender was bound by, whatever the options say by then.
/// </summary>
/// <param name="SendWithin">From just before the intent is persisted to the first byte, on the sender's monotonic clock.</param>
/// <param name="CallTimeout">Deadline of the call.</param>
/// <param name="TcpUserTimeout">How long unacknowledged bytes may linger in the kernel.</param>
/// <param name="ServerDeadline">How long the server may still act on it.</param>
/// <param name="Margin">For clock rates that differ.</param>
public sealed record SendBudgets(TimeSpan SendWithin, TimeSpan CallTimeout, TimeSpan TcpUserTimeout, TimeSpan ServerDeadline, TimeSpan Margin)
{
    /// <summary>3 s + 10 s + 10 s + 10 s + 7 s: 40 s in all.</summary>
    public static SendBudgets Default { get; } = new(
        TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(7));

    /// <summary>W: after this much of one's own time, the call of somebody who is gone cannot take effect any more.</summary>
    public TimeSpan Total => SendWithin + CallTimeout + TcpUserTimeout + ServerDeadline + Margin;
}
