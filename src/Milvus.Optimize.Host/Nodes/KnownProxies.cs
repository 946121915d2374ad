using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Milvus.Optimize.Core.Runs;
using IPNetwork = System.Net.IPNetwork;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>
/// Reverse proxies by their address or network. From them, and from nobody else, <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> say who called what: the
/// limits count the caller and not the proxy, and the page works though the proxy ends TLS.
/// </summary>
internal sealed class KnownProxies
{
    private readonly List<IPNetwork> _networks = [];

    private KnownProxies()
    {
    }

    public static KnownProxies None { get; } = new();

    /// <exception cref="ParamException">One is neither an address nor a network.</exception>
    public static KnownProxies Of(IEnumerable<string> texts)
    {
        var proxies = new KnownProxies();
        foreach (var text in texts)
        {
            if (IPAddress.TryParse(text, out var address)) proxies._networks.Add(new(address, address.GetAddressBytes().Length * 8));
            else if (IPNetwork.TryParse(text, out var network)) proxies._networks.Add(network);
            else throw new ParamException($"KnownProxies: '{text}' is neither an address such as 10.0.0.7 nor a network such as 10.0.0.0/24");
        }

        return proxies;
    }

    /// <summary>Before everything else: what comes after sees the caller.</summary>
    public void Use(IApplicationBuilder app)
    {
        if (_networks.Count == 0) return;
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in _networks) options.KnownIPNetworks.Add(network);
        app.UseForwardedHeaders(options);
    }
}
