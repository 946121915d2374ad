using Milvus.Optimize.Simulator.Model;

namespace Milvus.Optimize.Simulator.Planning;

/// <summary>What a force merge's target_size comes to: the size that products have, and the one that they may reach.</summary>
internal sealed record MergeTarget(long TargetBytes, long CapacityBytes, long ConfigMaxBytes)
{
    public const long BytesPerMb = 1024 * 1024;

    /// <summary>Validation comes before the candidates: an empty collection is refused too. Too large a target is reduced without a word.</summary>
    public static MergeTarget Of(GenerationRules rules, long configMax, long safeMax, long targetSize)
    {
        var requested = Requested(rules.TargetSize, targetSize);
        if (requested < configMax)
        {
            throw Refusals.Invalid(rules.TargetSize == TargetSizeMeaning.Bytes
                ? $"targetSize {targetSize} should be greater than or equal to configMaxSize {configMax}"
                : $"targetSize {targetSize} MB should be greater than or equal to configMaxSize {configMax / BytesPerMb} MB");
        }

        var target = Math.Min(requested, safeMax);
        return new MergeTarget(target, (long)Math.Min(target * rules.SizeTolerance, safeMax), configMax);
    }

    /// <summary>In bytes. A number of megabytes that does not fit into bytes is the largest number.</summary>
    private static long Requested(TargetSizeMeaning meaning, long targetSize) => meaning switch
    {
        TargetSizeMeaning.Megabytes => targetSize > long.MaxValue / BytesPerMb ? long.MaxValue
            : targetSize < long.MinValue / BytesPerMb ? long.MinValue
            : targetSize * BytesPerMb,
        TargetSizeMeaning.Bytes => targetSize,
        _ => long.MaxValue,
    };
}
