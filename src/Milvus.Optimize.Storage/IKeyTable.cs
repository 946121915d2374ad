using System.Collections.Immutable;

namespace Milvus.Optimize.Storage;

/// <summary>API keys that all nodes of one database share. A node with a journal of its own keeps its keys elsewhere.</summary>
public interface IKeyTable
{
    /// <summary>Null where there is none of this id.</summary>
    Task<KeyRow?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>All that were ever made, oldest first.</summary>
    Task<ImmutableArray<KeyRow>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Stores a key unless as many valid ones have its name at <see cref="KeyRow.CreatedAt"/>, however many commands ask at once.</summary>
    /// <returns>False where nothing was stored.</returns>
    Task<bool> AddAsync(KeyRow key, int mostOfOneName, CancellationToken cancellationToken);

    /// <summary>Ends a key; one that has ended stays as it is. Null where there is none of this id.</summary>
    Task<KeyRow?> RevokeAsync(string id, DateTimeOffset at, CancellationToken cancellationToken);
}

/// <summary>A key as it is stored: never its secret.</summary>
/// <param name="Hash">Of the secret; whoever wrote it knows which.</param>
/// <param name="Role">Name of the role.</param>
/// <param name="ExpiresAt">Null: never.</param>
/// <param name="RevokedAt">Null: it was not.</param>
public sealed record KeyRow(
    string Id, string Name, string Hash, string Role, string Scope, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt);
