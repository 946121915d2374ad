using CsCheck;

namespace Milvus.Optimize.Simulator.Tests.Planning;

/// <summary>A collection in any state, on any nodes, and a compaction of it that a client asks for.</summary>
/// <param name="Collection">With segments of every kind, some of them over the target, empty, or with deleted rows.</param>
/// <param name="Settings">Small segments, so that targets and safe sizes fall on both sides of what the collection has.</param>
/// <param name="TargetMb">0 for a plain compaction, -1 for an automatic size, otherwise in MB and not below the ordinary size.</param>
/// <param name="Busy">So many segments are in somebody else's hands.</param>
internal sealed record AnyWorld(CollectionSpec Collection, ServerSettings Settings, long TargetMb, int Busy)
{
    public const long Mb = 1024 * 1024;

    private const int OrdinaryMb = 64;

    private static readonly string[] Levels = ["L1", "L1", "L1", "L2", "L0"];

    private static readonly Gen<SegmentSpec> Segments = Gen.Select(
        Gen.Long[1, 5000],
        Gen.Long[0, 300 * Mb],
        Gen.Select(Gen.Bool, Gen.Int[0, 4], Gen.Int[0, 3], Gen.Int[0, 3]),
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 4], Gen.Int[0, 4]),
        (rows, bytes, first, second) => new SegmentSpec
        {
            Rows = rows,
            Bytes = bytes,
            Sorted = first.Item1,
            Level = Levels[first.Item2],
            Indexed = first.Item3 > 0,
            Protected = first.Item4 == 0,
            Invisible = second.Item1 == 0,
            Count = second.Item2,
            // Up to all of them, now and then.
            DeletedRows = rows * Math.Max(0, second.Item3 - 1) / 3,
        });

    /// <summary>Small nodes, which bound every target, and large ones, which bound none that is asked for in a number.</summary>
    private static readonly Gen<long> Memory = Gen.OneOf(Gen.Long[100 * Mb, 4000 * Mb], Gen.Long[8000 * Mb, 40_000 * Mb]);

    private static readonly Gen<Topology> Nodes = Gen.Select(
        Memory, Gen.Int[0, 4], Gen.Int[0, 2], Gen.Bool, Gen.Bool,
        (memory, query, data, standalone, pooled) => new Topology
        {
            QueryNodeMemoryBytes = [.. Enumerable.Range(0, query).Select(node => memory + node * Mb)],
            DataNodeMemoryBytes = [.. Enumerable.Range(0, data).Select(node => memory - node * Mb)],
            IsStandalone = standalone,
            IsPooled = pooled,
        });

    public static Gen<AnyWorld> Worlds { get; } = Gen.Select(
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int[1, 2], Gen.Int[0, 5]),
        Segments.Array[0, 8],
        Nodes,
        Gen.Select(Gen.Int[0, 40], Gen.OneOf(Gen.Const(0L), Gen.Const(-1L), Gen.Long[OrdinaryMb, 600]), Gen.Int[0, 4]),
        (shape, segments, nodes, asked) => new AnyWorld(
            new CollectionSpec
            {
                Name = "any",
                Shards = shape.Item1,
                Partitions = [.. Enumerable.Range(0, shape.Item2).Select(i => $"p{i}")],
                Replicas = shape.Item3,
                Index = shape.Item4 == 0 ? null : "HNSW",
                Segments = segments,
            },
            new ServerSettings { SegmentMaxSizeMb = OrdinaryMb, Topology = nodes, MaxFullSegmentThreshold = asked.Item1 },
            asked.Item2,
            asked.Item3));

    private Topology Topology => Settings.Topology;

    /// <summary>The field of the request that means this target to a generation.</summary>
    public long TargetSize(string generation) => TargetMb < 0 ? long.MaxValue : generation == "g2" ? TargetMb * Mb : TargetMb;

    /// <summary>Whether it is a force merge there, by 0.3 and 1.1 of the facts.</summary>
    public bool IsForceMerge(string generation) => TargetMb != 0 && generation is not ("2.3" or "g0" or "lite");

    /// <summary>The largest product that a plan may have which is not one segment alone, by 1.6 and 1.10 of the facts.</summary>
    public long Capacity(string generation)
    {
        const long ordinary = OrdinaryMb * Mb;
        if (!IsForceMerge(generation)) return ordinary;
        double factor = generation is "g1" or "g2" ? 3 : 4;
        var data = Topology.IsPooled ? [32L << 30] : Topology.DataNodeMemoryBytes;
        var safe = ordinary;
        if (Topology.QueryNodeMemoryBytes.Count > 0 && data.Count > 0)
            safe = Math.Max(ordinary, (long)(Math.Min(Topology.QueryNodeMemoryBytes.Min(), data.Min()) / factor * (Topology is { IsStandalone: true, IsPooled: false } ? 0.5 : 1)));
        var target = generation == "g1" || TargetMb < 0 ? safe : Math.Min(TargetMb * Mb, safe);
        return generation is "g5" or "g6" ? Math.Min((long)(target * 1.05), safe) : target;
    }

    /// <summary>Whether a segment is a candidate, by the table in 1.5 of the facts, and for a plain compaction by 1.10 and 17.1.</summary>
    public bool IsCandidate(string generation, SegmentSpec spec, bool hasIndex)
    {
        if (generation == "lite" || spec.Level == "L0") return false;
        var isAligned = spec is { Sorted: true, Protected: false, Invisible: false } && spec.Level != "L2";
        if (IsForceMerge(generation)) return generation is "g1" or "g2" or "g3" || isAligned;
        return hasIndex && spec.Indexed && (generation == "2.3" || (generation == "g0" ? spec.Sorted : isAligned));
    }
}
