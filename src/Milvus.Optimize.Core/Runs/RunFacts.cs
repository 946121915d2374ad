using System.Collections.Immutable;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Core.Runs;

/// <summary>What is known of a run in every stage.</summary>
public sealed record RunFacts
{
    public required RunId Run { get; init; }

    public required CollectionName Collection { get; init; }

    /// <summary>As the caller wrote it: a name or an alias.</summary>
    public required string RequestedName { get; init; }

    public required OptimizeParameters Parameters { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset Deadline { get; init; }

    /// <summary>When the last event was accepted.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    public int Round { get; init; } = 1;

    /// <summary>The last intent; 0 before the first.</summary>
    public int Attempt { get; init; }

    /// <summary>Set once the collection was inspected.</summary>
    public ServerDescription Server { get; init; } = new("", GenerationRange.Unknown);

    public int Shards { get; init; }

    public ImmutableArray<string> Indexes { get; init; } = [];

    public bool HasVectorIndex { get; init; }

    /// <summary>Reason of a cancel that waits for the compaction to end; null while nobody asked.</summary>
    public string? CancelReason { get; init; }

    public ImmutableArray<Warning> Warnings { get; init; } = [];

    public ImmutableArray<StageEntry> Timeline { get; init; } = [];

    /// <summary>The candidates of the first round: what the run found.</summary>
    public ImmutableArray<SegmentObservation> SegmentsBefore { get; init; } = [];

    /// <summary>The fewest segments that the last merge could leave; null before the segments were listed.</summary>
    public ReachableMinimum? Minimum { get; init; }

    public MergeFacts Merge { get; init; } = MergeFacts.None;

    /// <summary>Tries in a row that started nothing, with the same segments.</summary>
    public FruitlessTries? Fruitless { get; init; }

    /// <summary>The compactions of others that the run waits for, or of a trigger without an answer; null while it waits for none that it sees.</summary>
    public string? HeldBy { get; init; }

    /// <summary>What the round before this one left out; null in the first round, and where that left nothing out.</summary>
    public LeftOut? LeftOut { get; init; }

    /// <summary>Force merges of this run: a round that only waits for what the last one left out is none yet.</summary>
    public int Merges => Attempt == 0 ? 0 : Round > 1 && Merge is { CandidatesKnown: false, Candidates.IsEmpty: true } ? Round - 1 : Round;

    public Stage Stage => Timeline.IsEmpty ? Stage.Initializing : Timeline[^1].Stage;

    public bool HasWarning(WarningCode code) => Warnings.Any(w => w.Code == code);
}

/// <summary>One round's force merge.</summary>
/// <param name="CandidatesKnown">False where the server cannot list segments.</param>
/// <param name="CompactionId">The last acknowledged one; null while none was.</param>
/// <param name="Plans">All plans ever read for it.</param>
/// <param name="UnknownAttempts">Triggers whose outcome stayed unknown and that were found not to have happened.</param>
/// <param name="LostMerges">Merges that the server forgot.</param>
/// <param name="FoundBySegments">The trigger was found by its traces, so that its plans are not known.</param>
public sealed record MergeFacts(
    ImmutableArray<SegmentObservation> Candidates,
    bool CandidatesKnown,
    long? CompactionId,
    ImmutableArray<CompactionPlan> Plans,
    int UnknownAttempts,
    int LostMerges,
    bool FoundBySegments,
    bool MergedElsewhere)
{
    /// <summary>The flushed segments whose indexes were seen built; empty while they were not, and where nobody can tell. The end forgets them.</summary>
    public ImmutableArray<long> Indexed { get; init; } = [];

    /// <summary>How many times these were replaced before the proof. The end forgets it.</summary>
    public int Replacements { get; init; }

    public static MergeFacts None { get; } = new([], false, null, [], 0, 0, false, false);
}

/// <summary>Triggers that started nothing although segments to merge were there.</summary>
public sealed record FruitlessTries(int Count, DateTimeOffset Since, ImmutableArray<long> Segments, string Reason);
