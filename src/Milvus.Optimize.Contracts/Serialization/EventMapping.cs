using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Milvus.Optimize.Core.Runs;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Contracts.Serialization;

/// <summary>Every event with its manifest and its message. A new event is one line here and one message in events.proto.</summary>
public static class EventMapping
{
    private static readonly Entry[] Entries =
    [
        Entry.Of<E.OwnershipTaken, Wire.OwnershipTaken>("ow1", Wire.OwnershipTaken.Parser, e => new() { Stamp = e.Stamp.ToWire(), Node = e.Node }, w => new(w.Stamp.FromWire(), w.Node)),
        Entry.Of<E.Started, Wire.Started>("st1", Wire.Started.Parser,
            e => new() { Stamp = e.Stamp.ToWire(), Key = e.Key, Database = e.Collection.Database, Collection = e.Collection.Name, CollectionId = e.Collection.CollectionId,
            RequestedName = e.RequestedName, Parameters = e.Parameters.ToWire(), Deadline = e.Deadline.ToTimestamp() },
            w => new(w.Stamp.FromWire(), w.Key, new(w.Database, w.Collection, w.CollectionId), w.RequestedName, w.Parameters.FromWire(), w.Deadline.ToDateTimeOffset())),
        Entry.Of<E.Joined, Wire.Joined>("jo1", Wire.Joined.Parser,
            e => new() { Stamp = e.Stamp.ToWire(), Key = e.Key, Parameters = e.Parameters.ToWire() },
            w => new(w.Stamp.FromWire(), w.Key, w.Parameters.FromWire())),
        Entry.Of<E.CollectionInspected, Wire.CollectionInspected>("ci1", Wire.CollectionInspected.Parser,
            e => new() { Stamp = e.Stamp.ToWire(), ServerVersion = e.Server.Version, OldestGeneration = e.Server.Generation.Oldest?.ToString() ?? "",
            NewestGeneration = e.Server.Generation.Newest?.ToString() ?? "", Shards = e.Shards, Indexes = { e.Indexes }, HasVectorIndex = e.HasVectorIndex },
            w => new(w.Stamp.FromWire(), new(w.ServerVersion, WireValues.Generations(w.OldestGeneration, w.NewestGeneration)), w.Shards, [.. w.Indexes], w.HasVectorIndex)),
        Entry.Of<E.CollectionRenamed, Wire.CollectionRenamed>("cn1", Wire.CollectionRenamed.Parser,
            e => new() { Stamp = e.Stamp.ToWire(), Database = e.Database, Collection = e.Name },
            w => new(w.Stamp.FromWire(), w.Database, w.Collection)),
        Entry.Of<E.FlushStarted, Wire.FlushStarted>("fs1", Wire.FlushStarted.Parser,
            e => new() { Stamp = e.Stamp.ToWire(), SegmentIds = { e.Ticket.SegmentIds }, FlushTimestamp = e.Ticket.FlushTimestamp },
            w => new(w.Stamp.FromWire(), new([.. w.SegmentIds], w.FlushTimestamp))),
        Entry.Of<E.FlushCompleted, Wire.FlushCompleted>("fc1", Wire.FlushCompleted.Parser, e => new() { Stamp = e.Stamp.ToWire() }, w => new(w.Stamp.FromWire())),
        Entry.Of<E.IndexWaitStarted, Wire.IndexWaitStarted>("iw1", Wire.IndexWaitStarted.Parser,
            e => new() { Stamp = e.Stamp.ToWire(), Timestamp = e.Timestamp },
            w => new(w.Stamp.FromWire(), w.Timestamp)),
        Entry.Of<E.IndexesBuilt, Wire.IndexesBuilt>("ib1", Wire.IndexesBuilt.Parser,
            e => new() { Stamp = e.Stamp.ToWire(), Segments = { e.Segments } },
            w => new(w.Stamp.FromWire(), [.. w.Segments])),
        Entry.Of<E.CandidatesChosen, Wire.CandidatesChosen>("cc1", Wire.CandidatesChosen.Parser,
            e => new() { Stamp = e.Stamp.ToWire(), Candidates = { e.Candidates.ToWire() }, Known = e.Known, Minimum = e.Minimum.ToWire() },
            w => new(w.Stamp.FromWire(), w.Candidates.FromWire(), w.Known, w.Minimum.FromWire())),
        Entry.Of<E.MergedElsewhere, Wire.MergedElsewhere>("me1", Wire.MergedElsewhere.Parser, e => new() { Stamp = e.Stamp.ToWire() }, w => new(w.Stamp.FromWire())),
        Entry.Of<E.IntentAccepted, Wire.IntentAccepted>("ia1", Wire.IntentAccepted.Parser,
            e => new() { Stamp = e.Stamp.ToWire(), Budgets = e.Budgets.ToWire() },
            w => new(w.Stamp.FromWire(), w.Budgets.FromWire())),
        Entry.Of<E.TriggerAcknowledged, Wire.TriggerAcknowledged>("ta1", Wire.TriggerAcknowledged.Parser,
            e => new() { Stamp = e.Stamp.ToWire(), CompactionId = e.CompactionId, PlanCount = e.PlanCount },
            w => new(w.Stamp.FromWire(), w.CompactionId, w.PlanCount)),
        Entry.Of<E.TriggerNotSent, Wire.TriggerNotSent>("tn1", Wire.TriggerNotSent.Parser,
            e => new() { Stamp = e.Stamp.ToWire(), Reason = e.Reason },
            w => new(w.Stamp.FromWire(), w.Reason)),
        Entry.Of<E.TriggerRefused, Wire.TriggerRefused>("tr1", Wire.TriggerRefused.Parser,
            e => new() { Stamp = e.Stamp.ToWire(), Code = e.Code, Reason = e.Reason },
            w => new(w.Stamp.FromWire(), w.Code, w.Reason)),
        Entry.Of<E.TriggerOutcomeUnknown, Wire.TriggerOutcomeUnknown>("tu1", Wire.TriggerOutcomeUnknown.Parser,
            e => new() { Stamp = e.Stamp.ToWire(), Reason = e.Reason },
            w => new(w.Stamp.FromWire(), w.Reason)),
        Entry.Of<E.LateOutcomeStored, Wire.LateOutcomeStored>("lo1", Wire.LateOutcomeStored.Parser,
            e => new() { Stamp = e.Stamp.ToWire(), CompactionId = e.CompactionId, StartedNothing = e.StartedNothing, Evidence = e.Evidence },
            w => new(w.Stamp.FromWire(), w.CompactionId, w.StartedNothing, w.Evidence)),
        Entry.Of<E.TriggerReconciled, Wire.TriggerReconciled>("rc1", Wire.TriggerReconciled.Parser,
            e => new() { Stamp = e.Stamp.ToWire(), Triggered = e.Triggered, Evidence = e.Evidence },
            w => new(w.Stamp.FromWire(), w.Triggered, w.Evidence)),
        Entry.Of<E.NothingStarted, Wire.NothingStarted>("ns1", Wire.NothingStarted.Parser,
            e => new() { Stamp = e.Stamp.ToWire(), Reason = e.Reason, Segments = { e.Segments } },
            w => new(w.Stamp.FromWire(), w.Reason, [.. w.Segments])),
        Entry.Of<E.PlansRecorded, Wire.PlansRecorded>("pr1", Wire.PlansRecorded.Parser,
            e => new() { Stamp = e.Stamp.ToWire(), Plans = { e.Plans.ToWire() } },
            w => new(w.Stamp.FromWire(), w.Plans.FromWire())),
        Entry.Of<E.MergeLost, Wire.MergeLost>("ml1", Wire.MergeLost.Parser,
            e => new() { Stamp = e.Stamp.ToWire(), Evidence = e.Evidence },
            w => new(w.Stamp.FromWire(), w.Evidence)),
        Entry.Of<E.CompactionEnded, Wire.CompactionEnded>("ce1", Wire.CompactionEnded.Parser, e => new() { Stamp = e.Stamp.ToWire() }, w => new(w.Stamp.FromWire())),
        Entry.Of<E.LoadRefreshStarted, Wire.LoadRefreshStarted>("ls1", Wire.LoadRefreshStarted.Parser, e => new() { Stamp = e.Stamp.ToWire() }, w => new(w.Stamp.FromWire())),
        Entry.Of<E.LoadRefreshEnded, Wire.LoadRefreshEnded>("le1", Wire.LoadRefreshEnded.Parser,
            e => new() { Stamp = e.Stamp.ToWire(), Loaded = e.Loaded },
            w => new(w.Stamp.FromWire(), w.Loaded)),
        Entry.Of<E.SegmentsReplaced, Wire.SegmentsReplaced>("sr1", Wire.SegmentsReplaced.Parser,
            e => new() { Stamp = e.Stamp.ToWire(), Segments = e.Segments },
            w => new(w.Stamp.FromWire(), w.Segments)),
        Entry.Of<E.RoundStarted, Wire.RoundStarted>("ro1", Wire.RoundStarted.Parser,
            e => new() { Stamp = e.Stamp.ToWire(), Uncovered = { e.Uncovered }, Reason = e.Reason, FlushedMeanwhile = e.FlushedMeanwhile },
            w => new(w.Stamp.FromWire(), [.. w.Uncovered], w.Reason, w.FlushedMeanwhile)),
        Entry.Of<E.Warned, Wire.Warned>("wa1", Wire.Warned.Parser,
            e => new() { Stamp = e.Stamp.ToWire(), Code = e.Warning.Code.ToString(), Message = e.Warning.Message },
            w => new(w.Stamp.FromWire(), new(WireValues.Named<WarningCode>(w.Code), w.Message))),
        Entry.Of<E.CancelRequested, Wire.CancelRequested>("cr1", Wire.CancelRequested.Parser,
            e => new() { Stamp = e.Stamp.ToWire(), Reason = e.Reason },
            w => new(w.Stamp.FromWire(), w.Reason)),
        Entry.Of<E.OperatorNeeded, Wire.OperatorNeeded>("on1", Wire.OperatorNeeded.Parser,
            e => new() { Stamp = e.Stamp.ToWire(), Reason = e.Reason },
            w => new(w.Stamp.FromWire(), w.Reason)),
        Entry.Of<E.RetryRequested, Wire.RetryRequested>("rr1", Wire.RetryRequested.Parser,
            e => new() { Stamp = e.Stamp.ToWire(), Reason = e.Reason },
            w => new(w.Stamp.FromWire(), w.Reason)),
        Entry.Of<E.LaneFreed, Wire.LaneFreed>("lf1", Wire.LaneFreed.Parser,
            e => new() { Stamp = e.Stamp.ToWire(), Reason = e.Reason },
            w => new(w.Stamp.FromWire(), w.Reason)),
        Entry.Of<E.Ended, Wire.Ended>("en1", Wire.Ended.Parser,
            e => new() { Stamp = e.Stamp.ToWire(), Outcome = e.End.Outcome.ToString(), Reason = e.End.Reason.ToString(), Message = e.End.Message, MilvusCode = e.End.MilvusCode,
            SegmentsAfter = { e.SegmentsAfter.ToWire() }, FullyMerged = e.FullyMerged, Minimum = e.Minimum.ToWire() },
            w => new(w.Stamp.FromWire(), new(WireValues.Named<RunOutcome>(w.Outcome), WireValues.Named<RunEndReason>(w.Reason), w.Message, w.MilvusCode),
                w.SegmentsAfter.FromWire(), w.FullyMerged, w.Minimum.FromWire())),
    ];

    private static readonly Dictionary<System.Type, Entry> ByType = Entries.ToDictionary(e => e.Type);
    private static readonly Dictionary<string, Entry> ByManifest = Entries.ToDictionary(e => e.Manifest);

    /// <summary>Every concrete event type.</summary>
    public static IEnumerable<System.Type> Types => ByType.Keys;

    /// <summary>The short name under which the type stands in the journal.</summary>
    public static string ManifestOf(System.Type type) => ByType.TryGetValue(type, out var entry)
        ? entry.Manifest
        : throw new ArgumentException($"{type} is no event of the journal");

    internal static IMessage ToWire(OptimizeEvent e) => ByType[e.GetType()].ToWire(e);

    /// <returns>Null when no event has the manifest.</returns>
    internal static OptimizeEvent? FromWire(string manifest, byte[] bytes) => ByManifest.TryGetValue(manifest, out var entry) ? entry.FromWire(bytes) : null;

    private sealed record Entry(System.Type Type, string Manifest, Func<OptimizeEvent, IMessage> ToWire, Func<byte[], OptimizeEvent> FromWire)
    {
        public static Entry Of<TEvent, TWire>(string manifest, MessageParser<TWire> parser, Func<TEvent, TWire> to, Func<TWire, TEvent> from)
            where TEvent : OptimizeEvent
            where TWire : IMessage<TWire> => new(typeof(TEvent), manifest, e => to((TEvent)e), bytes => from(parser.ParseFrom(bytes)));
    }
}
