namespace Milvus.Optimize.Simulator.Planning;

/// <summary>Makes more and smaller segments where otherwise some query nodes of a shard would have nothing to serve.</summary>
internal static class Parallelism
{
    /// <summary>
    /// The size of the products: the target, or less when every query node is to get one of at least the ordinary size. How many the target would make is counted in full
    /// ones up to G4, and with the rest from G5 on (1.7 of the facts).
    /// </summary>
    public static long Adjust(long totalBytes, long targetBytes, long configMaxBytes, int queryNodes, int replicas, int shards, bool roundsUp)
    {
        var perShard = queryNodes / (Math.Max(1, replicas) * Math.Max(1, shards));
        var count = Math.Max(1, roundsUp ? Pack.Ceiling(totalBytes, targetBytes) : totalBytes / targetBytes);
        if (perShard <= 1 || count >= perShard || totalBytes / perShard < configMaxBytes) return targetBytes;
        // Rounded up: rounded down, a few bytes too many would ask for one segment more.
        return Pack.Ceiling(totalBytes, perShard);
    }
}
