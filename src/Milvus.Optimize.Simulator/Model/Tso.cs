namespace Milvus.Optimize.Simulator.Model;

/// <summary>Milvus's hybrid timestamps: Unix milliseconds above 18 bits of a logical counter.</summary>
internal static class Tso
{
    public static ulong At(DateTimeOffset moment) => (ulong)moment.ToUnixTimeMilliseconds() << 18;
}
