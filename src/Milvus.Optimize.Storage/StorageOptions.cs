namespace Milvus.Optimize.Storage;

/// <summary>Where the journal and the run table live.</summary>
public sealed record StorageOptions
{
    /// <summary>A file on a local disk, made if it is missing. One process at a time.</summary>
    public required string SqliteFile { get; init; }

    internal string ConnectionString => $"Data Source={SqliteFile};Default Timeout=10";
}
