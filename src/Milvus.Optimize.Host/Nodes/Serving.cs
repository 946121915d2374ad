using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>Where a node serves its routes beside the socket.</summary>
/// <param name="Certificate">Null where the address is plain http.</param>
/// <param name="Anonymous">No key is asked for.</param>
internal sealed record Serving(ListenAddress Address, X509Certificate2? Certificate, bool Anonymous)
{
    /// <summary>Tokens that get in beside keys; null for none.</summary>
    public JwtOptions? Jwt { get; init; }

    /// <summary>Of a node of a cluster; null for its log.</summary>
    public string? AuditFile { get; init; }

    /// <summary>Host names under which it answers, beside addresses, <c>localhost</c>, this machine's name and those of the certificate.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Reverse proxies whose <c>X-Forwarded-*</c> headers are believed.</summary>
    public KnownProxies Proxies { get; init; } = KnownProxies.None;

    /// <summary>All of the names.</summary>
    public IReadOnlyList<string> Names() =>
    [
        .. AllowedHosts, Dns.GetHostName(),
        .. Certificate?.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(n => n.EnumerateDnsNames()) ?? [],
    ];

    /// <exception cref="ParamException">The address is none, or not safe, or a file cannot be read.</exception>
    public static Serving Of(string address, string? certificateFile, string? keyFile, bool anonymous, bool insecure)
    {
        if (certificateFile is null != keyFile is null) throw new ParamException("--tls-cert and --tls-key belong together");
        var checkedAddress = ListenAddress.Check(address, certificateFile is not null, anonymous, insecure);
        try
        {
            return new(checkedAddress, certificateFile is null ? null : X509Certificate2.CreateFromPemFile(certificateFile, keyFile), anonymous);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ParamException($"the certificate {certificateFile} or its key cannot be used: {e.Message}");
        }
    }
}
