using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Management;

/// <summary>What the routes need in the container of a host.</summary>
public static class ManagementHosting
{
    /// <summary>
    /// Registers the guard of the routes. Bring <see cref="IApiKeys"/> (such as an <see cref="ApiKeyFile"/>) for keys; without one, and without a scheme of
    /// the host's own that gives the claim <see cref="Caller.RoleClaim"/>, only the Unix socket gets in.
    /// </summary>
    /// <exception cref="ArgumentException">An option cannot work.</exception>
    public static IServiceCollection AddMilvusOptimizeManagement(this IServiceCollection services, ManagementOptions? options = null)
    {
        var effective = options ?? new();
        effective.Validate();
        services.AddSingleton(effective);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IApiKeys>(NoApiKeys.Instance);
        services.TryAddSingleton<IAuditLog, AuditLogger>();
        services.AddSingleton<Limits>().AddSingleton<KnownCredentials>();
        services.AddLogging();
        return services;
    }
}
