using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using Milvus.Optimize.Actors.Collections;
using Milvus.Optimize.Actors.Outbox;
using Milvus.Optimize.Actors.Placement;
using Milvus.Optimize.Actors.Supervision;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Telemetry;

namespace Milvus.Optimize.Actors;

/// <summary>
/// The one address of a node: resolves names and aliases to collection ids, so that they meet in one actor, and forwards. It parents the collections'
/// actors of this node, all of them or those with a seat here: one that was stopped by a failed write is started again, because its run must not wait for a
/// caller. The other parts of this class: the children, why a collection is away, and the seats of a cluster.
/// </summary>
public sealed partial class OptimizeSupervisor : UntypedActor, IWithTimers
{
    private readonly CollectionServices _services;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly HashSet<CollectionKey> _running = [];
    private readonly JournalHealth _journal;
    private readonly FenceWatch _fences;
    private readonly OpenRequests _open;
    private readonly RestartPauses _pauses;
    private Action? _clustersChanged;
    private bool _draining;

    internal OptimizeSupervisor(
        OptimizeOptions options, MilvusClusters clusters, IRunTable table, IJournalFaults? faults, TimeProvider time, string node, ICollectionPlaces? places, SelfFence fence)
    {
        var self = Self;
        _places = places;
        var outbox = Context.ActorOf(Akka.Actor.Props.Create(() => new TriggerOutbox(self, options.MaxTriggers, time)), "trigger-outbox");
        _services = new(options, clusters, table, new ReadBudgets(options.ReadsPerSecond), new(Random.Shared), outbox, faults, time, Random.Shared, node, fence);
        _journal = new(time);
        _fences = new(time, Random.Shared, options.Budgets.Total, options.QuietWindow);
        _open = new(options.MaxOpenRequests);
        _pauses = new(time, Random.Shared, options.RestartPause);
        _toWake = new(time, WakeAgain, WakeInVain);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    internal static Props Props(
        OptimizeOptions options, MilvusClusters clusters, IRunTable table, IJournalFaults? faults, TimeProvider time, string node, ICollectionPlaces? places = null,
        SelfFence? fence = null) =>
        Akka.Actor.Props.CreateBy(new Maker(() => new OptimizeSupervisor(options, clusters, table, faults, time, node, places, fence ?? SelfFence.None)));

    // Props by expression would look for a public constructor.
    private sealed class Maker(Func<OptimizeSupervisor> make) : IIndirectActorProducer
    {
        public Type ActorType => typeof(OptimizeSupervisor);

        public ActorBase Produce() => make();

        public void Release(ActorBase actor) { }
    }

    private sealed record Resolved(StartRequest Request, IActorRef ReplyTo, CollectionDescription? Collection, OptimizeProblem? Problem) : INoSerializationVerificationNeeded;

    private sealed record LookAtWrites : INoSerializationVerificationNeeded, INotInfluenceReceiveTimeout
    {
        public static LookAtWrites Instance { get; } = new();
    }

    protected override void PreStart()
    {
        var self = Self;
        _clustersChanged = () => self.Tell(ClustersChanged.Instance);
        _services.Clusters.Changed += _clustersChanged;
        Context.System.EventStream.Subscribe(self, typeof(DeadLetter));
        Timers.StartSingleTimer(nameof(LookAtWrites), LookAtWrites.Instance, _services.Options.PersistLimit / 4);
    }

    protected override void PostStop()
    {
        _services.Clusters.Changed -= _clustersChanged;
        Context.System.EventStream.Unsubscribe(Self);
        _services.Reads.Dispose();
    }

    /// <summary>
    /// A collection that throws is stopped, so that the pause before its next start holds: a fault that comes again after every recovery would else spin
    /// and take ownership each time. The outbox goes on as it is: what it holds is in its memory alone.
    /// </summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(e =>
    {
        if (Sender.Equals(_services.Outbox)) return Directive.Resume;
        _log.Error(e, "the actor of {Collection} failed", Sender.Path.Name);
        return Directive.Stop;
    });

    /// <summary>A restart would lose the seats of this node, and every run with them: what cannot be handled costs no more than itself.</summary>
    protected override bool AroundReceive(Receive receive, object message)
    {
        try
        {
            return base.AroundReceive(receive, message);
        }
        catch (Exception e)
        {
            _log.Error(e, "a message of type {Type} could not be handled", message.GetType());
            return true;
        }
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case StartRun when _draining:
                Sender.Tell(new Refused(new(OptimizeProblem.Unavailable, "this node is stopping; ask again with the same key", Retryable: true)));
                break;
            case StartRun start:
                Resolve(start.Request, Sender);
                break;
            case Resolved { Collection: { } found } r:
                var key = new CollectionKey(r.Request.Collection.Cluster, found.Name.CollectionId);
                Give(key, new StartOn(key, found.Name, r.Request), r.ReplyTo);
                break;
            case Resolved r:
                r.ReplyTo.Tell(new Refused(r.Problem!));
                break;
            case GetRun get when IsHere(get.Run.Collection) && get.Wait <= TimeSpan.Zero && IsAsleep(get.Run.Collection):
                Sender.Tell(AwayReason(get.Run.Collection) is { } away ? new NotAwake(away.State) : NotAwake.Instance);
                break;
            case RunRequest request:
                Give(request.Run.Collection, request, Sender);
                break;
            case DeliverOutcome outcome when IsHere(outcome.Run.Collection):
                TakeOutcome(outcome);
                break;
            case DeliverOutcome outcome:
                Elsewhere(outcome.Run.Collection, outcome, Sender);
                break;
            case Wake wake when IsHere(wake.Key):
                WakeHere(wake.Key);
                break;
            case Wake wake:
                WakeElsewhere(wake.Key);
                break;
            default:
                if (!OnChildMessage(message) && !OnSeatMessage(message)) OnHousekeeping(message);
                break;
        }
    }

    // One that is about to start again is not: its row may be owed still, and "there is no such run" would be wrong.
    private bool IsAsleep(CollectionKey key) => !_children.ContainsKey(key) && !_running.Contains(key);

    // The outbox brings it again: a collection that rests or stops takes it later.
    private void TakeOutcome(DeliverOutcome outcome)
    {
        var key = outcome.Run.Collection;
        if (!_resting.Contains(key) && !_leaving.Contains(key)) Child(key).Forward(outcome);
    }

    // Counted as running until it has read its history and says otherwise. Nothing changes where its actor lives, or rests.
    private void WakeHere(CollectionKey key)
    {
        if (!_children.ContainsKey(key)) _running.Add(key);
        _services.Pace.Unfinished = _running.Count;
        if (!_resting.Contains(key)) Child(key);
    }

    private void OnHousekeeping(object message)
    {
        switch (message)
        {
            case CanGoOn { Value: true } c:
                _running.Add(c.Key);
                _services.Pace.Unfinished = _running.Count;
                break;
            case CanGoOn c:
                _running.Remove(c.Key);
                _services.Pace.Unfinished = _running.Count;
                break;
            case CountRunning:
                Sender.Tell(_running.Count);
                break;
            case GetStatus get:
                if (get.DatabaseAnswers && _journal.Answers()) _log.Info("the database answers again");
                Sender.Tell(Status());
                break;
            case ClustersChanged:
                foreach (var actor in _children.Values) actor.Tell(message);
                break;
            case Drain:
                _draining = true;
                foreach (var actor in _children.Values) actor.Tell(message);
                _services.Outbox.Forward(message);
                break;
            case LookAtWrites:
                StopHungWrites();
                break;
            case DeadLetter { Message: RunRequest or StartOn } letter when letter.Recipient.Path.Parent.Equals(Self.Path):
                Adopt(letter);
                break;
            case DeadLetter:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private NodeStatus Status() => _journal.Down is { } cause
        ? new(false, cause)
        : _fences.Unready ? new(false, "other nodes took several collections from this one within a minute: two nodes, or two clusters, share a journal") : NodeStatus.Well;

    private void Resolve(StartRequest request, IActorRef replyTo)
    {
        if (_services.Clusters.Find(request.Collection.Cluster) is not { } gateway)
        {
            var held = _services.Clusters.HeldReason(request.Collection.Cluster);
            replyTo.Tell(new Refused(new(OptimizeProblem.ClusterNotConfigured, held.Message)));
            return;
        }

        ResolveAsync(new BudgetedGateway(gateway, _services.Reads, _services.Fence, request.Collection.Cluster, ReadTurn.Start), request, replyTo).PipeTo(Self);
    }

    private async Task<Resolved> ResolveAsync(BudgetedGateway gateway, StartRequest request, IActorRef replyTo)
    {
        using var span = OptimizeTelemetry.Begin("resolve", ActivityKind.Internal, request.TraceParent);
        try
        {
            var found = await gateway.DescribeCollectionAsync(request.Collection.Database, request.Collection.Name, CancellationToken.None);
            return new(request, replyTo, found, null);
        }
        catch (MilvusException e)
        {
            return new(request, replyTo, null, MilvusProblems.Of(e.Failure, request.Collection));
        }
        catch (Exception e)
        {
            _log.Error(e, "'{Collection}' could not be looked up", request.Collection);
            return new(request, replyTo, null, new(OptimizeProblem.Unavailable, $"'{request.Collection}' could not be looked up: {SafeReason.Of(e)}; the node's log says more", Retryable: true));
        }
    }
}
