using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Milvus.Optimize.Contracts.Serialization;

namespace Milvus.Optimize.Storage.Tests;

/// <summary>
/// Design 7.1 for a shard: what sharding remembers wanders between two processes and back, so that its writers are A, B, A. A replay filter would take the
/// last one's events for a stale writer's and forget the entities.
/// </summary>
public sealed class RememberedEntitiesTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private JournalPlace _place = null!;

    private static string Hocon => $$"""
        akka.actor.provider = cluster
        akka.remote.dot-netty.tcp.hostname = 127.0.0.1
        akka.remote.dot-netty.tcp.port = 0
        akka.cluster.sharding {
          state-store-mode = ddata
          remember-entities = on
          remember-entities-store = eventsourced
          journal-plugin-id = "{{OptimizePlugins.ShardingJournal}}"
          snapshot-plugin-id = "{{OptimizePlugins.ShardingSnapshots}}"
          distributed-data.durable.keys = []
          rebalance-interval = 500ms
        }
        """;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [Theory, SqliteData, PostgreSqlData]
    public async Task A_shard_that_goes_to_another_node_and_back_remembers_every_entity(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        await using var a = await JournalNode.StartAsync(_place.Options, Hocon);
        await using var b = await JournalNode.StartAsync(_place.Options, Hocon);
        var clusters = new[] { Cluster.Get(a.System), Cluster.Get(b.System) };
        foreach (var cluster in clusters) await cluster.JoinAsync(clusters[0].SelfAddress);
        var shard = new WanderingShard { FirstPort = clusters[0].SelfAddress.Port!.Value, Home = clusters[0].SelfAddress };
        var regions = new[] { a, b }.Select(n => Start(n.System, shard)).ToList();

        await AnswersFromAsync(regions[0], "one", clusters[0]);
        shard.Home = clusters[1].SelfAddress;
        await AnswersFromAsync(regions[0], "one", clusters[1]);
        await AnswersFromAsync(regions[0], "two", clusters[1]);
        shard.Home = clusters[0].SelfAddress;
        await AnswersFromAsync(regions[0], "one", clusters[0]);
        await AnswersFromAsync(regions[0], "three", clusters[0]);

        // Without this the test would pass whatever the filter does.
        var writers = _place.Query("select writer_uuid from optimize_sharding_journal where persistence_id like '/sharding/keepersShard/%' order by sequence_number");
        Assert.Equal((3, 2), (writers.Count, writers.Distinct().Count()));
        Assert.Equal(writers[0], writers[2]);

        shard.Home = clusters[1].SelfAddress;
        await UntilAsync(async () => (await EntitiesAsync(regions[1])).SetEquals(["one", "two", "three"]));
        if (kind != "postgresql") return;

        // By connections of its own: a journal that stands still does not hold up where shards are. Other tests end all idle ones of this process, so one more entity is remembered right before each look.
        var more = 0;
        await UntilAsync(async () =>
        {
            await regions[0].Ask<string>(new ShardingEnvelope($"more-{more++}", "where"), TimeSpan.FromSeconds(3));
            return _place.Query("select distinct application_name from pg_stat_activity where datname = current_database()").Contains("milvus-optimize-sharding");
        });
    }

    private static IActorRef Start(ActorSystem system, WanderingShard shard) => ClusterSharding.Get(system).Start(
        "keepers", Props.Create(() => new Awake()), ClusterShardingSettings.Create(system), new OneShard(), shard, PoisonPill.Instance);

    /// <summary>Asks until the entity answers from the node where the shard is to be; whoever is asked first is started.</summary>
    private static Task AnswersFromAsync(IActorRef region, string entity, Cluster at) => UntilAsync(async () =>
    {
        var where = await region.Ask<string>(new ShardingEnvelope(entity, "where"), TimeSpan.FromSeconds(3));
        return where == at.SelfAddress.ToString();
    });

    private static async Task<HashSet<string>> EntitiesAsync(IActorRef region)
    {
        var state = await region.Ask<CurrentShardRegionState>(GetShardRegionState.Instance, TimeSpan.FromSeconds(3));
        return [.. state.Shards.SelectMany(s => s.EntityIds)];
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var over = new CancellationTokenSource(Limit);
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await HoldsAsync(holds)) await again.WaitForNextTickAsync(over.Token);
    }

    // While a shard moves, nobody answers.
    private static async Task<bool> HoldsAsync(Func<Task<bool>> holds)
    {
        try
        {
            return await holds();
        }
        catch (AskTimeoutException)
        {
            return false;
        }
    }

    private sealed class Awake : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(Cluster.Get(Context.System).SelfAddress.ToString());
    }

    private sealed class OneShard() : HashCodeMessageExtractor(1)
    {
        public override string? EntityId(object message) => null;
    }
}
