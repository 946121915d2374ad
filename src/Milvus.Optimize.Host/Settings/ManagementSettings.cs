using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Host.Nodes;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.Settings;

/// <summary>Where the node's HTTP routes are, section <c>Milvus:Optimize:Management</c>. The rules are those of <c>node --listen</c>.</summary>
internal sealed record ManagementSettings
{
    /// <summary>Such as <c>http://127.0.0.1:8120</c>, or <c>https://0.0.0.0:8120</c> with a certificate. Null serves none.</summary>
    public string? Listen { get; init; }

    /// <summary>PEM file of the certificate for an https address.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file of its key.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Ask nobody for a key. Default false: keys are in the database (<c>milvus-optimize keys create --config FILE</c>).</summary>
    public bool Anonymous { get; init; }

    /// <summary>Listen beyond the loopback without TLS, or without keys, all the same. Default false.</summary>
    public bool Insecure { get; init; }

    /// <summary>Where every changing or refused call is written, a JSON object a line; made with mode 0600. Null writes them to the node's log.</summary>
    public string? AuditFile { get; init; }

    /// <summary>Host names under which it answers, beside addresses, <c>localhost</c>, this machine's name and those of the certificate; <c>*.example.com</c> and <c>*</c> too.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Addresses and networks of reverse proxies whose <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> are believed.</summary>
    public IReadOnlyList<string> KnownProxies { get; init; } = [];

    /// <summary>Take whoever a JSON web token says, beside the keys. Null takes keys alone.</summary>
    public JwtOptions? Jwt { get; init; }

    /// <summary>Null where nothing is served.</summary>
    /// <exception cref="ParamException">The address is none, or not safe, or a file cannot be read.</exception>
    public Serving? Serving()
    {
        if (Listen is null) return null;
        try
        {
            return Nodes.Serving.Of(Listen, CertificateFile, KeyFile, Anonymous, Insecure) with { Jwt = Jwt, AuditFile = AuditFile, AllowedHosts = AllowedHosts, Proxies = Nodes.KnownProxies.Of(KnownProxies) };
        }
        catch (ParamException e)
        {
            throw new ParamException($"Management:Listen: {e.Message} (in the file: CertificateFile, KeyFile, Anonymous and Insecure of Management)");
        }
    }
}
