namespace Milvus.Optimize.Simulator.Model;

/// <summary>The texts that Milvus gives, as recorded from 2.3.5 and Lite 3.2.2 where a recording exists.</summary>
internal sealed class Refusals(GenerationRules rules)
{
    public MilvusRefusal CollectionNotFound(string database, string name) => rules.IsLite
        ? new MilvusRefusal(100, $"collection '{name}' does not exist")
        : new MilvusRefusal(100, $"collection not found[database={database}][collection={name}]");

    public static MilvusRefusal CollectionNotFound(long id) => new(100, $"collection not found[collection={id}]");

    /// <summary>Where aliases are listed no database is named.</summary>
    public static MilvusRefusal CollectionNotFound(string name) => new(100, $"collection not found[collection={name}]");

    public MilvusRefusal DatabaseNotFound(string name) => rules.IsLite
        ? new MilvusRefusal(1, $"database '{name}' does not exist") { LegacyCode = Wire.ErrorCode.Success }
        : new MilvusRefusal(800, $"database not found[database={name}]");

    public MilvusRefusal AliasNotFound(string database, string alias) => rules.IsLite
        ? new MilvusRefusal(100, $"alias '{alias}' does not exist")
        : new MilvusRefusal(1600, $"alias not found[database={database}][alias={alias}]");

    public MilvusRefusal NoIndexOn(string collection) => rules.IsLite
        ? new MilvusRefusal(700, $"no index on collection '{collection}'") { LegacyCode = (Wire.ErrorCode)11 }
        : new MilvusRefusal(700, $"index not found[collection={collection}]");

    /// <summary>Lite's words.</summary>
    public static MilvusRefusal NoIndexOnField(string field, string collection) =>
        new(700, $"no index on field '{field}' of collection '{collection}'") { LegacyCode = (Wire.ErrorCode)11 };

    /// <summary>Lite's reason is the bare name, by its source.</summary>
    public MilvusRefusal PartitionNotFound(string name) => rules.IsLite
        ? new MilvusRefusal(200, name) { LegacyCode = (Wire.ErrorCode)200 }
        : new MilvusRefusal(200, $"partition not found[partition={name}]");

    public static MilvusRefusal PartitionNotLoaded(long partitionId) => new(201, $"partition not loaded[partition={partitionId}]");

    /// <summary>Go errors that nobody gave a code.</summary>
    public static MilvusRefusal Unexpected(string text) => new(65535, text);

    public static MilvusRefusal IndexNotFound(string name) => new(700, $"index not found[indexName={name}]");

    public static MilvusRefusal IndexDuplicates(string name) => new(702, $"index duplicates[indexName={name}]");

    public static MilvusRefusal NotLoaded(long collectionId) => new(101, $"collection not loaded[collection={collectionId}]")
    {
        // 2.3.5 gives the legacy catch-all here, and the code says the rest.
        LegacyCode = Wire.ErrorCode.UnexpectedError,
    };

    /// <summary>Says "retriable", and no retry will ever succeed.</summary>
    public static MilvusRefusal CompactionDisabled() => new(2, "compaction disabled: service unavailable");

    /// <summary>Neither code nor text is known (1.9 of the facts): a Go error that nobody gave a code.</summary>
    public static MilvusRefusal BlockedBySnapshot(long collectionId) => Unexpected($"compaction is blocked by a snapshot[collection={collectionId}]");

    public static MilvusRefusal SegmentNotFound(long segmentId) => new(600, $"segment not found[segment={segmentId}]");

    public static MilvusRefusal InsufficientMemory(long collectionId) =>
        new(3, $"load collection failed, not enough memory on query nodes[collection={collectionId}]: service memory limit exceeded");

    public static MilvusRefusal Loaded(string collection, string why) => new(104, $"{why}: collection already loaded[collection={collection}]");

    public static MilvusRefusal NotFullyLoaded(long collectionId) => new(101, $"collection not fully loaded[collection={collectionId}]");

    public static MilvusRefusal ReplicaNotFound(long collectionId) =>
        new(400, $"failed to get replicas by collection: replica not found[replica={collectionId}]");

    public static MilvusRefusal Invalid(string text) => new(1100, $"{text}: invalid parameter");
}
