namespace Milvus.Optimize.Simulator.Planning;

/// <summary>Segments of one partition and channel that one plan rewrites, and into how many: none of them larger than <paramref name="MaxBytes"/>.</summary>
internal sealed record Pack(IReadOnlyList<PlanInput> Inputs, int Outputs, long MaxBytes)
{
    public long Bytes => Inputs.Sum(input => input.Bytes);

    /// <summary>As many products as the size allows, and at least one.</summary>
    public static Pack Of(IReadOnlyList<PlanInput> inputs, long maxBytes) =>
        new(inputs, Math.Max(1, checked((int)Ceiling(inputs.Sum(input => input.Bytes), maxBytes))), maxBytes);

    public static long Ceiling(long bytes, long size) => bytes / size + (bytes % size > 0 ? 1 : 0);
}
