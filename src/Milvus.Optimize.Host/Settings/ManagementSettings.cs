using System.Net;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.Settings;

/// <summary>Where the node's HTTP routes are, section <c>Milvus:Optimize:Management</c>.</summary>
internal sealed record ManagementSettings
{
    /// <summary>Such as <c>http://127.0.0.1:8120</c>. Loopback alone: nodes share no keys and have no TLS here. Null serves none.</summary>
    public string? Listen { get; init; }

    /// <summary>Ask for a JSON web token on every call, and take whoever it says. Null asks for nothing.</summary>
    public JwtOptions? Jwt { get; init; }

    /// <exception cref="ParamException">It is no loopback address.</exception>
    public IPEndPoint? EndPoint()
    {
        if (Listen is null) return null;
        var isLoopback = Uri.TryCreate(Listen, UriKind.Absolute, out var uri) && uri is { Scheme: "http", PathAndQuery: "/", UserInfo: "" } && uri.IsLoopback;
        if (!isLoopback) throw new ParamException($"Management:Listen: '{ListenAddress.Shown(Listen)}' is no loopback address such as http://127.0.0.1:8120: the routes ask nobody who they are");
        return new(IPAddress.TryParse(uri!.Host.Trim('[', ']'), out var address) ? address : IPAddress.Loopback, uri.Port);
    }
}
