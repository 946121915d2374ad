using System.Globalization;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Host.Output;

/// <summary>A run's events as a table.</summary>
internal static class TimelineText
{
    private static readonly string[] Heads = ["AT (UTC)", "EVENT", "MESSAGE"];
    private static readonly string[] MoreHeads = ["NR", "ROUND", "ATTEMPT", "EPOCH"];

    public static string Of(IReadOnlyCollection<TimelineEventDocument> events, bool wide) => Columns.Of(
        [wide ? [.. MoreHeads, .. Heads] : Heads, .. events.Select(e => wide ? [.. More(e), .. Row(e)] : Row(e))]);

    private static string[] Row(TimelineEventDocument e) => [e.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture), e.Event, e.Message];

    private static string[] More(TimelineEventDocument e) => [Number(e.SequenceNr), Number(e.Round), Number(e.Attempt), Number(e.Epoch)];

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
