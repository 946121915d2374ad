using Milvus.Optimize.Gateway;

namespace Milvus.Optimize.Host.Targets;

/// <summary>A Milvus that some request once brought: all but the credentials, so that its file may be read without learning a secret.</summary>
/// <param name="NeedsCredentials">The request had some; without them nothing is tried.</param>
internal sealed record KnownCluster(
    string Name, bool Simulator, string? Address, bool NeedsCredentials, string? CaFile, string? CertificateFile, string? KeyFile)
{
    public MilvusConnectionOptions Connection(Credentials? credentials) => new()
    {
        Address = new(Address!),
        CaFile = CaFile,
        CertificateFile = CertificateFile,
        KeyFile = KeyFile,
        Token = credentials?.Token,
        User = credentials?.User,
        Password = credentials?.Password,
    };
}
