using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Runs;

/// <summary>
/// Where a server lists the collection's compactions: somebody else's are waited for before ours begins, and what an unanswered trigger started is found among
/// those at work. Everywhere else the segments tell, and a management port where there is one.
/// </summary>
public static partial class OptimizeDecider
{
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
            : $"{held} of {flushed.Length} segments were held by compaction {string.Join(", ", theirs.Select(l => l.CompactionId).Distinct().Order())}, which this run did not start: it waited";
    }

    /// <summary>
    /// After W whatever an unanswered trigger started is in the list. What works on its candidates is followed to its end, and whatever else works on the
    /// collection with it, for it may be a part of the same: nothing of ours is started beside it.
    /// </summary>
    /// <returns>Null where the segments decide.</returns>
    private static Decision? ByList(Now at, ImmutableArray<SegmentObservation> candidates, int standing, ImmutableArray<ListedCompaction> listed, OptimizePolicy policy)
    {
        var ids = candidates.Select(s => s.Id).ToHashSet();
        var atWork = listed.Where(l => l.AtWork).GroupBy(l => l.CompactionId)
            .Select(g => (Id: g.Key, Held: g.SelectMany(l => l.Sources).Where(ids.Contains).Distinct().Count()))
            .OrderByDescending(c => c.Held).ThenByDescending(c => c.Id).ToList();
        if (atWork.Count == 0) return null;
        if (atWork[0].Held == 0 && standing == candidates.Length) return IsPatient(at, policy) ? null : Decision.Nothing;
        return Decision.Accept(new E.TriggerReconciled(at.Stamp, Triggered: true,
            $"the server lists compaction {string.Join(", ", atWork.Select(c => c.Id))} at work; {atWork.Sum(c => c.Held)} of {candidates.Length} segments are in it, {candidates.Length - standing} are gone")
        {
            AtWork = [.. atWork.Select(c => c.Id)],
        });
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

    /// <summary>Why the lane of an unanswered trigger is free.</summary>
    private static string? LaneIsFree(ImmutableArray<ListedCompaction> listed, bool waitedOut) =>
        waitedOut && !listed.Any(l => l.AtWork) ? "its sender is out of time, and the server lists no compaction of the collection at work" : null;

    /// <summary>Somebody else's work on a collection may never end, one compaction after the other: it is waited for so long.</summary>
    private static bool IsPatient(Now at, OptimizePolicy policy) => at.InStage >= policy.LeftOutPatience;
}
