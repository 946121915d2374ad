using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace Milvus.Optimize.Storage.Tests;

/// <summary>Keeps every shard on the region of the node that a test names, and moves it when the test names another one.</summary>
internal sealed class WanderingShard : IShardAllocationStrategy
{
    private volatile Address? _home;

    public Address Home { set => _home = value; }

    public Task<IActorRef> AllocateShard(IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations) =>
        Task.FromResult(currentShardAllocations.Keys.FirstOrDefault(r => IsAt(r, requester, _home)) ?? requester);

    public Task<IImmutableSet<string>> Rebalance(IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress) =>
        Task.FromResult<IImmutableSet<string>>(_home is { Port: { } port } && currentShardAllocations.Keys.Any(r => PortOf(r) == port)
            ? [.. currentShardAllocations.Where(a => PortOf(a.Key) != port).SelectMany(a => a.Value).Except(rebalanceInProgress)]
            : ImmutableHashSet<string>.Empty);

    // The coordinator sees its own region by a local reference, which names no port: that is the first node's.
    public int FirstPort { get; set; }

    private int PortOf(IActorRef region) => region.Path.Address.Port ?? FirstPort;

    private bool IsAt(IActorRef region, IActorRef requester, Address? home) => home is null ? region.Equals(requester) : PortOf(region) == home.Port;
}
