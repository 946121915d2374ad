using System.Globalization;
using System.Net;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Host.Settings;

/// <summary>How a node finds the others, section <c>Milvus:Optimize:Akka</c>.</summary>
internal sealed record AkkaSettings
{
    public const string SystemName = "milvus-optimize";

    /// <summary>Address that others reach this node by, and that it binds unless <see cref="BindHost"/> says another. Default 127.0.0.1.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Default 8110.</summary>
    public int Port { get; init; } = 8110;

    /// <summary>Address to bind where that is another one, as in a container. Default that of <see cref="Host"/>.</summary>
    public string? BindHost { get; init; }

    /// <summary>Default that of <see cref="Port"/>.</summary>
    public int? BindPort { get; init; }

    /// <summary><c>host:port</c> of nodes to join through: the same list, in the same order, on every node. A first node that is named differently makes a second cluster.</summary>
    public IReadOnlyList<string> SeedNodes { get; init; } = [];

    /// <summary><c>optimize</c> runs collections; a node without it only asks those that do. Default <c>optimize</c>; <c>none</c> for no role at all.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Files of <c>akka.*</c> settings; a later one wins over an earlier one, and all over <c>cluster.hocon</c>.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Mutual TLS. Default none: whoever reaches the port is a member.</summary>
    public AkkaTlsSettings? Tls { get; init; }

    public IReadOnlyList<string> EffectiveRoles => Roles switch
    {
        [] => ["optimize"],
        ["none"] => [],
        _ => Roles,
    };

    /// <exception cref="ParamException">A value cannot work; the text says which and what to do.</exception>
    public void Validate()
    {
        Require(Host.Length > 0 && Host is not ("0.0.0.0" or "::"), "Akka:Host must be the address that other nodes reach this one by: put 0.0.0.0 into Akka:BindHost");
        Require(Port is > 0 and <= IPEndPoint.MaxPort && BindPort is null or > 0 and <= IPEndPoint.MaxPort, "Akka:Port and Akka:BindPort must be 1 to 65535");
        Require(SeedNodes.Count > 0, "Akka:SeedNodes is empty: give host:port of the nodes to join through, the same list on every node, or this node's own for the first one");
        foreach (var seed in SeedNodes) Require(IsHostAndPort(seed), $"Akka:SeedNodes: '{seed}' is no host:port");
        foreach (var role in EffectiveRoles) Require(role.Length > 0 && role.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'), $"Akka:Roles: '{role}' is no role: letters, digits and hyphens");
        foreach (var file in Files) Require(File.Exists(file), $"Akka:Files: there is no file {file}");
        Tls?.Validate();
    }

    /// <summary>As Akka reads it.</summary>
    public string Hocon(string version)
    {
        // A seed with the other scheme would be asked again without a pause, and never answer.
        var scheme = Tls is null ? "akka.tcp" : "akka.ssl.tcp";
        var seeds = string.Join(", ", SeedNodes.Select(s => $"\"{scheme}://{SystemName}@{s}\""));
        return string.Create(CultureInfo.InvariantCulture, $$"""
            akka.actor.provider = cluster
            akka.remote.dot-netty.tcp.hostname = "{{BindHost ?? Host}}"
            akka.remote.dot-netty.tcp.port = {{BindPort ?? Port}}
            akka.remote.dot-netty.tcp.public-hostname = "{{Host}}"
            akka.remote.dot-netty.tcp.public-port = {{Port}}
            akka.remote.dot-netty.tcp.enable-ssl = {{(Tls is null ? "off" : "on")}}
            akka.cluster.seed-nodes = [{{seeds}}]
            akka.cluster.roles = [{{string.Join(", ", EffectiveRoles.Select(r => $"\"{r}\""))}}]
            akka.cluster.app-version = "{{version}}"
            """);
    }

    private static bool IsHostAndPort(string text) =>
        text.LastIndexOf(':') is > 0 and var colon && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or ':' or '[' or ']' or '_')
        && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= IPEndPoint.MaxPort;

    private static void Require(bool condition, string whatToDo)
    {
        if (!condition) throw new ParamException(whatToDo);
    }
}
