using System.Globalization;

namespace Milvus.Optimize.Core.Runs;

/// <summary>What makes two requests the same: only these count. Wait and deadline do not.</summary>
/// <param name="Flush">Flush growing rows before the merge. Default false.</param>
/// <param name="Force">Merge even if nothing would be gained. Default false.</param>
public sealed record OptimizeParameters(TargetSize TargetSize, bool Flush, bool Force)
{
    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"target size {TargetSize}{(Flush ? ", flush" : "")}{(Force ? ", force" : "")}");
}
