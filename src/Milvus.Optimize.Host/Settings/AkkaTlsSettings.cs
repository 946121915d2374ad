using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Event;
using Akka.Remote.Transport.DotNetty;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Host.Settings;

/// <summary>
/// Mutual TLS between the nodes, section <c>Milvus:Optimize:Akka:Tls</c>: all three files, on every node, or none. Whoever has a certificate of the authority is a
/// member, whatever name stands in it.
/// </summary>
internal sealed record AkkaTlsSettings
{
    /// <summary>PEM file with this node's certificate, for server and client.</summary>
    public string CertificateFile { get; init; } = "";

    /// <summary>PEM file with its key, unencrypted.</summary>
    public string KeyFile { get; init; } = "";

    /// <summary>PEM file with the authority of all nodes' certificates, which should sign nothing else. No other is trusted, those of the machine neither.</summary>
    public string CaFile { get; init; } = "";

    /// <exception cref="ParamException">A file is missing or cannot be used, or the certificate is not of the authority, or not valid now.</exception>
    public void Validate() => Setup();

    /// <summary>As Akka takes it.</summary>
    /// <exception cref="ParamException">As <see cref="Validate"/>.</exception>
    public DotNettySslSetup Setup()
    {
        if (CertificateFile.Length == 0 || KeyFile.Length == 0 || CaFile.Length == 0) throw new ParamException("Akka:Tls needs all of CertificateFile, KeyFile and CaFile");
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(CaFile);
            var own = X509Certificate2.CreateFromPemFile(CertificateFile, KeyFile);
            if (WhyNot(own, authorities) is { } why) throw new ParamException($"Akka:Tls: the certificate {CertificateFile} would be refused by the other nodes: {why}");
            return new(own, suppressValidation: false, requireMutualAuthentication: true, (peer, _, remote, _, log) => Accepts(peer, remote, authorities, log));
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or (ArgumentException and not ParamException))
        {
            throw new ParamException($"Akka:Tls: a file cannot be used ({e.Message}): CertificateFile and CaFile must be PEM certificates, KeyFile an unencrypted PEM key");
        }
    }

    private static bool Accepts(X509Certificate2? peer, string remote, X509Certificate2Collection authorities, ILoggingAdapter log)
    {
        var why = peer is null ? "it showed no certificate" : WhyNot(peer, authorities);
        if (why is not null) log.Warning("{0} is refused: {1}", remote, why);
        return why is null;
    }

    /// <summary>Null where the certificate is of one of the authorities, and valid now.</summary>
    private static string? WhyNot(X509Certificate2 certificate, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain();
        // An authority of one's own seldom publishes revocation lists; asking for them would refuse every certificate.
        (chain.ChainPolicy.TrustMode, chain.ChainPolicy.RevocationMode) = (X509ChainTrustMode.CustomRootTrust, X509RevocationMode.NoCheck);
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        return chain.Build(certificate) ? null : $"{certificate.Subject}: {string.Join("; ", chain.ChainStatus.Select(s => s.StatusInformation.Trim()).Distinct())}";
    }
}
