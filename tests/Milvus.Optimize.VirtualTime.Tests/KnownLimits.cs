using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Judge;

namespace Milvus.Optimize.VirtualTime.Tests;

/// <summary>
/// The one thing that cannot be kept from happening on a server that lists no plans by collection (docs/failure-modes.md): a trigger whose answer was lost
/// is judged by its candidates alone, those after W. What it works on unseen may take longer, and the next one starts beside it, on other segments.
/// </summary>
internal static class KnownLimits
{
    /// <summary>Whether each compaction that ran beside another began beside one that nobody had been told of.</summary>
    public static bool Explains(Violation violation, Schedule schedule)
    {
        // Where there is a list, it tells.
        if (schedule.Server.Rules.SendsPlanDetails) return false;
        if (violation.Invariant != "I1" || !violation.What.Contains("was started while", StringComparison.Ordinal)) return false;
        return schedule.Server.Beside.All(call => call.Running.All(id => IsUnheardOf(schedule, id, call.At)));
    }

    private static bool IsUnheardOf(Schedule schedule, long compaction, DateTimeOffset at)
    {
        var known = schedule.Journal.Rows.Where(r => r.SeenAt <= at).Select(r => r.Event).ToList();
        return known.Exists(e => e is OptimizeEvent.TriggerReconciled or OptimizeEvent.LaneFreed) && !known.Exists(e => Acknowledged(e) == compaction);
    }

    private static long? Acknowledged(OptimizeEvent e) => e switch
    {
        OptimizeEvent.TriggerAcknowledged a => a.CompactionId,
        OptimizeEvent.LateOutcomeStored l => l.CompactionId,
        _ => null,
    };
}
