using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Runs;

/// <summary>
/// Where a server lists the collection's compactions. That something is at work is a reason to wait, before a trigger and after one without an answer; whose it
/// is nobody can tell, and it is never taken for ours. When nothing is at work the segments alone decide; where there is no list they do too, and a management
/// port where there is one.
/// </summary>
public static partial class OptimizeDecider
{
    /// <summary>A run that waits says once for what: the reason stays its own until it goes on.</summary>
    private static E.Warned? Held(Now at, WarningCode code, string by) => at.Run.Facts.HeldBy is null ? at.Warn(code, by) : null;

    /// <summary>
    /// Why a merge would be too early: others work on its segments. Where they hold all, a trigger would start nothing; where they hold some, waiting costs less
    /// than merging the rest twice, until the patience is over.
    /// </summary>
    private static string? OthersAtWork(Now at, ImmutableArray<SegmentObservation> flushed, ImmutableArray<ListedCompaction>? listed, OptimizePolicy policy)
    {
        if (listed is not { } all) return null;
        var ids = flushed.Select(s => s.Id).ToHashSet();
        var theirs = all.Where(l => l.AtWork && l.Sources.Any(ids.Contains)).ToList();
        var held = theirs.SelectMany(l => l.Sources).Where(ids.Contains).Distinct().Count();
        return held == 0 || (held < flushed.Length && IsPatient(at, policy))
            ? null
            : $"{held} of {flushed.Length} segments were held by {Named(theirs)}, which this run did not start: it waited";
    }

    /// <summary>
    /// Why nothing can be said yet of a trigger without an answer, and nothing be sent: something works on its segments, or, for as long as the patience
    /// lasts, elsewhere in the collection, where it may be at work as well.
    /// </summary>
    /// <returns>Null where the segments decide.</returns>
    private static string? StillAtWork(Now at, IEnumerable<long> candidates, ImmutableArray<ListedCompaction>? listed, OptimizePolicy policy)
    {
        var atWork = listed is { } all ? all.Where(l => l.AtWork).ToList() : [];
        var ids = candidates.ToHashSet();

        // What does not say what it works on may work on anything.
        var onThem = atWork.Where(l => l.Sources.IsEmpty || l.Sources.Any(ids.Contains)).ToList();
        if (onThem.Count == 0 && (atWork.Count == 0 || (IsPatient(at, policy) && !(at.At - at.State.Lane?.Intent.At < policy.LeftOutPatience)))) return null;
        return onThem.Count > 0
            ? $"a trigger got no answer, and the server lists {Named(onThem)} at work on its segments, its own or somebody else's: it was waited for"
            : $"a trigger got no answer, and the server lists {Named(atWork)} at work in the collection: it was waited for";
    }

    /// <summary>
    /// After W, while all segments stand: a merge of candidates alone that is at work, or that was begun since the intent and is over (it failed), is taken for
    /// what the trigger started. It has no id, so the segments are followed.
    /// </summary>
    /// <returns>Null where the management port shows none, which proves nothing.</returns>
    private static Decision? ByTasks(Now at, ImmutableArray<SegmentObservation> candidates, ImmutableArray<ListedTask> tasks)
    {
        // The port tells whole seconds.
        var since = at.State.Lane is { } lane ? lane.Intent.At.AddTicks(-(lane.Intent.At.Ticks % TimeSpan.TicksPerSecond)) : DateTimeOffset.MaxValue;
        var shown = tasks.Where(t => AreWithin(t, candidates) && (t.AtWork || t.StartedAt >= since)).ToList();
        return shown.Count == 0 ? null : Decision.Accept(new E.TriggerReconciled(at.Stamp, Triggered: true,
            $"the management port shows {shown.Count(t => t.AtWork)} merges at work and {shown.Count(t => !t.AtWork)} over, of {shown.SelectMany(t => t.Sources).Distinct().Count()} of {candidates.Length} segments"));
    }

    /// <summary>A merge without an id goes on, whatever its segments look like.</summary>
    private static bool IsShownAtWork(ImmutableArray<SegmentObservation> candidates, ImmutableArray<ListedTask> tasks) => tasks.Any(t => t.AtWork && AreWithin(t, candidates));

    private static bool AreWithin(ListedTask task, ImmutableArray<SegmentObservation> candidates) =>
        !task.Sources.IsEmpty && task.Sources.All(source => candidates.Any(c => c.Id == source));

    private static string Named(IReadOnlyCollection<ListedCompaction> compactions)
    {
        var ids = compactions.Select(l => l.CompactionId).Where(id => id > 0).Distinct().Order().ToList();
        return ids.Count > 0 ? $"compaction {string.Join(", ", ids)}" : "a compaction without an id";
    }

    /// <summary>Somebody else's work on a collection may never end, one compaction after the other: where it holds nothing of ours it is waited for so long.</summary>
    private static bool IsPatient(Now at, OptimizePolicy policy) => at.InStage >= policy.LeftOutPatience;
}
