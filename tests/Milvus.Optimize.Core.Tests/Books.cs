using System.Collections.Immutable;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Core.Tests;

/// <summary>The collection that the tests are about, and short words for what is seen of it.</summary>
internal static class Books
{
    public static readonly DateTimeOffset T0 = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
    public static readonly CollectionKey Key = new(new ClusterName("prod"), 449);
    public static readonly RunId Run1 = new(Key, "01JD0000000000000000000001");
    public static readonly RunId Run2 = new(Key, "01JD0000000000000000000002");
    public static readonly CollectionName Name = new("default", "books", 449);
    public static readonly OptimizeParameters OneGigabyte = new(TargetSize.Parse("1GB"), Flush: false, Force: false);
    public static readonly MilvusFailure Permanent = new(MilvusFailureKind.Permanent, 1100, "OK", "invalid parameter");
    public static readonly MilvusFailure Transient = new(MilvusFailureKind.Transient, 0, "Unavailable", "connection refused");

    public static DateTimeOffset At(double minutes) => T0.AddMinutes(minutes);

    public static Stamp Stamp(double minutes = 0, int attempt = 0, int round = 1, long epoch = 0, RunId? run = null) =>
        new(run ?? Run1, epoch, round, attempt, At(minutes));

    public static SegmentObservation Segment(
        long id, long rows = 100, long partition = 1, string channel = "", bool sorted = false, SegmentState state = SegmentState.Flushed,
        SegmentLevel level = SegmentLevel.L1) => new(id, partition, rows, state, level, sorted, channel);

    public static ImmutableArray<SegmentObservation> Segments(params ReadOnlySpan<long> ids) => [.. ids.ToArray().Select(id => Segment(id))];

    public static QuerySegmentObservation Served(long id, SegmentState state = SegmentState.Sealed) => new(id, 1, 100, state, Indexed: true);

    public static CompactionPlan Plan(ImmutableArray<long> sources, params ImmutableArray<long> targets) => new(sources, targets, NamesEveryTarget: true, "");

    public static IndexObservation Index(IndexState state = IndexState.Finished, long pending = 0, string reason = "") =>
        new("embedding_idx", "embedding", state, 300 - pending, 300, pending, reason);

    public static ServerDescription Server(Generation generation) => new(generation.ToString(), GenerationRange.Exactly(generation));

    /// <summary>The server says that the merge runs.</summary>
    public static CompactionLook Executing(params ImmutableArray<CompactionPlan> plans) => new(new(true, plans, 1, 0, 0), null, Settled: false);

    /// <summary>The server says "Completed", which means only that nothing runs.</summary>
    public static CompactionLook Completed(ImmutableArray<CompactionPlan>? plans, ImmutableArray<SegmentObservation>? segments, bool settled = true) =>
        new(new(false, plans, 0, plans?.Length ?? 0, 0), segments, settled);
}
