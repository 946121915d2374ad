using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Wire;
using IndexState = Milvus.Optimize.Core.Milvus.IndexState;
using SegmentLevel = Milvus.Optimize.Core.Milvus.SegmentLevel;
using SegmentState = Milvus.Optimize.Core.Milvus.SegmentState;

namespace Milvus.Optimize.Gateway;

/// <summary>Milvus's messages as Core's values. Enums keep their numbers, unknown ones too.</summary>
internal static class Observations
{
    public static CollectionDescription Of(DescribeCollectionResponse answer, string database)
    {
        // Old servers and Milvus Lite leave some of these out.
        // 2.3 gives back the name as it was asked for, an alias too: the schema has the real one on every server.
        var name = answer.Schema is { Name.Length: > 0 } schema ? schema.Name : answer.CollectionName;
        var home = answer.DbName.Length > 0 ? answer.DbName : database;
        var vectors = answer.Schema?.Fields.Where(f => IsVector(f.DataType)).Select(f => f.Name).ToImmutableArray() ?? [];
        return new(new(home, name, IdOf(answer.CollectionID, name)), [.. answer.Aliases], answer.ShardsNum, vectors);
    }

    /// <summary>Milvus Lite has no ids, and 0 would be one for all of its collections: there the name makes one, always the same.</summary>
    public static long IdOf(long sent, string name) =>
        sent != 0 ? sent : (BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name))) & long.MaxValue) | 1;

    public static IndexObservation Of(IndexDescription index) =>
        new(index.IndexName, index.FieldName, (IndexState)index.State, index.IndexedRows, index.TotalRows, index.PendingIndexRows, index.IndexStateFailReason);

    public static SegmentObservation Of(PersistentSegmentInfo segment) => new(
        segment.SegmentID, segment.PartitionID, segment.NumRows, (SegmentState)segment.State, (SegmentLevel)segment.Level, segment.IsSorted, segment.InsertChannel);

    public static QuerySegmentObservation Of(QuerySegmentInfo segment) => new(
        segment.SegmentID, segment.PartitionID, segment.NumRows, (SegmentState)segment.State, segment.IndexID != 0 || segment.IndexName.Length > 0,
        segment.NodeIds.Distinct().Count());

    public static CompactionPlan Of(CompactionMergeInfo plan)
    {
        // Both say that the server is new enough to send `targets`; before, `target` is the first result only, and -1 is none.
        var namesEveryTarget = plan.Targets.Count > 0 || plan.PlanId > 0;
        ImmutableArray<long> targets = plan.Targets.Count > 0 ? [.. plan.Targets] : plan.Target > 0 ? [plan.Target] : [];
        return new([.. plan.Sources], targets, namesEveryTarget, plan.FailureReason);
    }

    /// <summary>A server below Milvus 3.0 ignores the collection and answers for its whole self: believed only where every plan says whose it is.</summary>
    public static ImmutableArray<ListedCompaction>? Of(GetCompactionPlansResponse answer, long collectionId) =>
        answer.MergeInfos.Count == 0 || answer.MergeInfos.Any(p => p.CollectionId == 0)
            ? null
            : [.. answer.MergeInfos.Where(p => p.CollectionId == collectionId).Select(p => new ListedCompaction(Math.Max(p.TriggerId, 0), [.. p.Sources], IsAtWork(p.State)))];

    public static bool IsAtWork(CompactionTaskState state) =>
        state is not (CompactionTaskState.Completed or CompactionTaskState.Failed or CompactionTaskState.Timeout or CompactionTaskState.Cleaned);

    /// <summary>The segments and the instant of one collection out of an answer that is keyed by its name.</summary>
    public static FlushTicket Of(FlushResponse answer, string collection)
    {
        var sealedNow = answer.CollSegIDs.TryGetValue(collection, out var segments) ? segments.Data.ToImmutableArray() : [];
        return new(sealedNow, answer.CollFlushTs.TryGetValue(collection, out var timestamp) ? timestamp : 0);
    }

    private static bool IsVector(DataType type) => type is >= DataType.BinaryVector and <= DataType.ArrayOfVector;
}
