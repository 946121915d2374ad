using System.Collections.Immutable;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Time.Testing;
using Milvus.Optimize.Actors.Placement;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Actors.Tests.Supervision;

/// <summary>A supervisor alone, over a journal in memory.</summary>
public abstract class SupervisorTest(string config) : TestKit(config + InMemory)
{
    private const string InMemory = "\nakka.persistence.snapshot-store.plugin = akka.persistence.snapshot-store.inmem\n";

    internal static CollectionKey Key { get; } = new(OptimizeHost.Cluster, 7);

    internal FakeTimeProvider Time { get; } = new();

    internal UnfinishedTable Table { get; } = new();

    internal IActorRef Supervisor(ICollectionPlaces places, string name = ShardedPlaces.SupervisorName) => Sys.ActorOf(
        OptimizeSupervisor.Props(OptimizeHost.Quick with { JournalPluginId = "", SnapshotPluginId = "" }, new(), Table, null, Time, "node", places), name);

    /// <summary>Null where the supervisor has no actor of the collection.</summary>
    internal async Task<IActorRef?> ChildAsync(IActorRef supervisor)
    {
        // It answers behind everything that it was told before.
        await supervisor.Ask<int>(CountRunning.Instance, TimeSpan.FromSeconds(10));
        return (await Sys.ActorSelection(supervisor.Path / Key.ToString()).Ask<ActorIdentity>(new Identify(0), TimeSpan.FromSeconds(10))).Subject;
    }

    internal async Task<IActorRef> UntilChildAsync(IActorRef supervisor)
    {
        IActorRef? child = null;
        await AwaitConditionAsync(async () => (child = await ChildAsync(supervisor)) is not null, TimeSpan.FromSeconds(30));
        return child!;
    }

    /// <summary>A run table that knows only what is unfinished.</summary>
    internal sealed class UnfinishedTable : IRunTable
    {
        private int _looks;

        public ImmutableArray<CollectionKey> Unfinished { get; set; } = [];

        public int Looks => Volatile.Read(ref _looks);

        public Task UpsertAsync(RunRow row, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<RunDocument?> FindAsync(RunId run, CancellationToken cancellationToken) => Task.FromResult<RunDocument?>(null);

        public Task<ImmutableArray<RunDocument>> ListAsync(RunQuery query, CancellationToken cancellationToken) => Task.FromResult(ImmutableArray<RunDocument>.Empty);

        public Task<ImmutableArray<CollectionKey>> UnfinishedAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _looks);
            return Task.FromResult(Unfinished);
        }
    }

    /// <summary>Tells whoever plays sharding what was to be carried, and the next node what goes by another.</summary>
    internal sealed class ToldPlaces(IActorRef sharding, IActorRef another) : ICollectionPlaces
    {
        public void Send(CollectionKey key, object message, IActorRef sender) => sharding.Tell(new OnCollection(key, message), sender);

        public Task<object> AskAsync(CollectionKey key, object message, TimeSpan limit) => sharding.Ask<object>(new OnCollection(key, message), limit);

        public bool SendByAnother(CollectionKey key, object message, IActorRef sender)
        {
            another.Tell(new OnCollection(key, message), sender);
            return true;
        }
    }
}
