using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Management.Routes;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Management;

/// <summary>The management HTTP routes over <see cref="IOptimizeRuns"/>. Over a Unix socket everybody may do everything; over anything else a key says who may do what.</summary>
public static class OptimizeRoutes
{
    /// <summary>
    /// Maps the routes of docs/management.md. Needs <see cref="IOptimizeRuns"/> in the container and
    /// <see cref="ManagementHosting.AddMilvusOptimizeManagement"/>; takes <see cref="IRunTargets"/> where it is there.
    /// </summary>
    /// <exception cref="InvalidOperationException">The guard is not registered.</exception>
    public static IEndpointConventionBuilder MapMilvusOptimize(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        if (endpoints.ServiceProvider.GetService<ManagementOptions>() is null)
            throw new InvalidOperationException("the routes have no guard: call AddMilvusOptimizeManagement on the services");
        var group = endpoints.MapGroup("");
        foreach (var rule in RouteTable.All) group.MapMethods(rule.Pattern, [rule.Method], Gate.Before(rule)).WithMetadata(rule);
        foreach (var rule in RouteTable.OtherMethods) group.Map(rule.Pattern, Gate.Before(rule)).WithMetadata(rule);
        group.Map(RouteTable.Unknown.Pattern, Gate.Before(RouteTable.Unknown)).WithMetadata(RouteTable.Unknown);
        return group;
    }

    /// <summary>Maps the page for people: runs with their progress, collections, start and cancel.</summary>
    /// <param name="endpoints">Of a host that has <see cref="MapMilvusOptimize"/> too.</param>
    /// <param name="pattern">Where. Default <c>/</c>.</param>
    public static IEndpointConventionBuilder MapMilvusOptimizePage(this IEndpointRouteBuilder endpoints, string pattern = "/")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var rule = RouteTable.Page(pattern);
        var (group, other) = (endpoints.MapGroup(""), RouteTable.Other(pattern, rule.Method));
        group.MapMethods(pattern, [rule.Method], Gate.Before(rule)).WithMetadata(rule);
        group.Map(pattern, Gate.Before(other)).WithMetadata(other);
        return group;
    }

    /// <summary>Answers every path that the host has no route for with the problem <c>not-found</c>. For a host that serves nothing else.</summary>
    public static IEndpointConventionBuilder MapMilvusOptimizeNotFound(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var rule = RouteTable.UnknownElsewhere;
        return endpoints.Map(rule.Pattern, Gate.Before(rule)).WithMetadata(rule);
    }
}
