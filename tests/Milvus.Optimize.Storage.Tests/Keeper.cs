using Akka.Actor;
using Akka.Persistence;
using Milvus.Optimize.Contracts.Serialization;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Storage.Tests;

/// <summary>A small persistent actor: keeps events, tells what it has, says when it could not keep one.</summary>
internal sealed class Keeper : UntypedPersistentActor
{
    private readonly string _persistenceId;
    private readonly List<object> _kept = [];
    private IActorRef _asker = ActorRefs.Nobody;

    public Keeper(string persistenceId)
    {
        _persistenceId = persistenceId;
        JournalPluginId = OptimizePlugins.Journal;
        SnapshotPluginId = OptimizePlugins.Snapshots;
    }

    public override string PersistenceId => _persistenceId;

    public static Props Props(string persistenceId) => Akka.Actor.Props.Create(() => new Keeper(persistenceId));

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case Tell:
                Sender.Tell(new History([.. _kept], LastSequenceNr));
                break;
            case OptimizeEvent e:
                _asker = Sender;
                Persist(e, stored =>
                {
                    _kept.Add(stored);
                    _asker.Tell(new Kept(LastSequenceNr));
                });
                break;
        }
    }

    protected override void OnRecover(object message)
    {
        if (message is not RecoveryCompleted) _kept.Add(message);
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        _asker.Tell(new NotKept(cause, sequenceNr));
        base.OnPersistFailure(cause, @event, sequenceNr);
    }

    protected override void OnRecoveryFailure(Exception reason, object? message = null) => throw new InvalidOperationException("the history cannot be read", reason);

    public sealed record Tell;

    public sealed record Kept(long SequenceNr);

    public sealed record NotKept(Exception Cause, long SequenceNr);

    public sealed record History(IReadOnlyList<object> Events, long SequenceNr);
}
