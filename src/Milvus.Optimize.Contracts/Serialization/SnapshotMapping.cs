using System.Collections.Immutable;
using Google.Protobuf.WellKnownTypes;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Contracts.Serialization;

/// <summary>The state of a collection whose run has ended, to the wire and back.</summary>
internal static class SnapshotMapping
{
    /// <summary>Every manifest of a snapshot begins so, of newer versions too: such bytes may be refused, because the events before them are still there.</summary>
    public const string ManifestPrefix = "snap";

    public const string Manifest = "snap1";

    /// <exception cref="ArgumentException">The run lives: then the state holds what only its events can say.</exception>
    public static Wire.CollectionSnapshot ToWire(CollectionState state) => state.Run is OptimizeRun.Ended ended
        ? new()
        {
            Revision = state.Revision, Epoch = state.Epoch, Requests = { state.Requests.Select(r => ToWire(r.Key, r.Value)) },
            Lane = ToWire(state.Lane), GivenUp = { state.GivenUp.Select(given => ToWire(given)) },
            LastProven = state.LastProven is { } p ? new() { TargetSizeMb = p.TargetSize.Megabytes, Segments = { p.Segments } } : null,
            Run = new()
            {
                Facts = FactsMapping.ToWire(ended.Facts), Outcome = ended.End.Outcome.ToString(), Reason = ended.End.Reason.ToString(), Message = ended.End.Message,
                MilvusCode = ended.End.MilvusCode, SegmentsAfter = { ended.SegmentsAfter.ToWire() }, At = ended.At.ToTimestamp(),
            },
        }
        : throw new ArgumentException("only the state of a collection whose run has ended becomes a snapshot");

    public static CollectionState FromWire(Wire.CollectionSnapshot w) => new()
    {
        Revision = w.Revision,
        Epoch = w.Epoch,
        Requests = w.Requests.ToImmutableDictionary(r => r.Key, r => new KnownRequest(RunId.Parse(r.Run), r.Parameters.FromWire(), r.EndedAt?.ToDateTimeOffset())),
        Lane = FromWire(w.Lane),
        GivenUp = [.. w.GivenUp.Select(given => FromWire(given)!)],
        LastProven = w.LastProven is { } p ? new(new TargetSize(p.TargetSizeMb), [.. p.Segments]) : null,
        Run = new OptimizeRun.Ended(FactsMapping.FromWire(w.Run.Facts),
            new(WireValues.Named<RunOutcome>(w.Run.Outcome), WireValues.Named<RunEndReason>(w.Run.Reason), w.Run.Message, w.Run.MilvusCode),
            w.Run.SegmentsAfter.FromWire(), w.Run.At.ToDateTimeOffset()),
    };

    private static Wire.KnownRequest ToWire(string key, KnownRequest r) =>
        new() { Key = key, Run = r.Run.ToString(), Parameters = r.Parameters.ToWire(), EndedAt = r.EndedAt?.ToTimestamp() };

    private static Wire.OpenLane? ToWire(Lane? lane)
    {
        if (lane is null) return null;
        var wire = new Wire.OpenLane { Intent = lane.Intent.ToWire(), Budgets = lane.Budgets.ToWire(), Candidates = { lane.Candidates }, Beside = { lane.Beside } };
        if (lane.CompactionId is { } id) wire.CompactionId = id;
        return wire;
    }

    private static Lane? FromWire(Wire.OpenLane? w) => w is null
        ? null
        : new(w.Intent.FromWire(), w.Budgets.FromWire(), w.HasCompactionId ? w.CompactionId : null, [.. w.Candidates]) { Beside = [.. w.Beside] };
}
