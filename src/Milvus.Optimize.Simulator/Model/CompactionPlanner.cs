using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Model;

/// <summary>Which segments a compaction takes, and which of them go together.</summary>
internal sealed class CompactionPlanner(GenerationRules rules)
{
    public const long ServerMemoryBytes = 25_276_063_744;

    private const int DiskSegmentMaxSizeMb = 2048;
    private const long BytesPerMb = 1024 * 1024;

    public long ConfigMaxBytes(Collection collection) =>
        (Indexes.IsAllDiskAnn(collection) ? DiskSegmentMaxSizeMb : rules.SegmentMaxSizeMb) * BytesPerMb;

    /// <summary>The size that a plan may reach, or the refusal of a target that is too small. Validation comes before the candidates: an empty collection is refused too.</summary>
    public long Capacity(Collection collection, long targetSize)
    {
        var configMax = ConfigMaxBytes(collection);
        if (!IsForceMerge(targetSize)) return configMax;

        var requested = rules.TargetSize switch
        {
            TargetSizeMeaning.Megabytes => targetSize > long.MaxValue / BytesPerMb ? long.MaxValue : targetSize * BytesPerMb,
            TargetSizeMeaning.Bytes => targetSize,
            _ => long.MaxValue,
        };
        if (requested < configMax)
        {
            throw Refusals.Invalid(rules.TargetSize == TargetSizeMeaning.Bytes
                ? $"targetSize {targetSize} should be greater than or equal to configMaxSize {configMax}"
                : $"targetSize {targetSize} MB should be greater than or equal to configMaxSize {configMax / BytesPerMb} MB");
        }

        var safeMax = SafeMaxBytes(configMax);
        var target = Math.Min(requested, safeMax);
        return (long)Math.Min(target * rules.SizeTolerance, safeMax);
    }

    public bool IsForceMerge(long targetSize) => targetSize != 0 && rules.TargetSize != TargetSizeMeaning.Ignored;

    public bool IsCandidate(Collection collection, Segment segment, bool forceMerge)
    {
        if (!segment.IsFlushed || segment.IsCompacting || segment.Level == SegmentLevel.L0) return false;
        if (rules.SkipsL2 && segment.Level == SegmentLevel.L2) return false;
        if (rules.SkipsUnsorted && !segment.IsSorted) return false;
        // Plain compaction leaves segments without a finished vector index alone; force merge does not ask.
        return forceMerge || (Indexes.HasVectorIndex(collection) && Indexes.IsIndexed(collection, segment));
    }

    /// <summary>Nothing crosses a partition or a channel. A segment that is too big for every pack gets a plan of its own, which rewrites it.</summary>
    public static IEnumerable<IReadOnlyList<Segment>> Packs(IEnumerable<Segment> candidates, long capacity)
    {
        foreach (var group in candidates.GroupBy(segment => (segment.PartitionId, segment.Channel)))
        {
            var packs = new List<(List<Segment> Segments, long Bytes)>();
            foreach (var segment in group.OrderBy(segment => segment.Id))
            {
                var fitting = packs.FindIndex(pack => pack.Bytes + segment.Bytes <= capacity);
                if (fitting < 0) packs.Add(([segment], segment.Bytes));
                else
                {
                    packs[fitting].Segments.Add(segment);
                    packs[fitting] = (packs[fitting].Segments, packs[fitting].Bytes + segment.Bytes);
                }
            }

            foreach (var pack in packs) yield return pack.Segments;
        }
    }

    /// <summary>A standalone server's memory over the factor, halved because query and data node share it.</summary>
    private long SafeMaxBytes(long configMax)
    {
        var factor = rules.TargetSize is TargetSizeMeaning.AlwaysAuto or TargetSizeMeaning.Bytes ? 3.0 : 4.0;
        return Math.Max(configMax, (long)(ServerMemoryBytes / factor * 0.5));
    }
}
