using System.Globalization;
using System.Text.Json.Serialization;
using Google.Protobuf;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Model;

internal sealed class Collection
{
    private CollectionSchema? _schema;

    public required long Id { get; init; }

    public required string Database { get; set; }

    public required string Name { get; set; }

    public required ulong CreatedAt { get; init; }

    public required byte[] SchemaBytes { get; set; }

    public required List<string> Channels { get; init; }

    public required List<Partition> Partitions { get; init; }

    public List<string> Aliases { get; init; } = [];

    public List<IndexDefinition> Indexes { get; init; } = [];

    public Dictionary<string, string> Properties { get; init; } = [];

    public int ConsistencyLevel { get; set; } = 2;

    public LoadStage Load { get; set; }

    public DateTimeOffset LoadStartedAt { get; set; }

    /// <summary>What a loaded collection leaves out. Partitions that come later are loaded too, unless <see cref="LeavesNewPartitionsOut"/>.</summary>
    public HashSet<long> UnloadedPartitions { get; init; } = [];

    /// <summary>While <see cref="Load"/> is under way: which partitions it is about. The others are loaded, or left out.</summary>
    public HashSet<long> LoadingPartitions { get; init; } = [];

    public bool LeavesNewPartitionsOut { get; set; }

    public bool RefreshOutstanding { get; set; }

    public int Replicas { get; set; } = 1;

    public long ReplicaId { get; set; }

    /// <summary>See <see cref="ServerSettings.SegmentLossSeconds"/>.</summary>
    public DateTimeOffset LosesSegmentsUntil { get; set; }

    public long LastDroppedSegment { get; set; }

    public long TimesListed { get; set; }

    /// <summary>Sealed segments that query nodes serve: what a search really runs on, dropped sources included.</summary>
    public List<long> QuerySegments { get; set; } = [];

    [JsonIgnore]
    public NamedCollection Named => new(Database, Name);

    [JsonIgnore]
    public CollectionSchema Schema => _schema ??= CollectionSchema.Parser.ParseFrom(SchemaBytes);

    [JsonIgnore]
    public TimeSpan? TimeToLive =>
        Properties.TryGetValue("collection.ttl.seconds", out var text)
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds > 0 ? TimeSpan.FromSeconds(seconds) : null;

    [JsonIgnore]
    public bool HasPartitionKey => Schema.Fields.Any(column => column.IsPartitionKey);

    /// <summary>Its rows lie in somebody else's storage.</summary>
    [JsonIgnore]
    public bool IsExternal => Schema.ExternalSource.Length > 0;

    [JsonIgnore]
    public FieldSchema? PrimaryKey => Schema.Fields.FirstOrDefault(column => column.IsPrimaryKey);

    public LoadStage StageOf(long partition) =>
        Load == LoadStage.NotLoaded || UnloadedPartitions.Contains(partition) ? LoadStage.NotLoaded
        : LoadingPartitions.Contains(partition) ? LoadStage.Loading
        : LoadStage.Loaded;

    public void Rename(string name)
    {
        Schema.Name = name;
        SchemaBytes = Schema.ToByteArray();
    }
}

internal enum LoadStage
{
    NotLoaded,
    Loading,
    Loaded,
}

internal sealed record Partition(long Id, string Name, ulong CreatedAt);

internal sealed record IndexDefinition(long Id, string Name, string Field, ulong CreatedAt, Dictionary<string, string> Params);
