using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Core.Runs;

/// <summary>What is kept of the plans, which the server forgets.</summary>
public static class CompactionPlans
{
    /// <summary>The plans known so far with what a new list adds: a plan is told apart by its sources, and a target once seen is kept.</summary>
    public static ImmutableArray<CompactionPlan> Merge(ImmutableArray<CompactionPlan> known, ImmutableArray<CompactionPlan> listed)
    {
        var merged = known.ToDictionary(SourcesOf);
        foreach (var plan in listed)
        {
            var kept = merged.TryGetValue(SourcesOf(plan), out var before) && plan.Targets.IsEmpty && !before.Targets.IsEmpty;
            if (!kept) merged[SourcesOf(plan)] = plan;
        }

        return [.. merged.Values.OrderBy(SourcesOf, StringComparer.Ordinal)];
    }

    /// <summary>Whether the lists say the same.</summary>
    public static bool Same(ImmutableArray<CompactionPlan> one, ImmutableArray<CompactionPlan> other) =>
        one.Length == other.Length && one.Zip(other).All(p => SourcesOf(p.First) == SourcesOf(p.Second) && p.First.Targets.SequenceEqual(p.Second.Targets)
            && p.First.FailureReason == p.Second.FailureReason);

    /// <summary>Whether the list names the plan.</summary>
    public static bool Names(ImmutableArray<CompactionPlan> listed, CompactionPlan plan) => listed.Any(p => SourcesOf(p) == SourcesOf(plan));

    private static string SourcesOf(CompactionPlan plan) => string.Join(',', plan.Sources.Order());
}
