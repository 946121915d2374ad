using Google.Protobuf.WellKnownTypes;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Contracts.Serialization;

/// <summary>What is known of a run, to the wire of a snapshot and back.</summary>
internal static class FactsMapping
{
    public static Wire.RunFacts ToWire(RunFacts f)
    {
        var wire = new Wire.RunFacts
        {
            Run = f.Run.ToString(), Database = f.Collection.Database, Collection = f.Collection.Name, CollectionId = f.Collection.CollectionId,
            RequestedName = f.RequestedName, Parameters = f.Parameters.ToWire(), StartedAt = f.StartedAt.ToTimestamp(), Deadline = f.Deadline.ToTimestamp(),
            ChangedAt = f.ChangedAt.ToTimestamp(), Round = f.Round, Attempt = f.Attempt, ServerVersion = f.Server.Version,
            OldestGeneration = f.Server.Generation.Oldest?.ToString() ?? "", NewestGeneration = f.Server.Generation.Newest?.ToString() ?? "",
            Shards = f.Shards, Indexes = { f.Indexes }, HasVectorIndex = f.HasVectorIndex,
            Warnings = { f.Warnings.Select(w => new Wire.RunWarning { Code = w.Code.ToString(), Message = w.Message }) },
            Timeline = { f.Timeline.Select(t => new Wire.StageEntered { Stage = t.Stage.ToString(), Round = t.Round, At = t.At.ToTimestamp() }) },
            SegmentsBefore = { f.SegmentsBefore.ToWire() }, Merge = ToWire(f.Merge),
            Fruitless = f.Fruitless is { } t ? new() { Count = t.Count, Since = t.Since.ToTimestamp(), Segments = { t.Segments }, Reason = t.Reason } : null,
            Minimum = f.Minimum.ToWire(),
        };
        if (f.CancelReason is { } reason) wire.CancelReason = reason;
        return wire;
    }

    public static RunFacts FromWire(Wire.RunFacts w) => new()
    {
        Run = RunId.Parse(w.Run),
        Collection = new(w.Database, w.Collection, w.CollectionId),
        RequestedName = w.RequestedName,
        Parameters = w.Parameters.FromWire(),
        StartedAt = w.StartedAt.ToDateTimeOffset(),
        Deadline = w.Deadline.ToDateTimeOffset(),
        ChangedAt = w.ChangedAt.ToDateTimeOffset(),
        Round = w.Round,
        Attempt = w.Attempt,
        Server = new(w.ServerVersion, WireValues.Generations(w.OldestGeneration, w.NewestGeneration)),
        Shards = w.Shards,
        Indexes = [.. w.Indexes],
        HasVectorIndex = w.HasVectorIndex,
        CancelReason = w.HasCancelReason ? w.CancelReason : null,
        Warnings = [.. w.Warnings.Select(x => new Warning(WireValues.Named<WarningCode>(x.Code), x.Message))],
        Timeline = [.. w.Timeline.Select(t => new StageEntry(WireValues.Named<Stage>(t.Stage), t.Round, t.At.ToDateTimeOffset()))],
        SegmentsBefore = w.SegmentsBefore.FromWire(),
        Merge = FromWire(w.Merge),
        Minimum = w.Minimum.FromWire(),
        Fruitless = w.Fruitless is { } f ? new(f.Count, f.Since.ToDateTimeOffset(), [.. f.Segments], f.Reason) : null,
    };

    private static Wire.MergeFacts ToWire(MergeFacts m)
    {
        var wire = new Wire.MergeFacts
        {
            Candidates = { m.Candidates.ToWire() }, CandidatesKnown = m.CandidatesKnown, Plans = { m.Plans.ToWire() }, UnknownAttempts = m.UnknownAttempts,
            LostMerges = m.LostMerges, FoundBySegments = m.FoundBySegments, MergedElsewhere = m.MergedElsewhere,
        };
        if (m.CompactionId is { } id) wire.CompactionId = id;
        return wire;
    }

    private static MergeFacts FromWire(Wire.MergeFacts w) => new(
        w.Candidates.FromWire(), w.CandidatesKnown, w.HasCompactionId ? w.CompactionId : null, w.Plans.FromWire(), w.UnknownAttempts, w.LostMerges,
        w.FoundBySegments, w.MergedElsewhere);
}
