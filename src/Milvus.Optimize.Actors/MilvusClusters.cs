using System.Collections.Concurrent;
using System.Collections.Immutable;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Actors;

/// <summary>The Milvus clusters that this node can reach, by name. A run of any other is held, never ended.</summary>
public sealed class MilvusClusters
{
    private readonly ConcurrentDictionary<ClusterName, IMilvusGateway> _gateways = new();
    private readonly ConcurrentDictionary<ClusterName, Held> _held = new();

    /// <summary>Raised after <see cref="Set"/>: held runs look again.</summary>
    public event Action? Changed;

    /// <summary>Makes a cluster reachable, or replaces the way to it. The caller keeps ownership of the gateway.</summary>
    public void Set(ClusterName cluster, IMilvusGateway gateway)
    {
        _gateways[cluster] = gateway;
        _held.TryRemove(cluster, out _);
        Changed?.Invoke();
    }

    /// <summary>Says why runs of a cluster cannot go on here, such as missing credentials.</summary>
    public void Hold(ClusterName cluster, Held held)
    {
        _held[cluster] = held;
        _gateways.TryRemove(cluster, out _);
    }

    /// <summary>Every cluster that was ever named here, by name.</summary>
    public ImmutableArray<ClusterDocument> All =>
    [
        .. _gateways.Keys.Select(c => new ClusterDocument(c.Value, false, "")).Concat(_held.Select(h => new ClusterDocument(h.Key.Value, true, h.Value.Message)))
            .DistinctBy(c => c.Name).OrderBy(c => c.Name, StringComparer.Ordinal),
    ];

    /// <summary>The way to the cluster; null when there is none.</summary>
    public IMilvusGateway? Find(ClusterName cluster) => _gateways.GetValueOrDefault(cluster);

    /// <summary>Why there is no way to the cluster.</summary>
    public Held HeldReason(ClusterName cluster) => _held.TryGetValue(cluster, out var held)
        ? held
        : new("ClusterNotConfigured", $"the Milvus cluster '{cluster}' is not configured on this node; the run goes on when it is");
}
