using Akka.Actor;
using Akka.Event;
using Milvus.Optimize.Actors.Collections;
using Milvus.Optimize.Actors.Outbox;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Actors;

/// <summary>
/// The one address of a node: resolves names and aliases to collection ids, so that they meet in one actor, and forwards. In local mode it parents the
/// collections' actors: one that was stopped by a failed write is started again, because its run must not wait for a caller.
/// </summary>
public sealed class OptimizeSupervisor : UntypedActor, IWithTimers
{
    private const int MostOrphans = 10_000;
    private static readonly TimeSpan LongestRestartPause = TimeSpan.FromSeconds(30);
    private readonly CollectionServices _services;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<CollectionKey, IActorRef> _children = [];
    private readonly Dictionary<CollectionKey, int> _failures = [];
    private readonly Dictionary<CollectionKey, long> _startedAt = [];
    private readonly HashSet<CollectionKey> _running = [];
    private readonly HashSet<CollectionKey> _resting = [];
    private readonly Dictionary<CollectionKey, long> _persisting = [];
    private Action? _clustersChanged;
    private readonly List<(CollectionKey Key, DeadLetter Letter)> _orphans = [];
    private bool _draining;

    public OptimizeSupervisor(OptimizeOptions options, MilvusClusters clusters, IRunTable table, TimeProvider time, string node)
    {
        var self = Self;
        var outbox = Context.ActorOf(Akka.Actor.Props.Create(() => new TriggerOutbox(self, time)), "trigger-outbox");
        _services = new(options, clusters, table, new ReadBudgets(options.ReadsPerSecond), outbox, time, Random.Shared, node);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    internal static Props Props(OptimizeOptions options, MilvusClusters clusters, IRunTable table, TimeProvider time, string node) =>
        Akka.Actor.Props.Create(() => new OptimizeSupervisor(options, clusters, table, time, node));

    private sealed record Resolved(StartRequest Request, IActorRef ReplyTo, CollectionDescription? Collection, OptimizeProblem? Problem) : INoSerializationVerificationNeeded;

    private sealed record RestartDue(CollectionKey Key) : INoSerializationVerificationNeeded, INotInfluenceReceiveTimeout;

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
                if (_resting.Contains(key)) r.ReplyTo.Tell(Resting(key));
                else Child(key).Tell(new StartOn(key, found.Name, r.Request), r.ReplyTo);
                break;
            case Resolved r:
                r.ReplyTo.Tell(new Refused(r.Problem!));
                break;
            case GetRun get when get.Wait <= TimeSpan.Zero && !_children.ContainsKey(get.Run.Collection):
                Sender.Tell(NotAwake.Instance);
                break;
            case RunRequest request when _resting.Contains(request.Run.Collection):
                Sender.Tell(Resting(request.Run.Collection));
                break;
            case RunRequest request:
                Child(request.Run.Collection).Forward(request);
                break;
            case DeliverOutcome outcome:
                // The outbox brings it again: a collection that rests takes it later.
                if (!_resting.Contains(outcome.Run.Collection)) Child(outcome.Run.Collection).Forward(outcome);
                break;
            case Wake wake:
                // Counted as running until it has read its history and says otherwise.
                if (!_children.ContainsKey(wake.Key)) _running.Add(wake.Key);
                if (!_resting.Contains(wake.Key)) Child(wake.Key);
                break;
            default:
                OnHousekeeping(message);
                break;
        }
    }

    private void OnHousekeeping(object message)
    {
        switch (message)
        {
            case CanGoOn { Value: true } c:
                _running.Add(c.Key);
                break;
            case CanGoOn c:
                _running.Remove(c.Key);
                break;
            case CountRunning:
                Sender.Tell(_running.Count);
                break;
            case ClustersChanged:
                foreach (var actor in _children.Values) actor.Tell(message);
                break;
            case Drain:
                _draining = true;
                foreach (var actor in _children.Values) actor.Tell(message);
                _services.Outbox.Forward(message);
                break;
            case Persisting { Value: true } p:
                _persisting[p.Key] = _services.Time.GetTimestamp();
                break;
            case Persisting p:
                _persisting.Remove(p.Key);
                break;
            case LookAtWrites:
                StopHungWrites();
                break;
            case Terminated t:
                Stopped(t.ActorRef);
                break;
            case RestartDue due:
                _resting.Remove(due.Key);
                Child(due.Key);
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

    private void Resolve(StartRequest request, IActorRef replyTo)
    {
        if (_services.Clusters.Find(request.Collection.Cluster) is not { } gateway)
        {
            var held = _services.Clusters.HeldReason(request.Collection.Cluster);
            replyTo.Tell(new Refused(new(OptimizeProblem.ClusterNotConfigured, held.Message)));
            return;
        }

        ResolveAsync(gateway, request, replyTo).PipeTo(Self);
    }

    private static async Task<Resolved> ResolveAsync(IMilvusGateway gateway, StartRequest request, IActorRef replyTo)
    {
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
            return new(request, replyTo, null, new(OptimizeProblem.Unavailable, $"'{request.Collection}' could not be looked up: {e.Message}", Retryable: true));
        }
    }

    /// <summary>
    /// A request that was waiting in a collection's mailbox or behind its write when that collection stopped: nobody has looked at it, so it is given to
    /// the next incarnation instead of letting its caller run into a time-out.
    /// </summary>
    private void Adopt(DeadLetter letter)
    {
        var key = CollectionKey.Parse(letter.Recipient.Path.Name);
        if (_children.TryGetValue(key, out var child) && !child.Equals(letter.Recipient)) child.Tell(letter.Message, letter.Sender);
        else if (_orphans.Count < MostOrphans) _orphans.Add((key, letter));
    }

    private void HandOver(CollectionKey key, IActorRef child)
    {
        foreach (var (_, letter) in _orphans.Where(o => o.Key == key)) child.Tell(letter.Message, letter.Sender);
        _orphans.RemoveAll(o => o.Key == key);
    }

    /// <summary>Else whoever asks again at once would undo the pause.</summary>
    private static Refused Resting(CollectionKey key) =>
        new(new(OptimizeProblem.Unavailable, $"the actor of collection {key} stopped several times and rests for some seconds; ask again with the same key", Retryable: true));

    private IActorRef Child(CollectionKey key)
    {
        if (_children.TryGetValue(key, out var child)) return child;
        var actor = Context.ActorOf(CollectionActor.Props(key, _services), key.ToString());
        Context.Watch(actor);
        _children[key] = actor;
        _startedAt[key] = _services.Time.GetTimestamp();
        HandOver(key, actor);
        if (_draining) actor.Tell(Drain.Instance);
        return actor;
    }

    private void Stopped(IActorRef actor)
    {
        var key = _children.FirstOrDefault(c => c.Value.Equals(actor)).Key;
        if (key is null) return;
        _children.Remove(key);
        _persisting.Remove(key);

        // Only one that stayed up for a while has recovered: two owners that fence each other take the collection over again and again.
        var stayedUp = _services.Time.GetElapsedTime(_startedAt[key]) > LongestRestartPause;
        var failures = _failures[key] = stayedUp ? 1 : _failures.GetValueOrDefault(key) + 1;
        var pause = _services.Options.RestartPause * Math.Pow(2, Math.Min(failures - 1, 10));
        if (pause > LongestRestartPause) pause = LongestRestartPause;
        pause *= 1 + (_services.Random.NextDouble() * 0.5);
        if (failures > 1) _resting.Add(key);
        _log.Warning("the actor of {Collection} stopped and starts again in {Pause}", key, pause);
        Timers.StartSingleTimer(key, new RestartDue(key), pause);
    }

    /// <summary>While it persists, an actor's own timers are stashed: only somebody else can see that a write hangs.</summary>
    private void StopHungWrites()
    {
        var limit = _services.Options.PersistLimit;
        foreach (var (key, since) in _persisting.Where(p => _services.Time.GetElapsedTime(p.Value) > limit).ToList())
        {
            _log.Error("a write of {Collection} hangs for more than {Limit}: stopping its actor", key, limit);
            _persisting.Remove(key);
            if (_children.TryGetValue(key, out var child)) Context.Stop(child);
        }

        Timers.StartSingleTimer(nameof(LookAtWrites), LookAtWrites.Instance, limit / 4);
    }
}
