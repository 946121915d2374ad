using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using Milvus.Optimize.Actors.Supervision;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Contracts.Serialization;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Core.Telemetry;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using R = Milvus.Optimize.Core.Runs.OptimizeRun;

namespace Milvus.Optimize.Actors.Collections;

/// <summary>
/// One collection and its runs: the shell around Decide, Apply and Pending. The life of a run: a request is decided and persisted, then answered; then,
/// again and again, what is pending of the state is carried out by the effect runner, its answer comes back as a command, is decided, persisted, folded.
/// After a restart the very same step follows recovery, once ownership is taken: there is no other way back in. One effect is in flight at a time. The
/// trigger goes through the outbox, with a permit that was made right before its intent was persisted; found without the permit, its outcome is unknown.
/// A history that cannot be read quarantines the collection: it stays visible and does nothing. The other parts of this class: effects, pacing,
/// requests, idleness, quarantine.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "An actor's end is PostStop: the token is disposed there.")]
internal sealed partial class CollectionActor : UntypedPersistentActor, IWithTimers
{
    private readonly CollectionKey _key;
    private readonly CollectionServices _services;
    private readonly ChangeWaiters _waiters;
    private readonly RowWriter _rows;
    private CollectionState _state = CollectionState.Empty;
    private LiveView _live = LiveView.Empty;
    private string? _quarantine;
    private IActorRef? _asker;
    private List<(long SequenceNr, RunDocument Document)> _endedBefore = [];

    public CollectionActor(CollectionKey key, CollectionServices services)
    {
        _key = key;
        _services = services;
        _activeAt = _startedAt = services.Time.GetTimestamp();
        _log = _collectionLog = Context.GetLogger().WithContext("Collection", key.ToString());
        _telemetry = new(key, services.Options);
        _waiters = new(services.Time);
        _rows = new(services.Table, services.Random);
        _memory = new(services.Time, services.Random, services.Options);
        JournalPluginId = services.Options.JournalPluginId;
        SnapshotPluginId = services.Options.SnapshotPluginId;
    }

    public override string PersistenceId => _key.PersistenceId;

    public ITimerScheduler Timers { get; set; } = null!;

    private DateTimeOffset Now => _services.Time.GetUtcNow();

    public static Props Props(CollectionKey key, CollectionServices services) => Akka.Actor.Props.Create(() => new CollectionActor(key, services));

    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case SnapshotOffer { Snapshot: CollectionState state }:
                _state = state;
                break;
            case UnreadableEvent unreadable:
                _quarantine ??= $"event {LastSequenceNr} ({unreadable.Manifest}) cannot be read: {unreadable.Reason}";
                break;
            case OptimizeEvent e when _quarantine is null:
                Fold(e);
                break;
            case OptimizeEvent:
                break;
            case RecoveryCompleted:
                Recovered();
                break;
            default:
                _quarantine ??= $"event {LastSequenceNr} is a {message.GetType().Name}, which is no event of a collection";
                break;
        }
    }

    protected override void OnCommand(object message)
    {
        if (message is RunRequest or StartOn) Context.Parent.Tell(new RequestTaken(_key));
        if (message is StartOn || (message is GetRun awaited && awaited.Wait > TimeSpan.Zero)) Hurry();
        if (message is RunRequest or StartOn or DeliverOutcome) _activeAt = _services.Time.GetTimestamp();
        switch (message)
        {
            case GetRun get when _quarantine is not null && Document()?.Id == get.Run.ToString():
                Sender.Tell(new RunReply(Document()!));
                break;
            case RunRequest or StartOn when _quarantine is not null:
                Sender.Tell(new Refused(new(OptimizeProblem.Quarantined, $"collection {_key} is quarantined: {_quarantine}")));
                break;
            case StartOn start:
                Start(start);
                break;
            case GetRun get:
                Get(get);
                break;
            case CancelRun c:
                Handle(new C.Cancel(Now, c.Run, c.Reason), Sender);
                break;
            case AbandonRun c:
                Handle(new C.Abandon(Now, c.Run, c.Reason, c.FreeLane), Sender);
                break;
            case RetryRun c:
                Handle(new C.Retry(Now, c.Run, c.Reason), Sender);
                break;
            case DeliverOutcome outcome:
                TakeOutcome(outcome);
                break;
            case SaveSnapshotSuccess:
                break;
            case SaveSnapshotFailure failure:
                _log.Info("the snapshot of {Collection} was not stored, and nothing needs it: {Cause}", _key, failure.Cause.Message);
                break;
            default:
                if (!OnEffectMessage(message) && !OnIdleMessage(message) && !OnQuarantineMessage(message)) Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        // As if the wait were over: whoever waits asks again and meets the next incarnation.
        _telemetry.Count(null);
        if (Document() is { } document) _waiters.AnswerAll(new RunReply(document));
        _stopped.Cancel();
        _stopped.Dispose();
        base.PostStop();
    }

    /// <summary>Unknown, not "not written": the supervisor starts this actor again, and it reads the truth.</summary>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        var fault = FaultOf(cause);
        RunTelemetry.Wrote(_services.Time.GetElapsedTime(_writeBegan), fault == JournalFault.Fenced ? "fenced" : "failed");
        if (fault == JournalFault.Fenced) OptimizeInstruments.Fences.Add(1, new KeyValuePair<string, object?>("kind", "collection"));
        _log.Error(cause, "event {SequenceNr} of {Collection} may or may not be stored", sequenceNr, _key);
        TellUnknown(fault == JournalFault.Fenced
            ? "another node has written this collection meanwhile; it is not known whether the request was stored"
            : $"{JournalHealth.Sentence(fault, SafeReason.Of(cause))}; it is not known whether the request was stored");
        Context.Parent.Tell(new JournalFailed(_key, fault, SafeReason.Of(cause)));
        base.OnPersistFailure(cause, @event, sequenceNr);
    }

    /// <summary>Not stored, but the sequence number has moved: one more write would leave a gap that a stale incarnation could fill.</summary>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        RunTelemetry.Wrote(_services.Time.GetElapsedTime(_writeBegan), "failed");
        _log.Error(cause, "event {SequenceNr} of {Collection} was rejected", sequenceNr, _key);
        TellUnknown($"it is not known whether the request was stored ({SafeReason.Of(cause)})");
        Context.Stop(Self);
    }

    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        Context.Parent.Tell(new JournalFailed(_key, FaultOf(reason), SafeReason.Of(reason)));
        base.OnRecoveryFailure(reason, message);
    }

    private JournalFault FaultOf(Exception cause) => _services.Faults?.Classify(cause) ?? JournalFault.Other;

    private void TellUnknown(string detail)
    {
        _asker?.Tell(new Refused(new(OptimizeProblem.OutcomeUnknown, $"{detail}; ask again with the same key", Retryable: true)));
        _asker = null;
    }

    private void Fold(OptimizeEvent e)
    {
        try
        {
            // The row of a run that ended before a crash may be owed still; once the next run starts, the state knows it no more.
            if (e is OptimizeEvent.Started && _state.Run is R.Ended) _endedBefore.Add((LastSequenceNr - 1, Document()!));
            _state = OptimizeState.Apply(_state, e);
        }
        catch (InvalidOperationException fault)
        {
            _quarantine ??= $"event {LastSequenceNr} does not fit: {fault.Message}";
        }
    }

    private void Recovered()
    {
        ArmIdle(_services.Options.IdleTime);
        OptimizeInstruments.JournalRecovery.Record(_services.Time.GetElapsedTime(_startedAt).TotalSeconds);
        Tell();
        if (_quarantine is not null)
        {
            _log.Error("collection {Collection} is quarantined: {Reason}", _key, _quarantine);
            Context.Parent.Tell(new CanGoOn(_key, false));
            ShowQuarantine();
            return;
        }

        foreach (var (sequenceNr, document) in _endedBefore) _rows.Add(new(RunId.Parse(document.Id), sequenceNr, document));
        _endedBefore = [];
        OweRow(LastSequenceNr);
        if (_state.Run is not R.Active)
        {
            AfterChange(newStage: true);
            return;
        }

        Pace();
        Handle(new C.TakeOwnership(Now, _services.Node), null);
    }

    /// <summary>Decides, persists, and only then answers and acts.</summary>
    private void Handle(OptimizeCommand command, IActorRef? replyTo)
    {
        var decision = OptimizeDecider.Decide(_state, command, _services.Options.Policy);
        if (decision.Events.IsEmpty)
        {
            Reply(replyTo, command, decision);
            ActOn();
            return;
        }

        // Folding first means that an event which does not fit never reaches the journal.
        var next = decision.Events.Aggregate(_state, OptimizeState.Apply);
        _asker = replyTo;
        _writeBegan = _services.Time.GetTimestamp();
        Context.Parent.Tell(new Persisting(_key, true));
        PersistAll(decision.Events, _ => { }, () =>
        {
            _asker = null;
            RunTelemetry.Wrote(_services.Time.GetElapsedTime(_writeBegan), "stored");
            Context.Parent.Tell(new Persisting(_key, false, decision.Events.Any(e => e is not OptimizeEvent.OwnershipTaken)));
            var before = _state;
            if (before.Run is R.Ended && next.Run is R.Active) OweRow(LastSequenceNr - decision.Events.Length);
            _state = next;
            _telemetry.Stored(before, next, Now);
            Persisted(before, decision);
            // Behind a snapshot nobody would find what is still owed to earlier runs.
            if (before.Run is not R.Ended && next.Run is R.Ended ended && !_rows.OwesOthers(ended.Facts.Run)) SaveSnapshot(next);
            OweRow(LastSequenceNr);
            Reply(replyTo, command, decision);
            AfterChange(IncarnationMemory.NewStage(before, _state));
        });
    }

    private void OweRow(long sequenceNr)
    {
        if (Document() is { } document) _rows.Add(new(RunId.Parse(document.Id), sequenceNr, document));
        _rows.WriteNext(Self);
    }

    private void AfterChange(bool newStage)
    {
        _activeAt = _services.Time.GetTimestamp();
        Tell();
        if (Document() is { } document) _waiters.AnswerAll(new RunReply(document));
        ArmLimits();
        if (newStage)
        {
            Leave();
            Begin();
        }
        else
        {
            Continue();
        }

        Context.Parent.Tell(new CanGoOn(_key, _quarantine is null && _live.HeldReason is null && OptimizeEffects.Pending(_state) is not null));
    }

    private RunDocument? Document() => RunDocuments.Of(_state, _key.Cluster, _live) is { } document
        ? _quarantine is null ? document : Quarantined(document, _quarantine)
        : null;

    private void Reply(IActorRef? replyTo, OptimizeCommand command, Decision decision)
    {
        if (replyTo is null) return;
        if (decision.Rejection is { } rejection) replyTo.Tell(new Refused(OptimizeProblem.Of(rejection)));
        else if ((decision.Run ?? (command as C.OfRun)?.Run) is { } about && Document()?.Id != about.ToString()) ReplyFromTable(replyTo, about);
        else replyTo.Tell(new RunReply(Document()!, decision.Joined));
    }
}
