using Akka.Actor;
using Akka.Event;
using Milvus.Optimize.Actors.Collections;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Core.Telemetry;

namespace Milvus.Optimize.Actors.Outbox;

/// <summary>
/// Sends triggers, one actor a node, so that a call under way outlives the collection's actor: what the server answered is delivered again and again until
/// some incarnation of the collection has stored it.
/// </summary>
internal sealed class TriggerOutbox(IActorRef supervisor, int slots, TimeProvider time) : UntypedActor, IWithTimers
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);
    private readonly Dictionary<(RunId Run, int Attempt), DeliverOutcome> _undelivered = [];
    private readonly HashSet<(RunId Run, int Attempt)> _sending = [];
    private readonly TriggerSlots _slots = new(slots);
    private readonly List<IActorRef> _drainers = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The budget bounds the whole: the look at the connection and the call.</summary>
    internal sealed record Send(
        RunId Run, int Round, int Attempt, TriggerRequest Request, TimeSpan Budget, ISendPermit Permit, IMilvusGateway Gateway, RunFacts? Facts = null, string? Trace = null) : INoSerializationVerificationNeeded;

    /// <summary>Before the right to send is made: answered by <see cref="SlotGranted"/> when it is the sender's turn.</summary>
    internal sealed record WantSlot : INoSerializationVerificationNeeded
    {
        public static WantSlot Instance { get; } = new();
    }

    internal sealed record SlotGranted : INoSerializationVerificationNeeded
    {
        public static SlotGranted Instance { get; } = new();
    }

    /// <summary>Nothing is to be sent any more.</summary>
    internal sealed record GiveSlotBack : INoSerializationVerificationNeeded
    {
        public static GiveSlotBack Instance { get; } = new();
    }

    private sealed record DeliverAgain : INoSerializationVerificationNeeded, INotInfluenceReceiveTimeout
    {
        public static DeliverAgain Instance { get; } = new();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case WantSlot:
                Context.Watch(Sender);
                if (_slots.TryTake(Sender)) Sender.Tell(SlotGranted.Instance);
                break;
            case GiveSlotBack:
                Release(Sender);
                break;
            case Terminated t:
                Release(t.ActorRef);
                break;
            case Send when _drainers.Count > 0:
                Deliver(new(((Send)message).Run, ((Send)message).Round, ((Send)message).Attempt, new TriggerOutcome.NotSent("this node is stopping")));
                break;
            case Send send:
                if (_sending.Add((send.Run, send.Attempt))) Start(send, Sender);
                break;
            case DeliverOutcome outcome:
                _sending.Remove((outcome.Run, outcome.Attempt));
                Release((outcome.Run, outcome.Attempt));
                Deliver(outcome);
                break;
            case OutcomeStored stored:
                _undelivered.Remove((stored.Run, stored.Attempt));
                AnswerDrainers();
                break;
            case DeliverAgain:
                foreach (var outcome in _undelivered.Values) supervisor.Tell(outcome);
                if (_undelivered.Count > 0) Timers.StartSingleTimer(nameof(DeliverAgain), DeliverAgain.Instance, Again);
                break;
            case Drain:
                _drainers.Add(Sender);
                AnswerDrainers();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Start(Send send, IActorRef sender)
    {
        _slots.Pass(sender, (send.Run, send.Attempt));
        Context.Unwatch(sender);
        _log.Info("sending trigger {Attempt} of {RunId}", send.Attempt, send.Run);
        SendAsync(send).PipeTo(Self);
    }

    private void Release(object holder)
    {
        if (holder is IActorRef actor) Context.Unwatch(actor);
        if (_slots.Release(holder) is IActorRef next) next.Tell(SlotGranted.Instance);
    }

    private async Task<DeliverOutcome> SendAsync(Send send)
    {
        TriggerOutcome outcome;
        using var over = new CancellationTokenSource(send.Budget, time);
        using var span = send.Facts is { } facts ? RunTelemetry.Begin("Trigger", facts, send.Trace) : null;
        try
        {
            outcome = await send.Gateway.TriggerForceMergeAsync(send.Request, send.Permit, over.Token);
        }
        catch (Exception e)
        {
            // The gateway promises not to throw here. If it does, nobody knows whether the bytes left.
            _log.Error(e, "sending the trigger of {Run} failed unexpectedly", send.Run);
            outcome = new TriggerOutcome.Unknown(new(MilvusFailureKind.Unknown, 0, "OK", $"sending failed unexpectedly: {SafeReason.Of(e)}"));
        }

        OptimizeInstruments.Triggers.Add(1, new KeyValuePair<string, object?>("outcome", Name(outcome)));
        return new(send.Run, send.Round, send.Attempt, outcome);
    }

    private static string Name(TriggerOutcome outcome) => outcome switch
    {
        TriggerOutcome.Acknowledged => "acknowledged",
        TriggerOutcome.Refused => "refused",
        TriggerOutcome.NotSent => "not_sent",
        _ => "unknown",
    };

    private void Deliver(DeliverOutcome outcome)
    {
        _log.Info("trigger {Attempt} of {RunId}: {Outcome}", outcome.Attempt, outcome.Run, outcome.Outcome);
        _undelivered[(outcome.Run, outcome.Attempt)] = outcome;
        supervisor.Tell(outcome);

        // A timer that is armed stays: a new outcome every half second must not put off the others for ever.
        if (!Timers.IsTimerActive(nameof(DeliverAgain))) Timers.StartSingleTimer(nameof(DeliverAgain), DeliverAgain.Instance, Again);
    }

    private void AnswerDrainers()
    {
        if (_sending.Count > 0 || _undelivered.Count > 0) return;
        foreach (var drainer in _drainers) drainer.Tell(Drained.Instance);
    }
}
