using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Milvus.Optimize.Contracts;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Client;

/// <summary><see cref="IMilvusOptimizer"/> in a process without Akka: by the HTTP routes of a node.</summary>
public static class MilvusOptimizeServerHosting
{
    /// <summary>
    /// Registers <see cref="IMilvusOptimizer"/> and <see cref="IOptimizeRuns"/>. A node that does not answer is a retryable problem: starts ask again for 30 s,
    /// and whoever waits for a run for 5 min, before it is thrown.
    /// </summary>
    /// <param name="services">The container's.</param>
    /// <param name="server">The node's address, such as <c>https://optimize:7980</c>.</param>
    /// <param name="key">An API key of the node, which must go over TLS or not leave the machine; null sends none.</param>
    /// <exception cref="ArgumentException">The address is no http or https one.</exception>
    public static IServiceCollection AddMilvusOptimizeClient(this IServiceCollection services, Uri server, string? key = null)
    {
        if (!server.IsAbsoluteUri || server.Scheme is not ("http" or "https")) throw new ArgumentException($"'{server}' is no address such as https://optimize:7980", nameof(server));
        services.TryAddSingleton(TimeProvider.System);
        services.AddKeyedSingleton(typeof(NodeRuns), (_, _) => NodeHttp.OverTcp(server, key));
        services.AddSingleton<IOptimizeRuns>(provider => new NodeRuns(new HttpOptimizeRuns(provider.GetRequiredKeyedService<HttpClient>(typeof(NodeRuns)))));
        services.AddSingleton<IMilvusOptimizer, MilvusOptimizer>();
        return services;
    }
}
