using Milvus.Optimize.Simulator.Planning;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Model;

/// <summary>Which segments of a collection a compaction takes, and which of them go together. Nothing crosses a partition or a channel.</summary>
internal sealed class CompactionPlanner(World world)
{
    private GenerationRules Rules => world.Rules;

    public static bool IsForceMerge(GenerationRules rules, long targetSize) => targetSize != 0 && rules.TargetSize != TargetSizeMeaning.Ignored;

    public long ConfigMaxBytes(Collection collection) => MergeTarget.BytesPerMb
        * (Indexes.IsAllDiskAnn(collection) ? world.Settings.DiskSegmentMaxSizeMb : world.Settings.SegmentMaxSizeMb ?? Rules.SegmentMaxSizeMb);

    /// <summary>A force merge asks what snapshots hold: when it begins, and for each plan again at its end.</summary>
    public bool HoldsBack => Rules.SkipsProtected && !Rules.ForceMergeTakesWhateverIsFree;

    public void RequireOwnRows(Collection collection)
    {
        if (Rules.RefusesExternal && collection.IsExternal) throw Refusals.Invalid("compaction is not supported for external collection");
    }

    public void RequireSnapshots(Collection collection)
    {
        if (HoldsBack && world.Settings.SnapshotsUnread) throw Refusals.BlockedBySnapshot(collection.Id);
    }

    /// <summary>Null for a plain compaction.</summary>
    public MergeTarget? Target(Collection collection, long targetSize)
    {
        if (!IsForceMerge(Rules, targetSize)) return null;
        var configMax = ConfigMaxBytes(collection);
        var safeMax = SafeMaximum.Bytes(world.Settings.Topology, world.Settings.MemoryFactor ?? Rules.MemoryFactor, configMax);
        return MergeTarget.Of(Rules, configMax, safeMax, targetSize);
    }

    public IReadOnlyList<Pack> Plan(Collection collection, MergeTarget? target, CompactionAsk ask)
    {
        var segments = world.SegmentsOf(collection.Id);
        if (target is not null)
            return [.. Groups(segments.Where(segment => IsCandidate(collection, segment, forceMerge: true))).SelectMany(group => ForceMerge(collection, group, target))];

        // In this order in the server's services.go. Without a clustering key there is nothing to cluster by.
        if (ask.IsMajor) return [];
        if (ask.IsL0) return [.. Groups(segments.Where(segment => segment is { IsFlushed: true, IsCompacting: false, Level: SegmentLevel.L0 })).Select(group => new Pack(group, 1, long.MaxValue))];
        return [.. Groups(segments.Where(segment => ask.Means(segment) && IsCandidate(collection, segment, forceMerge: false))).SelectMany(group => Plain(collection, group))];
    }

    /// <summary>What auto compaction would do by itself: three or more small segments of a place.</summary>
    public IReadOnlyList<Pack> PlanAutomatic(Collection collection) => PlanSmall(collection, segment => IsCandidate(collection, segment, forceMerge: false));

    /// <summary>Auto compaction has something to do, or will have when its segments are free and have their indexes.</summary>
    public bool HasEnoughSmall(Collection collection) => Indexes.HasVectorIndex(collection) && PlanSmall(collection, segment => segment.IsFlushed && segment.Level != SegmentLevel.L0 && !segment.IsProtected).Count > 0;

    private IReadOnlyList<Pack> PlanSmall(Collection collection, Func<Segment, bool> which)
    {
        const int enough = 3;
        var max = ConfigMaxBytes(collection);
        var small = world.SegmentsOf(collection.Id).Where(segment => segment.Bytes < max / 2 && which(segment));
        return [.. Groups(small).SelectMany(group => FirstFit.Plan(group, max)).Where(pack => pack.Inputs.Count >= enough)];
    }

    public static IEnumerable<IReadOnlyList<PlanInput>> Groups(IEnumerable<Segment> segments) => segments
        .GroupBy(segment => (segment.PartitionId, segment.Channel))
        .Select(group => (IReadOnlyList<PlanInput>)[.. group.OrderBy(segment => segment.Id).Select(segment => new PlanInput(segment.Id, segment.Bytes))]);

    private bool IsCandidate(Collection collection, Segment segment, bool forceMerge)
    {
        if (!segment.IsFlushed || segment.IsCompacting || segment.Level == SegmentLevel.L0) return false;
        if (forceMerge && Rules.ForceMergeTakesWhateverIsFree) return true;
        if (Rules.SkipsL2 && segment.Level == SegmentLevel.L2) return false;
        if (Rules.SkipsUnsorted && !segment.IsSorted) return false;
        if (Rules.SkipsProtected && (segment.IsProtected || segment.IsInvisible)) return false;
        // Plain compaction leaves segments without a finished vector index alone; force merge does not ask.
        return forceMerge || (Indexes.HasVectorIndex(collection) && Indexes.IsIndexed(collection, segment));
    }

    private IReadOnlyList<Pack> Plain(Collection collection, IReadOnlyList<PlanInput> group) => Rules.PlainRewritesEach
        ? [.. group.Select(input => new Pack([input], 1, Math.Max(input.Bytes, ConfigMaxBytes(collection))))]
        : FirstFit.Plan(group, ConfigMaxBytes(collection));

    private IReadOnlyList<Pack> ForceMerge(Collection collection, IReadOnlyList<PlanInput> group, MergeTarget target)
    {
        var size = Parallelism.Adjust(
            group.Sum(input => input.Bytes),
            target.TargetBytes,
            target.ConfigMaxBytes,
            world.Settings.Topology.QueryNodeMemoryBytes.Count,
            collection.Load == LoadStage.NotLoaded ? 0 : collection.Replicas,
            collection.Channels.Count,
            roundsUp: Rules.Planning == PlanMaking.Knapsack);
        if (Rules.Planning == PlanMaking.FullSegments) return FullSegmentsPlanner.Plan(group, size, world.Settings.MaxFullSegmentThreshold);
        // A size that was made smaller for parallelism is meant as it is: a tolerance would undo it.
        return KnapsackPlanner.Plan(group, size, size == target.TargetBytes ? target.CapacityBytes : size);
    }
}
