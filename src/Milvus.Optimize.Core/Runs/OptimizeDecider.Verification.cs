using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;
using R = Milvus.Optimize.Core.Runs.OptimizeRun;

namespace Milvus.Optimize.Core.Runs;

/// <summary>After the merge: the load refresh, and the proof.</summary>
public static partial class OptimizeDecider
{
    private static Decision? Verification(Now at, R.Active run, C.OfRun command, OptimizePolicy policy) => (run, command) switch
    {
        (R.StartingRefresh, C.RecordRefreshStarted { Loading: true }) => StillLoading(at, policy),
        (R.StartingRefresh, C.RecordRefreshStarted c) => Decision.Accept(
            c.Loaded ? new E.LoadRefreshStarted(at.Stamp) : new E.LoadRefreshEnded(at.Stamp, Loaded: false)),
        (R.RefreshingLoad, C.RecordRefresh c) => Refreshed(at, c, policy),
        (R.Verifying s, C.RecordVerification c) when at.State.Lane is null => Verified(at, s, c, policy),
        _ => null,
    };

    private static Decision StillLoading(Now at, OptimizePolicy policy) => at.InStage < policy.RefreshPatience
        ? Decision.Nothing
        : Decision.Accept(at.Warn(WarningCode.LoadRefreshNotDone, $"the collection was still being loaded after {policy.RefreshPatience}, and what is not loaded cannot be refreshed"), new E.LoadRefreshEnded(at.Stamp, Loaded: false));

    private static Decision Refreshed(Now at, C.RecordRefresh c, OptimizePolicy policy)
    {
        var ended = new E.LoadRefreshEnded(at.Stamp, Loaded: true);
        if (c.Progress is null) return Decision.Accept(at.Warn(WarningCode.LoadRefreshNotDone, "the server does not tell whether the load is refreshed"), ended);
        if (c.Progress >= 100) return Decision.Accept(ended);
        return at.InStage < policy.RefreshPatience
            ? Decision.Nothing
            : Decision.Accept(at.Warn(WarningCode.LoadRefreshNotDone, $"the load was not refreshed within {policy.RefreshPatience}: the query nodes may lack memory for old and new segments"), ended);
    }

    private static Decision Verified(Now at, R.Verifying run, C.RecordVerification c, OptimizePolicy policy)
    {
        var facts = run.Facts;
        if (c.Segments is not { } segments || !facts.Merge.CandidatesKnown)
        {
            return Decision.Accept(at.End(RunOutcome.PartiallySucceeded, RunEndReason.Unverified,
                "the server merged, but it cannot list its segments, so that nothing proves it", after: FlushedOf(c.Segments)));
        }

        var evidence = MergeEvidence.Of(facts.Merge, MergeNeed.Flushed(segments), facts.HasWarning(WarningCode.RowsNotCompared));
        if (evidence.Gained is { } gained)
            return Decision.Accept(at.End(RunOutcome.Failed, RunEndReason.RowsGained, gained, after: evidence.Flushed));
        if (evidence.SourcesLeft > 0 && !facts.Merge.MergedElsewhere)
        {
            return Decision.Accept(at.End(RunOutcome.Failed, RunEndReason.CompactionFailed,
                $"{evidence.SourcesLeft} segments still stand that plans were to merge", after: evidence.Flushed));
        }

        // What stands alone in its partition or shard has nothing to be merged with.
        var coverable = !evidence.CoveredAny || MergeNeed.NothingToGain(evidence.Flushed, facts.Parameters.TargetSize, null) is null;
        if (!evidence.Uncovered.IsEmpty && coverable) return LeftBehind(at, facts, evidence, policy);

        // What was left out and then replaced by the server (sorted, or merged by somebody else) is a candidate again, once.
        if (evidence is { Replaced: > 0, FlushedMeanwhile: > 0 } && coverable && facts.LeftOut is not { Segments.IsEmpty: true } && facts.Round < policy.MaxRounds)
            return LeftBehind(at, facts, evidence, policy);

        // Nobody knows what made the candidates go, if no plan was seen: while something can be gained, that is no merge of ours.
        if (facts.Merge is { Plans.IsEmpty: true, MergedElsewhere: false } && coverable) return LeftBehind(at, facts, evidence, policy);
        // A compaction of somebody else, or a trigger that arrived late, made segments that nobody saw the indexes of.
        var replaced = Replaced(facts.Merge.Indexed, evidence.Flushed);
        if (replaced > 0 && facts.Merge.Replacements < policy.MaxReplacements) return Decision.Accept(new E.SegmentsReplaced(at.Stamp, replaced));
        var problem = run.Loaded ? evidence.ServingProblem(c.Serving, c.Replicas, facts.HasVectorIndex) : null;
        if (problem is not null && at.InStage < policy.QueryViewPatience) return Decision.Nothing;
        var told = Warnings(at, facts, evidence).ToList();
        if (replaced > 0)
        {
            told.Add(at.Warn(WarningCode.IndexesBehindIngest,
                $"other compactions replaced segments {facts.Merge.Replacements + 1} times while their indexes were waited for; the indexes of the newest were not waited for"));
        }

        if (problem is not null) told.Add(at.Warn(WarningCode.QueryViewBehind, problem));
        return new([.. told, Success(at, evidence)]);
    }

    /// <summary>Where something new stands, how many of those whose indexes were seen built do not any more.</summary>
    private static int Replaced(ImmutableArray<long> indexed, ImmutableArray<SegmentObservation> flushed)
    {
        var standing = flushed.Select(s => s.Id).ToHashSet();
        return standing.IsSubsetOf(indexed) ? 0 : indexed.Count(id => !standing.Contains(id));
    }

    private static Decision LeftBehind(Now at, RunFacts facts, MergeEvidence evidence, OptimizePolicy policy)
    {
        var uncovered = evidence.Flushed.Where(s => evidence.Uncovered.Contains(s.Id)).ToList();
        var text = uncovered.Count > 0
            ? $"{uncovered.Count} of {facts.Merge.Candidates.Length} segments were left out: {LeftOut.Why(uncovered, evidence.Flushed)}"
            : evidence.Replaced > 0 ? $"{evidence.Replaced} segments were left out, and the server has replaced them since" : "no plan of the merge was seen, and there is still something to merge";
        if (evidence.CoveredAny && facts.Round < policy.MaxRounds)
        {
            // The next round forgets these plans, and takes in what was flushed meanwhile.
            var told = Warnings(at, facts, evidence).Where(w => w.Warning.Code != WarningCode.FlushedMeanwhile);
            return new([.. told, new E.RoundStarted(at.Stamp with { Round = facts.Round + 1 }, evidence.Uncovered, text, evidence.FlushedMeanwhile)]);
        }

        var why = evidence.CoveredAny ? $"after {facts.Round} rounds" : "and the last round covered none";
        return new([.. Warnings(at, facts, evidence), at.End(RunOutcome.PartiallySucceeded, RunEndReason.CoverageIncomplete, $"{text}; {why}", after: evidence.Flushed)]);
    }

    /// <summary>
    /// Before another round: it rewrites everything, so what the last one left out must have become free. Where nothing of it can be seen to change,
    /// one blind try is made after the patience is over, and none after a round that gained nothing.
    /// </summary>
    /// <returns>Null where the round may begin.</returns>
    private static Decision? StillLeftOut(Now at, LeftOut left, ImmutableArray<SegmentObservation> flushed, OptimizePolicy policy)
    {
        var unchanged = left.Unchanged(flushed);
        if (unchanged == 0) return null;
        if (at.At - left.Since < policy.LeftOutPatience) return Decision.Nothing;
        if (!left.Again || unchanged < left.Segments.Length) return null;
        var end = at.End(RunOutcome.PartiallySucceeded, RunEndReason.CoverageIncomplete,
            $"{left.Reason}; the last round gained nothing, and none of them became free within {policy.LeftOutPatience}", after: flushed);
        return left.FlushedMeanwhile > 0 ? Decision.Accept(FlushedMeanwhile(at, left.FlushedMeanwhile), end) : Decision.Accept(end);
    }

    private static E.Ended Success(Now at, MergeEvidence evidence) => at.End(
        RunOutcome.Succeeded, RunEndReason.None, "merged, and proven from the segments", after: evidence.Flushed, fullyMerged: evidence is { AllResultsKnown: true, FlushedMeanwhile: 0 });

    private static IEnumerable<E.Warned> Warnings(Now at, RunFacts facts, MergeEvidence evidence)
    {
        if (facts.Merge.FoundBySegments)
            yield return at.Warn(WarningCode.MergedByServer, $"the trigger's answer was lost: the merge was found by its segments{(facts.Merge.CompactionId is { } id ? $", and its id came later: {id}" : "")}");
        if (evidence.RowsRemoved is { } removed) yield return at.Warn(WarningCode.RowsRemoved, removed);
        if (evidence.RowsNotCompared is { } unknown && !facts.HasWarning(WarningCode.RowsNotCompared)) yield return at.Warn(WarningCode.RowsNotCompared, unknown);
        if (evidence.FlushedMeanwhile > 0)
            yield return FlushedMeanwhile(at, evidence.FlushedMeanwhile);
    }

    private static E.Warned FlushedMeanwhile(Now at, int segments) =>
        at.Warn(WarningCode.FlushedMeanwhile, $"{segments} segments were flushed or made by somebody else meanwhile; they are not merged");
}
