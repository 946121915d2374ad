using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;
using R = Milvus.Optimize.Core.Runs.OptimizeRun;

namespace Milvus.Optimize.Core.Runs;

/// <summary>Before the trigger: inspection, flush, index waits, candidates.</summary>
public static partial class OptimizeDecider
{
    private static Decision? Preparation(Now at, R.Active run, C.OfRun command, OptimizePolicy policy) => (run, command) switch
    {
        (R.Initializing, C.RecordInspection c) => Inspected(at, c),
        (R.StartingFlush, C.RecordFlush c) => Decision.Accept(new E.FlushStarted(at.Stamp, c.Ticket)),
        (R.Flushing, C.RecordFlushState c) => c.Flushed ? Decision.Accept(new E.FlushCompleted(at.Stamp)) : Decision.Nothing,
        (R.StartingIndexWait, C.RecordTimestamp c) => Decision.Accept(new E.IndexWaitStarted(at.Stamp, c.Timestamp ?? 0)),
        (R.WaitingForIndexes s, C.RecordIndexes c) => IndexesSeen(at, s, c, policy),
        (R.ChoosingCandidates, C.RecordLane c) => LaneSeen(at, c, policy),
        (_, C.RecordLane c) when at.State.Lane is { } lane && OptimizeEffects.FollowsLane(run, lane) => LaneSeen(at, c, policy),
        (R.ChoosingCandidates, C.RecordCandidates c) when at.State.Lane is null => CandidatesSeen(at, run.Facts, c, policy),
        _ => null,
    };

    private static Decision Inspected(Now at, C.RecordInspection c)
    {
        var vectors = c.Description.VectorFields;
        var hasVectorIndex = c.Indexes.Any(i => vectors.Contains(i.Field));
        var events = ImmutableArray.CreateBuilder<OptimizeEvent>();
        events.Add(new E.CollectionInspected(at.Stamp, c.Server, c.Description.Shards, [.. c.Indexes.Select(i => i.Name)], hasVectorIndex));
        if (c.Server.Generation.IsLite)
        {
            events.Add(at.End(RunOutcome.SucceededNoWork, RunEndReason.ServerDoesNotCompact,
                $"nothing to do: this server ({c.Server.Version}) does not compact"));
        }
        else if (TargetSizeWarning(at, c.Server) is { } warning)
        {
            events.Add(warning);
        }

        return Decision.Accept([.. events]);
    }

    private static E.Warned? TargetSizeWarning(Now at, ServerDescription server)
    {
        var wanted = at.Run.Facts.Parameters.TargetSize;
        var range = server.Generation;
        if (range.IgnoresTargetSize)
            return at.Warn(WarningCode.TargetSizeIgnored, $"Milvus {server.Version} does not force-merge: it ignores target_size and merges up to its own segment size");
        if (wanted.IsAutomatic) return null;
        if (range.Oldest is null)
            return at.Warn(WarningCode.ServerVersionUnknown, $"the version '{server.Version}' does not tell how the server reads target_size {wanted}; compare the segments");
        if (range.Oldest == Generation.G1)
            return at.Warn(WarningCode.TargetSizeIgnored, $"Milvus {server.Version} may ignore the value of target_size and choose the size itself; safe from 2.6.15 on");
        return range.Oldest == Generation.G2
            ? at.Warn(WarningCode.TargetSizeMisread, $"Milvus {server.Version} may read target_size as bytes; safe from 2.6.15 on")
            : null;
    }

    private static Decision IndexesSeen(Now at, R.WaitingForIndexes run, C.RecordIndexes c, OptimizePolicy policy)
    {
        var failed = c.Indexes.Where(i => i.State == IndexState.Failed).ToList();
        if (failed.Count > 0)
        {
            var reasons = string.Join("; ", failed.Select(i => $"'{i.Name}': {(i.FailReason.Length > 0 ? i.FailReason : "no reason given")}"));
            return Decision.Accept(at.End(RunOutcome.Failed, RunEndReason.IndexFailed, $"the build of an index failed: {reasons}", after: FlushedOf(c.Segments)));
        }

        if (c.Indexes.Any(i => i.State != IndexState.Finished)) return Decision.Nothing;
        var events = ImmutableArray.CreateBuilder<OptimizeEvent>();
        if (c.Indexes.Any(i => i.PendingRows > 0))
        {
            if (at.InStage < policy.IngestPatience || !c.NewSegmentsSeen) return Decision.Nothing;
            events.Add(at.Warn(WarningCode.IndexesBehindIngest,
                $"{c.Indexes.Max(i => i.PendingRows)} rows wait for their index while new segments keep coming; the run went on without them"));
        }

        // "Not sorted" means something only where the server ever says "sorted": older ones never send the field.
        var flushed = FlushedOf(c.Segments);
        var unsorted = flushed.Any(s => s.Sorted) ? flushed.Count(s => !s.Sorted) : 0;
        if (unsorted > 0)
        {
            if (at.InStage < policy.SortPatience) return Decision.Nothing;
            var then = at.Run.Facts.Server.Generation.LeavesOutTheBusyAlone ? "this server merges such segments all the same" : "the server leaves such segments out";
            events.Add(at.Warn(WarningCode.SegmentsUnsorted, $"{unsorted} flushed segments were still unsorted after {policy.SortPatience}; {then}"));
        }

        events.Add(new E.IndexesBuilt(at.Stamp, run.Rebuild ? [.. flushed.Select(s => s.Id)] : []));
        return Decision.Accept([.. events]);
    }

    private static Decision LaneSeen(Now at, C.RecordLane c, OptimizePolicy policy)
    {
        if (at.State.Lane is not { } lane || c.Look.IsOutdated(lane)) return Decision.Nothing;
        if (lane.CompactionId is null && c.Look.Listed is not null && !c.WaitedOut) return Decision.Nothing;
        if (lane.CompactionId is null && StillAtWork(at, lane.Candidates, c.Look.Listed, policy) is { } work) return Waiting(at, work);
        var reason = LaneIsFree(lane, c);
        if (reason is null && IsNeverTold(at, lane, c.Look, policy)) return Decision.Accept(Untold(at));
        return reason is null ? Decision.Nothing : new([new E.LaneFreed(at.Stamp, reason), .. EndIfCancelled(at, at.Run.Facts)]);
    }

    /// <summary>
    /// This server does not tell what became of a compaction, and segments of it stand: a run that has merged, or was cancelled, would wait to its limits. Before
    /// candidates are chosen it does, because a trigger would go beside it.
    /// </summary>
    private static bool IsNeverTold(Now at, Lane lane, CompactionLook look, OptimizePolicy policy) =>
        lane.CompactionId is not null && look.Compaction is null && at.InStage >= policy.NoPlanPatience
        && (at.Run is not R.ChoosingCandidates || (at.Run.Facts.CancelReason is not null && lane.Intent.Run == at.Run.Facts.Run));

    private static E.Ended Untold(Now at) => at.Run.Facts.CancelReason is { } cancelled
        ? at.End(RunOutcome.Cancelled, RunEndReason.OnRequest, $"cancelled: {cancelled}; the server does not tell what became of the last trigger{at.Remains}")
        : at.End(RunOutcome.PartiallySucceeded, RunEndReason.Unverified, $"the server merged, and does not tell what became of another trigger of the collection{at.Remains}");

    private static string? LaneIsFree(Lane lane, C.RecordLane c)
    {
        if (c.Look.Compaction is { Executing: true } or { ExecutingPlans: > 0 }) return null;
        if (lane.CompactionId is { } id && c.Look.Compaction is { StateKnown: true }) return $"compaction {id} executes no more";
        if (c.Look.Segments is not { } segments) return c.WaitedOut && lane.CompactionId is null ? "its sender is out of time" : null;
        var standing = Standing(lane.Candidates, segments);
        if (standing == 0 && !lane.Candidates.IsEmpty) return "its segments are all gone";
        if (!c.WaitedOut || lane.CompactionId is not null) return null;
        if (standing == lane.Candidates.Length) return "its sender is out of time, and all its segments stand";
        if (c.Look.Listed is { } listed && !listed.Any(l => l.AtWork)) return "its sender is out of time, and the server lists no compaction of the collection at work";
        return c.Look.Settled ? "its sender is out of time, and the segments change no more" : null;
    }

    private static Decision CandidatesSeen(Now at, RunFacts facts, C.RecordCandidates c, OptimizePolicy policy)
    {
        if (c.Segments is not { } segments) return Decision.Accept(new E.CandidatesChosen(at.Stamp, [], Known: false));
        var flushed = MergeNeed.Flushed(segments);
        if (facts is { LeftOut: { } left, Merge.Candidates.IsEmpty: true } && StillLeftOut(at, left, flushed, policy) is { } waits) return waits;
        var growing = c.GrowingRows > 0 && !facts.HasWarning(WarningCode.GrowingRowsLeft)
            ? at.Warn(WarningCode.GrowingRowsLeft, $"{c.GrowingRows} growing rows are left outside; --flush takes them in")
            : null;
        var events = ImmutableArray.CreateBuilder<OptimizeEvent>();
        if (growing is not null) events.Add(growing);

        // A forced run repeats the merge once: as long as the segments are those that it found. Whatever it then still has to cover is judged by need.
        var forced = facts.Parameters.Force && !flushed.IsEmpty
            && (facts.Attempt == 0 || facts.SegmentsBefore.Select(s => s.Id).SequenceEqual(flushed.Select(s => s.Id)));
        var minimum = ReachableMinimum.Of(flushed, facts, c.Limits);
        var nothing = forced ? null : MergeNeed.NothingToGain(flushed, facts.Parameters.TargetSize, at.State.LastProven) ?? ReachableMinimum.Reached(flushed, facts, c.Limits);
        if (nothing is not null && facts.Attempt > 0)
        {
            events.Add(at.Warn(WarningCode.MergedByServer, $"the segments were merged under an id that this run was not told: {nothing}"));
            events.Add(new E.MergedElsewhere(at.Stamp));
        }
        else if (nothing is not null)
        {
            events.Add(at.End(RunOutcome.SucceededNoWork, RunEndReason.NothingToMerge, $"nothing to merge: {nothing}", after: flushed, fullyMerged: true) with { Minimum = minimum });
        }
        else if (!facts.HasVectorIndex && facts.Server.Generation.IgnoresTargetSize)
        {
            events.Add(at.End(RunOutcome.Failed, RunEndReason.NoIndex, $"Milvus {facts.Server.Version} compacts only what has a vector index, and '{facts.Collection.Name}' has none; create one first", after: flushed));
        }
        else if (OthersAtWork(at, flushed, c.Listed, policy) is { } others)
        {
            if (Held(at, WarningCode.ForeignCompaction, others) is { } held) events.Add(held);
        }
        else if (facts.Fruitless is not { } tried || !PausesAfter(at, tried, flushed, policy))
        {
            events.Add(new E.CandidatesChosen(at.Stamp, flushed, Known: true, minimum));
        }

        return Decision.Accept([.. events]);
    }

    private static ImmutableArray<SegmentObservation> FlushedOf(ImmutableArray<SegmentObservation>? segments) => segments is { } s ? MergeNeed.Flushed(s) : [];

    private static int Standing(IEnumerable<long> ids, ImmutableArray<SegmentObservation> segments) =>
        ids.Intersect(MergeNeed.Flushed(segments).Select(s => s.Id)).Count();
}
