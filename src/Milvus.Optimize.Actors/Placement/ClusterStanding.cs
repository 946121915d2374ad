using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;

namespace Milvus.Optimize.Actors.Placement;

/// <summary>Whether this node is a member that the others would leave alone, and sharding knows it.</summary>
internal static class ClusterStanding
{
    private static readonly TimeSpan RegionLimit = TimeSpan.FromSeconds(2);

    /// <summary>Null where all is well, or where there is no cluster; else why not.</summary>
    public static async Task<string?> WhyUnfitAsync(ActorSystem system, CancellationToken cancellationToken)
    {
        if (!system.Settings.HasCluster) return null;
        var cluster = Cluster.Get(system);
        if (cluster.IsTerminated || cluster.SelfMember.Status != MemberStatus.Up) return "this node is not up: it joins, leaves, or was shut out";
        var members = cluster.State.Members.Where(m => m.Status is MemberStatus.Up or MemberStatus.Leaving).ToList();
        var reached = members.Where(m => !cluster.State.Unreachable.Contains(m)).ToList();
        if (IsMinority(reached.Count, members.Count, reached.Select(m => m.Address).Min(Member.AddressOrdering)!.Equals(members.Select(m => m.Address).Min(Member.AddressOrdering))))
            return $"this node reaches {reached.Count} of {members.Count} nodes, itself among them: the others are taken for the cluster";
        if (!OnlyAsks(system)) return await WhyNotRegisteredAsync(system, cluster, cancellationToken);
        return reached.Any(m => m.HasRole(OptimizeNodes.Role)) ? null : "no node that runs collections is reached";
    }

    /// <summary>A member of the cluster that runs no collections.</summary>
    public static bool OnlyAsks(ActorSystem system) => system.Settings.HasCluster && !Cluster.Get(system).SelfRoles.Contains(OptimizeNodes.Role);

    /// <summary>As the split-brain resolver will decide: of two halves the one with the lowest address goes on.</summary>
    internal static bool IsMinority(int reached, int all, bool hasLowest) => reached * 2 < all || (reached * 2 == all && !hasLowest);

    private static async Task<string?> WhyNotRegisteredAsync(ActorSystem system, Cluster cluster, CancellationToken cancellationToken)
    {
        try
        {
            var regions = await ClusterSharding.Get(system).ShardRegion(ShardedPlaces.TypeName).Ask<CurrentRegions>(GetCurrentRegions.Instance, RegionLimit, cancellationToken);
            return regions.Regions.Contains(cluster.SelfAddress) ? null : "this node's region is not registered yet: no collection is placed here";
        }
        catch (Exception e) when (e is AskTimeoutException or ArgumentException or InvalidOperationException)
        {
            return "no coordinator places collections at the moment";
        }
    }
}
