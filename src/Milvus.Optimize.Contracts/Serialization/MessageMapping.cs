using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Milvus.Optimize.Contracts.Messages;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Contracts.Serialization;

/// <summary>Every message between nodes with its manifest. A new one is one line here and one message in messages.proto.</summary>
internal static class MessageMapping
{
    private static readonly Entry[] Entries =
    [
        Entry.Of<StartRun, Wire.StartRunMessage>("S1", Wire.StartRunMessage.Parser, m => Request(m.Request), w => new(Request(w))),
        Entry.Of<StartOn, Wire.StartOnMessage>("O1", Wire.StartOnMessage.Parser,
            m => new() { Collection = m.Key.ToString(), Database = m.Collection.Database, Name = m.Collection.Name, Request = Request(m.Request) },
            w => StartOn(CollectionKey.Parse(w.Collection), w)),
        Entry.Of<GetRun, Wire.GetRunMessage>("G1", Wire.GetRunMessage.Parser,
            m => new() { Run = m.Run.ToString(), SinceRevision = m.SinceRevision, Wait = m.Wait.ToDuration() },
            w => new(RunId.Parse(w.Run), w.SinceRevision, w.Wait.ToTimeSpan())),
        Entry.Of<CancelRun, Wire.CancelRunMessage>("C1", Wire.CancelRunMessage.Parser, m => new() { Run = m.Run.ToString(), Reason = m.Reason }, w => new(RunId.Parse(w.Run), w.Reason)),
        Entry.Of<AbandonRun, Wire.AbandonRunMessage>("A1", Wire.AbandonRunMessage.Parser,
            m => new() { Run = m.Run.ToString(), Reason = m.Reason, FreeLane = m.FreeLane },
            w => new(RunId.Parse(w.Run), w.Reason, w.FreeLane)),
        Entry.Of<RetryRun, Wire.RetryRunMessage>("T1", Wire.RetryRunMessage.Parser, m => new() { Run = m.Run.ToString(), Reason = m.Reason }, w => new(RunId.Parse(w.Run), w.Reason)),
        Entry.Of<Wake, Wire.WakeMessage>("W1", Wire.WakeMessage.Parser, m => new() { Collection = m.Key.ToString() }, w => new(CollectionKey.Parse(w.Collection))),
        Entry.Of<Awake, Wire.AwakeMessage>("B1", Wire.AwakeMessage.Parser, m => new() { Collection = m.Key.ToString() }, w => new(CollectionKey.Parse(w.Collection))),
        Entry.Of<DeliverOutcome, Wire.DeliverOutcomeMessage>("D1", Wire.DeliverOutcomeMessage.Parser, Outcome, w => new(RunId.Parse(w.Run), w.Round, w.Attempt, Outcome(w))),
        Entry.Of<OutcomeStored, Wire.OutcomeStoredMessage>("K1", Wire.OutcomeStoredMessage.Parser,
            m => new() { Run = m.Run.ToString(), Attempt = m.Attempt },
            w => new(RunId.Parse(w.Run), w.Attempt)),
        Entry.Of<OnCollection, Wire.OnCollectionMessage>("E1", Wire.OnCollectionMessage.Parser,
            m => new() { Collection = m.Key.ToString(), Manifest = ManifestOf(m.Message.GetType()), Message = ToWire(m.Message).ToByteString() },
            w => new(CollectionKey.Parse(w.Collection), w.Manifest == "E1" ? throw new ArgumentException("an envelope in an envelope") : FromWire(w.Manifest, w.Message.ToByteArray()))),
        Entry.Of<FindRun, Wire.FindRunMessage>("Q1", Wire.FindRunMessage.Parser, m => new() { Run = m.Run.ToString() }, w => new(RunId.Parse(w.Run))),
        Entry.Of<ListRuns, Wire.ListRunsMessage>("L1", Wire.ListRunsMessage.Parser, Query, w => new(Query(w))),
        Entry.Of<RunIds, Wire.RunIdsMessage>("I1", Wire.RunIdsMessage.Parser, m => new() { Runs = { m.Runs.Select(r => r.ToString()) } }, w => new([.. w.Runs.Select(RunId.Parse)])),
        Entry.Of<RunReply, Wire.RunReplyMessage>("R1", Wire.RunReplyMessage.Parser,
            m => new() { Document = JsonSerializer.Serialize(Framed(m.Run), RunDocuments.Json), Joined = m.Joined },
            w => new(JsonSerializer.Deserialize<RunDocument>(w.Document, RunDocuments.Json) ?? throw new ArgumentException("a reply without a document"), w.Joined)),
        Entry.Of<Refused, Wire.RefusedMessage>("F1", Wire.RefusedMessage.Parser,
            m => new() { Code = m.Problem.Code, Detail = m.Problem.Detail, Retryable = m.Problem.Retryable, Holder = m.Problem.Holder?.ToString() ?? "", MilvusCode = m.Problem.MilvusCode },
            w => new(new OptimizeProblem(w.Code, w.Detail, w.Retryable, w.Holder.Length == 0 ? null : RunId.Parse(w.Holder), w.MilvusCode))),
        Entry.Of<NotAwake, Wire.NotAwakeMessage>("N1", Wire.NotAwakeMessage.Parser,
            m => new() { Reason = m.Reason?.Reason ?? "", Message = m.Reason?.Message ?? "" },
            w => new(w.Reason.Length == 0 ? null : new Held(w.Reason, w.Message))),
    ];

    private static readonly Dictionary<System.Type, Entry> ByType = Entries.ToDictionary(e => e.Type);
    private static readonly Dictionary<string, Entry> ByManifest = Entries.ToDictionary(e => e.Manifest);

    public static IEnumerable<System.Type> Types => ByType.Keys;

    public static string ManifestOf(System.Type type) => ByType.TryGetValue(type, out var entry)
        ? entry.Manifest
        : throw new ArgumentException($"{type} is no message between nodes");

    public static IMessage ToWire(object message) => ByType[message.GetType()].ToWire(message);

    /// <exception cref="ArgumentException">No message has the manifest. Bytes that cannot be read throw what their reader throws.</exception>
    public static object FromWire(string manifest, byte[] bytes) => ByManifest.TryGetValue(manifest, out var entry)
        ? entry.FromWire(bytes)
        : throw new ArgumentException($"no message has the manifest '{manifest}': a newer version sent it");

    // A frame that is too large is dropped, and whoever asked would never be answered. The run table has them all.
    private static RunDocument Framed(RunDocument run) => run with { Segments = run.Segments with { Before = Framed(run.Segments.Before), After = Framed(run.Segments.After) } };

    private static SegmentCountDocument? Framed(SegmentCountDocument? segments) =>
        segments is { Ids: { IsDefault: false, Length: > RunDocuments.MostIdsInMessage } ids } ? segments with { Ids = ids[..RunDocuments.MostIdsInMessage] } : segments;

    private static Wire.StartRunMessage Request(StartRequest r) => new()
    {
        Cluster = r.Collection.Cluster.Value, Database = r.Collection.Database, Name = r.Collection.Name, Parameters = r.Parameters.ToWire(), Key = r.Key,
        Deadline = r.Deadline.ToDuration(), TraceParent = r.TraceParent ?? "", FailIfLive = r.FailIfLive,
    };

    private static StartRequest Request(Wire.StartRunMessage w) =>
        new(new(new(w.Cluster), w.Database, w.Name), w.Parameters.FromWire(), w.Key, w.Deadline.ToTimeSpan()) { TraceParent = w.TraceParent.Length == 0 ? null : w.TraceParent, FailIfLive = w.FailIfLive };

    private static StartOn StartOn(CollectionKey key, Wire.StartOnMessage w) => new(key, new(w.Database, w.Name, key.CollectionId), Request(w.Request));

    private static Wire.ListRunsMessage Query(ListRuns m)
    {
        var wire = new Wire.ListRunsMessage { Cluster = m.Query.Cluster ?? "", Database = m.Query.Database ?? "", Collection = m.Query.Collection ?? "", Limit = m.Query.Limit };
        if (m.Query.Done is { } done) wire.Done = done;
        (wire.Within, wire.State) = (m.Query.Within?.ToString() ?? "", m.Query.State ?? "");
        if (m.Query.Since is { } since) wire.Since = since.UtcTicks;
        if (m.Query.Until is { } until) wire.Until = until.UtcTicks;
        if (m.Query.Before is { } before) (wire.Before, wire.BeforeRun) = (before.StartedAt.UtcTicks, before.RunId);
        return wire;
    }

    private static RunQuery Query(Wire.ListRunsMessage w) => new(
        w.Cluster.Length == 0 ? null : w.Cluster, w.Database.Length == 0 ? null : w.Database, w.Collection.Length == 0 ? null : w.Collection, w.HasDone ? w.Done : null, w.Limit)
    {
        Within = w.Within.Length == 0 ? null : CollectionScope.Parse(w.Within),
        State = w.State.Length == 0 ? null : w.State,
        Since = w.HasSince ? Instant(w.Since) : null,
        Until = w.HasUntil ? Instant(w.Until) : null,
        Before = w.HasBefore ? new(Instant(w.Before), w.BeforeRun) : null,
    };

    private static DateTimeOffset Instant(long ticks) => new(ticks, TimeSpan.Zero);

    private static Wire.DeliverOutcomeMessage Outcome(DeliverOutcome m)
    {
        var wire = new Wire.DeliverOutcomeMessage { Run = m.Run.ToString(), Round = m.Round, Attempt = m.Attempt };
        switch (m.Outcome)
        {
            case TriggerOutcome.Acknowledged a:
                wire.Acknowledged = new() { CompactionId = a.CompactionId, PlanCount = a.PlanCount };
                break;
            case TriggerOutcome.Refused r:
                wire.Refused = Failure(r.Failure);
                break;
            case TriggerOutcome.NotSent n:
                wire.NotSent = n.Reason;
                break;
            case TriggerOutcome.Unknown u:
                wire.Unknown = Failure(u.Failure);
                break;
        }

        return wire;
    }

    private static TriggerOutcome Outcome(Wire.DeliverOutcomeMessage w) => w.OutcomeCase switch
    {
        Wire.DeliverOutcomeMessage.OutcomeOneofCase.Acknowledged => new TriggerOutcome.Acknowledged(w.Acknowledged.CompactionId, w.Acknowledged.PlanCount),
        Wire.DeliverOutcomeMessage.OutcomeOneofCase.Refused => new TriggerOutcome.Refused(Failure(w.Refused)),
        Wire.DeliverOutcomeMessage.OutcomeOneofCase.NotSent => new TriggerOutcome.NotSent(w.NotSent),
        Wire.DeliverOutcomeMessage.OutcomeOneofCase.Unknown => new TriggerOutcome.Unknown(Failure(w.Unknown)),
        _ => throw new ArgumentException("an outcome that this version does not know"),
    };

    private static Wire.Failure Failure(MilvusFailure f) => new() { Kind = f.Kind.ToString(), Code = f.Code, GrpcStatus = f.GrpcStatus, Reason = f.Reason };

    private static MilvusFailure Failure(Wire.Failure w) => new(WireValues.Named<MilvusFailureKind>(w.Kind), w.Code, w.GrpcStatus, w.Reason);

    private sealed record Entry(System.Type Type, string Manifest, Func<object, IMessage> ToWire, Func<byte[], object> FromWire)
    {
        public static Entry Of<TMessage, TWire>(string manifest, MessageParser<TWire> parser, Func<TMessage, TWire> to, Func<TWire, TMessage> from)
            where TMessage : class
            where TWire : IMessage<TWire> => new(typeof(TMessage), manifest, m => to((TMessage)m), bytes => from(parser.ParseFrom(bytes)));
    }
}
