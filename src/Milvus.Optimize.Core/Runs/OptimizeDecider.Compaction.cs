using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;
using R = Milvus.Optimize.Core.Runs.OptimizeRun;

namespace Milvus.Optimize.Core.Runs;

/// <summary>While the server merges. "Completed" means only that nothing executes: the segments tell what became of each plan.</summary>
public static partial class OptimizeDecider
{
    private static Decision? Compaction(Now at, R.Active run, C.OfRun command, OptimizePolicy policy) => (run, command) switch
    {
        (R.ReadingPlans or R.WaitingForCompaction, C.RecordCompaction c) when c.Look.IsOutdated(at.State.Lane) => Decision.Nothing,
        (R.ReadingPlans s, C.RecordCompaction c) => FirstPlans(at, s, c.Look, policy),
        (R.WaitingForCompaction s, C.RecordCompaction c) => CompactionSeen(at, s, c.Look, policy),
        _ => null,
    };

    private static Decision FirstPlans(Now at, R.ReadingPlans run, CompactionLook look, OptimizePolicy policy)
    {
        if (look.Compaction is not { } compaction) return Decision.Nothing;
        if (compaction.Plans is not { IsEmpty: true }) return Decision.Accept(new E.PlansRecorded(at.Stamp, compaction.Plans ?? []));
        var candidates = run.Facts.Merge.Candidates;
        if (look.Segments is { } segments && Standing(candidates.Select(s => s.Id), segments) < candidates.Length)
            return Decision.Accept(new E.PlansRecorded(at.Stamp, []));
        if (compaction.Executing) return Decision.Nothing;
        if (look.MayBeForgotten && run.Facts.CancelReason is null && run.Facts.Merge.LostMerges + 1 < policy.MaxLostMerges)
            return Decision.Accept(new E.MergeLost(at.Stamp, $"the server acknowledged compaction {run.CompactionId} and knew no plan of it when it could be asked: it may have been started again"));
        return new(Fruitless(at, run.Facts, candidates,
            $"the server acknowledged compaction {run.CompactionId} and made no plan: its segments are busy, not sorted yet, or protected", policy));
    }

    private static Decision CompactionSeen(Now at, R.WaitingForCompaction run, CompactionLook look, OptimizePolicy policy)
    {
        var events = ImmutableArray.CreateBuilder<OptimizeEvent>();
        var plans = CompactionPlans.Merge(run.Facts.Merge.Plans, look.Compaction?.Plans ?? []);
        if (!CompactionPlans.Same(plans, run.Facts.Merge.Plans)) events.Add(new E.PlansRecorded(at.Stamp, plans));
        if (look.Compaction is { Executing: true } && !IsOverAllTheSame(at, run, plans, look, policy)) return Decision.Accept([.. events]);
        events.AddRange(Verdict(at, run, plans, look, policy));
        return Decision.Accept([.. events]);
    }

    /// <summary>
    /// A server that calls what it does not know executing says so for ever. The segments say more: where it names no plan, all that was to be merged is
    /// gone, and nothing changes any more, nothing is left that could execute. A plan at work, or one that waits to be tried again, has its segments still.
    /// </summary>
    private static bool IsOverAllTheSame(Now at, R.WaitingForCompaction run, ImmutableArray<CompactionPlan> plans, CompactionLook look, OptimizePolicy policy)
    {
        if (look is not { Compaction.IsOfNoPlan: true, Settled: true, Segments: { } segments }) return false;
        ImmutableArray<long> merged = plans.IsEmpty ? [.. run.Facts.Merge.Candidates.Select(s => s.Id)] : [.. plans.SelectMany(p => p.Sources)];
        return at.At - run.Facts.ChangedAt >= policy.NoPlanPatience && !merged.IsEmpty && Standing(merged, segments) == 0;
    }

    /// <summary>The server took the trigger and shows neither state nor segments. There is nothing to wait for, and the lane stays taken.</summary>
    private static E.Ended Unverified(Now at, R.WaitingForCompaction run) => at.End(RunOutcome.PartiallySucceeded, RunEndReason.Unverified,
        $"the server acknowledged compaction {run.CompactionId} and has no call that tells what became of it{at.Remains}");

    private static ImmutableArray<OptimizeEvent> Verdict(
        Now at, R.WaitingForCompaction run, ImmutableArray<CompactionPlan> plans, CompactionLook look, OptimizePolicy policy)
    {
        var ended = new E.CompactionEnded(at.Stamp);
        var facts = run.Facts;
        if (look.Segments is not { } segments)
        {
            return look.Compaction switch
            {
                null => [],
                { StateKnown: false } => [Unverified(at, run)],
                _ => [ended, .. EndIfCancelled(at, facts)],
            };
        }

        var flushed = MergeNeed.Flushed(segments);
        var standing = flushed.Select(s => s.Id).ToHashSet();

        // Without plans only the candidates tell: all gone, or no longer changing. Where nobody is at work they change no more.
        if (plans.IsEmpty)
        {
            if (run.CompactionId is null && IsShownAtWork(facts.Merge.Candidates, look.Tasks)) return [];
            var candidates = facts.Merge.Candidates.Select(s => s.Id);
            if (run.CompactionId is null && StillAtWork(at, candidates, look.Listed, policy) is not null) return [];
            var over = look.Settled || (run.CompactionId is null && look.Listed is { } all && !all.Any(l => l.AtWork)) || !candidates.Any(standing.Contains);
            return over ? [ended, .. EndIfCancelled(at, facts, flushed)] : [];
        }

        var stuck = plans.Where(p => p.Sources.Any(standing.Contains)).ToImmutableArray();
        var listed = look.Compaction?.Plans ?? [];
        if (stuck.IsEmpty) return [.. Forgotten(at, plans, listed), ended, .. EndIfCancelled(at, facts, flushed)];
        if (!look.Settled) return [];
        var failed = stuck.Where(p => CompactionPlans.Names(listed, p)).ToImmutableArray();
        var text = $"{stuck.Length} of {plans.Length} plans left their segments as they were";
        if (failed.IsEmpty && facts.CancelReason is null && facts.Merge.LostMerges + 1 < policy.MaxLostMerges)
            return [new E.MergeLost(at.Stamp, $"the server knows compaction {run.CompactionId} no more, and {text}")];
        if (facts.CancelReason is not null) return [ended, .. EndIfCancelled(at, facts, flushed)];
        var reasons = failed.Select(p => p.FailureReason).Where(r => r.Length > 0).Distinct().ToList();
        var why = failed.IsEmpty ? "the server forgot them again" : reasons.Count > 0 ? string.Join("; ", reasons) : "the server gives no reason; its log does";
        return [ended, at.End(RunOutcome.Failed, RunEndReason.CompactionFailed, $"{text}: {why}", after: flushed)];
    }

    /// <summary>A plan without a result means "no rows were left" only while the server still lists it: one that it forgot at work may have made anything.</summary>
    private static IEnumerable<E.Warned> Forgotten(Now at, ImmutableArray<CompactionPlan> plans, ImmutableArray<CompactionPlan> listed)
    {
        var forgotten = plans.Count(p => p.Targets.IsEmpty && !CompactionPlans.Names(listed, p));
        if (forgotten > 0 && !at.Run.Facts.HasWarning(WarningCode.RowsNotCompared))
            yield return at.Warn(WarningCode.RowsNotCompared, $"the server forgot {forgotten} of {plans.Length} plans before it named their results, so that rows could not be compared");
    }
}
