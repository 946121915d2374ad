using System.Security.Claims;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Management.Security;

/// <summary>Who calls, and what they may do.</summary>
/// <param name="Name">As the audit log names them.</param>
public sealed record Caller(string Name, Role Role, CollectionScope Scope)
{
    /// <summary>Claim with the role's name: <c>viewer</c>, <c>operator</c> or <c>admin</c>. A host with schemes of its own (JWT, certificates) gives its users this one.</summary>
    public const string RoleClaim = "milvus-optimize-role";

    /// <summary>Claim with the scope, <c>cluster/database/collection</c>. Default: all.</summary>
    public const string ScopeClaim = "milvus-optimize-scope";

    /// <summary>Whoever may open the node's Unix socket may do everything: its file permissions say who.</summary>
    public static Caller LocalSocket { get; } = new("local socket", Role.Admin, CollectionScope.All);

    /// <summary>Everybody, where the host said that no key is needed.</summary>
    public static Caller Anonymous { get; } = new("anonymous", Role.Admin, CollectionScope.All);

    /// <summary>The role of this name; null where there is none. A number is no name.</summary>
    internal static Role? RoleOf(string? name) =>
        Enum.GetValues<Role>().Where(r => string.Equals(r.ToString(), name, StringComparison.OrdinalIgnoreCase)).Select(r => (Role?)r).SingleOrDefault();

    /// <summary>Null where the principal was not authenticated, or has no role here.</summary>
    public static Caller? Of(ClaimsPrincipal principal)
    {
        if (principal.Identity is not { IsAuthenticated: true } identity) return null;
        if (RoleOf(principal.FindFirstValue(RoleClaim)) is not { } role) return null;
        return new(identity.Name ?? "unnamed", role, CollectionScope.Parse(principal.FindFirstValue(ScopeClaim) ?? "*"));
    }
}
