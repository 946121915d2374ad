namespace Milvus.Optimize.Simulator;

/// <summary>A collection as a scenario or a test asks for it; ids and channels are given by the simulator.</summary>
public sealed record CollectionSpec
{
    public required string Name { get; init; }

    public string Database { get; init; } = "default";

    public IReadOnlyList<string> Aliases { get; init; } = [];

    public int Shards { get; init; } = 1;

    public IReadOnlyList<string> Partitions { get; init; } = ["_default"];

    /// <summary>The schema gets a partition key field, so that rows spread over all partitions.</summary>
    public bool PartitionKey { get; init; }

    /// <summary>How many that are; null takes the generation's own number: 64 on 2.3, 16 later.</summary>
    public int? NumPartitions { get; init; }

    /// <summary>Dimension of the vector field "v" beside the primary key "id".</summary>
    public int Dimension { get; init; } = 128;

    /// <summary>Index type on the vector field; null leaves it without an index.</summary>
    public string? Index { get; init; } = "HNSW";

    /// <summary>Parameters of that index, beside its type and metric.</summary>
    public IReadOnlyDictionary<string, string> IndexParameters { get; init; } = new Dictionary<string, string> { ["M"] = "16", ["efConstruction"] = "200" };

    public bool Loaded { get; init; } = true;

    /// <summary>A load that has just begun, instead of one that is over.</summary>
    public bool Loading { get; init; }

    /// <summary>Where the rows of an external collection lie, which 3.0 has; null for an ordinary one.</summary>
    public string? ExternalSource { get; init; }

    public int Replicas { get; init; } = 1;

    /// <summary>Scalar fields (Int64) beside "id" and the vector.</summary>
    public IReadOnlyList<string> Scalars { get; init; } = [];

    /// <summary>Names of the scalar fields that have an index, named as its field.</summary>
    public IReadOnlyList<string> ScalarIndexes { get; init; } = [];

    /// <summary>For example collection.ttl.seconds or collection.autocompaction.enabled.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary>Rows that were inserted and never flushed.</summary>
    public long GrowingRows { get; init; }

    public IReadOnlyList<SegmentSpec> Segments { get; init; } = [];
}

/// <summary>Flushed segments of one kind.</summary>
public sealed record SegmentSpec
{
    public required long Rows { get; init; }

    /// <summary>So many such segments in every partition and shard that <see cref="Partition"/> and <see cref="Shard"/> leave open.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Size on disk; null takes rows times the width of a row.</summary>
    public long? Bytes { get; init; }

    public string? Partition { get; init; }

    public int? Shard { get; init; }

    public bool Sorted { get; init; } = true;

    /// <summary>L0 (deletes), L1 or L2 (clustered).</summary>
    public string Level { get; init; } = "L1";

    public bool Indexed { get; init; } = true;

    /// <summary>Why its index builds failed; null when they did not.</summary>
    public string? IndexFailure { get; init; }

    /// <summary>Held by a snapshot: from g4 on nothing compacts it.</summary>
    public bool Protected { get; init; }

    public bool Invisible { get; init; }

    /// <summary>Rows that are deleted and still there.</summary>
    public long DeletedRows { get; init; }

    /// <summary>Age of its newest row, which the collection's time to live is compared with; null never expires.</summary>
    public double? AgeSeconds { get; init; }
}
