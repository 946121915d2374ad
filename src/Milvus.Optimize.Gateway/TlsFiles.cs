using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Milvus.Optimize.Gateway;

/// <summary>Reads the PEM files of the options into what a handler needs.</summary>
internal static class TlsFiles
{
    /// <exception cref="ArgumentException">A file holds no certificate or key that can be used.</exception>
    public static SslClientAuthenticationOptions Read(MilvusConnectionOptions options)
    {
        var ssl = new SslClientAuthenticationOptions();
        try
        {
            if (options.CaFile is { } caFile) ssl.CertificateChainPolicy = TrustOnly(caFile);
            if (options is { CertificateFile: { } certificateFile, KeyFile: { } keyFile })
                ssl.ClientCertificateContext = SslStreamCertificateContext.Create(Own(certificateFile, keyFile), Chain(certificateFile), offline: true);
        }
        catch (Exception e) when (e is System.Security.Cryptography.CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"A TLS file cannot be used ({e.Message}): CaFile and CertificateFile must be PEM certificates, KeyFile an unencrypted PEM key.", e);
        }
        return ssl;
    }

    private static X509ChainPolicy TrustOnly(string caFile)
    {
        // An authority of one's own seldom publishes revocation lists; asking for them would refuse every certificate.
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(caFile);
        if (policy.CustomTrustStore.Count == 0) throw new System.Security.Cryptography.CryptographicException($"{caFile} holds no certificate");
        return policy;
    }

    private static X509Certificate2 Own(string certificateFile, string keyFile)
    {
        var certificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        if (!OperatingSystem.IsWindows()) return certificate;
        // Windows' TLS cannot use a key that lives in memory only.
        using (certificate) return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    // Intermediates that follow our own certificate in its file must be sent along.
    private static X509Certificate2Collection Chain(string certificateFile)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(certificateFile);
        return chain;
    }
}
