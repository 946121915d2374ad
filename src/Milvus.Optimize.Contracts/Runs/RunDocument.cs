using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Milvus.Optimize.Contracts.Runs;

/// <summary>
/// A run as everybody sees it: over HTTP, on the command line, in the run table. 64-bit ids are strings, times are UTC, null is "not yet known", a
/// missing member does not apply. When <see cref="Done"/>, exactly one of <see cref="Result"/> and <see cref="Error"/> is there.
/// </summary>
public sealed record RunDocument
{
    /// <summary>The run id: <c>cluster.collectionId.ULID</c>.</summary>
    public required string Id { get; init; }

    public string Kind { get; init; } = "optimize";

    /// <summary>Rises with every change; what <c>sinceRevision</c> compares.</summary>
    public required long Revision { get; init; }

    public required string Cluster { get; init; }

    public required string Database { get; init; }

    /// <summary>The collection's real name, never an alias.</summary>
    public required string Collection { get; init; }

    public required string CollectionId { get; init; }

    /// <summary>As the caller wrote it.</summary>
    public required string RequestedName { get; init; }

    /// <summary>A stage while it runs, <c>CancelRequested</c>, <c>NeedsOperator</c>, <c>Held</c>, <c>Quarantined</c>, or the end.</summary>
    public required string State { get; init; }

    /// <summary><c>Running</c>, <c>Paused</c> (only a person goes on) or <c>Done</c>.</summary>
    public required string Phase { get; init; }

    /// <summary>A code for machines; empty where the state says it all.</summary>
    public required string StateReason { get; init; }

    /// <summary>A sentence for a person.</summary>
    public required string StateMessage { get; init; }

    /// <summary>When the state was entered.</summary>
    public required DateTimeOffset Since { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required bool Done { get; init; }

    public required SpecDocument Spec { get; init; }

    /// <summary>Null until the server was asked.</summary>
    public ServerDocument? Server { get; init; }

    public required ProgressDocument Progress { get; init; }

    public required SegmentsDocument Segments { get; init; }

    public required ImmutableArray<TimelineDocument> Timeline { get; init; }

    public required ImmutableArray<WarningDocument> Warnings { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ResultDocument? Result { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ErrorDocument? Error { get; init; }
}

/// <summary>What was asked for. <c>targetSize</c> is <c>auto</c> or a size such as <c>2048MB</c>.</summary>
public sealed record SpecDocument(string TargetSize, bool Flush, bool Force, DateTimeOffset Deadline);

/// <summary>The server's version and the generations of force merge it may belong to, such as <c>G3..G6</c>.</summary>
public sealed record ServerDocument(string Version, string Generation);

/// <summary>How far it is.</summary>
/// <param name="Stages">pymilvus's stages in the order in which they were entered.</param>
/// <param name="Round">The force merge inside the run.</param>
/// <param name="Attempt">The last trigger's number; 0 before the first.</param>
/// <param name="Percent">Of the present stage; null where nothing can be counted.</param>
/// <param name="Compaction">Null until one was acknowledged.</param>
public sealed record ProgressDocument(
    ImmutableArray<string> Stages, int Round, int Attempt, double? Percent, CompactionDocument? Compaction, ImmutableArray<IndexDocument> Indexes);

/// <summary>The last compaction.</summary>
/// <param name="Id">Null where the trigger was found by its segments alone.</param>
public sealed record CompactionDocument(string? Id, PlansDocument Plans);

/// <summary>Plans of the last compaction.</summary>
public sealed record PlansDocument(int Total, int Done);

/// <summary>One index, as last seen.</summary>
public sealed record IndexDocument(string Name, string Field, long IndexedRows, long TotalRows, long PendingRows);

/// <summary>Flushed segments that the run found and left. Null is "not looked at yet".</summary>
/// <param name="ReachableMinimum">The fewest that a merge can leave; missing before the segments were listed.</param>
public sealed record SegmentsDocument(
    SegmentCountDocument? Before, SegmentCountDocument? After,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MinimumDocument? ReachableMinimum = null);

/// <summary>A bound from below, and what it follows from: partitions, shards, and where the server tells them its sizes, memory and query nodes.</summary>
public sealed record MinimumDocument(int Count, string Basis);

/// <summary>A number of segments and their rows.</summary>
/// <param name="Ids">All of them in the run table; what comes by message from another node has the first 20,000.</param>
public sealed record SegmentCountDocument(int Count, long Rows, ImmutableArray<string> Ids);

/// <summary>One stage. <see cref="End"/> is null for the present one.</summary>
public sealed record TimelineDocument(string State, int Round, DateTimeOffset Start, DateTimeOffset? End);

/// <summary>Something to know although the run goes on.</summary>
public sealed record WarningDocument(string Code, string Message);

/// <summary>pymilvus's five members, and the segments.</summary>
/// <param name="Status"><c>success</c>, <c>succeeded_no_work</c> or <c>partially_succeeded</c>.</param>
/// <param name="CompactionId">The last round's; null where none was acknowledged.</param>
/// <param name="TargetSize"><c>auto</c> or a size such as <c>2048MB</c>.</param>
/// <param name="Progress">The stages in order.</param>
public sealed record ResultDocument(
    string Status, string CollectionName, string? CompactionId, string TargetSize, ImmutableArray<string> Progress, int Rounds, string Message);

/// <summary>Why a run failed: the shape of problem+json.</summary>
public sealed record ErrorDocument(string Type, string Title, string Code, string Detail, int MilvusCode, bool Retryable);
