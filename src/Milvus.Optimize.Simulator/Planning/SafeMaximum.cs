namespace Milvus.Optimize.Simulator.Planning;

/// <summary>The largest segment that the nodes bear: the smallest node's memory over a factor.</summary>
internal static class SafeMaximum
{
    private const long PooledDataNodeBytes = 32L * 1024 * 1024 * 1024;

    public static long Bytes(Topology topology, double memoryFactor, long configMax)
    {
        var dataNodes = topology.IsPooled ? [PooledDataNodeBytes] : topology.DataNodeMemoryBytes;
        // Where no node is known, nothing beyond the ordinary size is safe.
        if (topology.QueryNodeMemoryBytes.Count == 0 || dataNodes.Count == 0) return configMax;

        var safe = Math.Min(topology.QueryNodeMemoryBytes.Min() / memoryFactor, dataNodes.Min() / memoryFactor);
        if (topology is { IsStandalone: true, IsPooled: false }) safe *= 0.5;
        return Math.Max(configMax, (long)safe);
    }
}
