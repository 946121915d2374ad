using System.Text;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Management.Security;

/// <summary>An API key as it is kept: what it may do, and a hash of its secret. The secret itself was shown once and is nowhere.</summary>
/// <param name="Id">Ten characters; stands in the key's text and in the audit log.</param>
/// <param name="Name">Whose it is, 1 to 100 characters. Two keys of one name may be valid, so that one can replace the other.</param>
/// <param name="Hash">SHA-256 of the secret, in hexadecimal. The secret has 256 random bits: a slow hash would add nothing.</param>
/// <param name="Scope">Of the form of <see cref="CollectionScope"/>.</param>
/// <param name="ExpiresAt">Null: never.</param>
/// <param name="RevokedAt">Null: it was not.</param>
public sealed record ApiKey(
    string Id, string Name, string Hash, Role Role, string Scope, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt)
{
    public bool IsValidAt(DateTimeOffset now) => RevokedAt is null && !(ExpiresAt <= now);

    // A record prints every property; of this one the hash is nobody's business.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append($"Id = {Id}, Name = {Name}, Role = {Role}, Scope = {Scope}");
        return true;
    }
}
