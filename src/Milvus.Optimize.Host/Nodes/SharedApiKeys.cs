using System.Collections.Immutable;
using System.Data.Common;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Management.Security;
using Milvus.Optimize.Storage;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>Keys in the database that the nodes share. While it is away nobody is let in, and is told to ask again.</summary>
internal sealed class SharedApiKeys(IKeyTable table, TimeProvider time) : IApiKeys
{
    private const int MaxValidPerName = 2;

    public async ValueTask<ApiKey?> FindAsync(string id, CancellationToken cancellationToken) =>
        await OfDatabaseAsync(() => table.FindAsync(id, cancellationToken)) is { } row ? Of(row) : null;

    public async ValueTask<ImmutableArray<ApiKey>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await OfDatabaseAsync(() => table.ListAsync(cancellationToken))).Select(Of)];

    public async ValueTask<(ApiKey Key, ApiKeyText Text)> CreateAsync(
        string name, Role role, CollectionScope scope, TimeSpan? expiresAfter, CancellationToken cancellationToken)
    {
        KeyNames.Require(name);
        var (now, text) = (time.GetUtcNow(), ApiKeyText.New());
        var row = new KeyRow(text.Id, name, text.Hash, role.ToString(), scope.ToString(), now, now + expiresAfter, null);
        if (!await OfDatabaseAsync(() => table.AddAsync(row, MaxValidPerName, cancellationToken)))
            throw new ParamException($"{MaxValidPerName} valid keys are named '{name}' already: revoke one of them first, or take another name");
        return (Of(row), text);
    }

    public async ValueTask<ApiKey> RevokeAsync(string id, CancellationToken cancellationToken) =>
        Of(await OfDatabaseAsync(() => table.RevokeAsync(id, time.GetUtcNow(), cancellationToken)) ?? throw new ParamException($"there is no key '{id}': list them"));

    // A role of a newer version is none that this one may grant: here the key is as one that has ended.
    private static ApiKey Of(KeyRow row) => Enum.TryParse<Role>(row.Role, out var role) && Enum.IsDefined(role)
        ? new(row.Id, row.Name, row.Hash, role, row.Scope, row.CreatedAt, row.ExpiresAt, row.RevokedAt)
        : new(row.Id, row.Name, row.Hash, Role.Viewer, row.Scope, row.CreatedAt, row.ExpiresAt, row.RevokedAt ?? row.CreatedAt);

    private static async Task<T> OfDatabaseAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (DbException e) when (SafeReason.IsDenied(e))
        {
            // Not the caller's missing right, so no 403, and asking again changes nothing.
            throw new OptimizeProblemException(new(OptimizeProblem.Unavailable,
                "the database refuses its user (SQLSTATE 42501): have select, insert and update on table optimize_api_key granted to it"), e);
        }
        catch (Exception e) when (SafeReason.IsPassing(e))
        {
            throw new OptimizeProblemException(new(OptimizeProblem.Unavailable, $"the keys cannot be read: the database does not answer ({SafeReason.Of(e)}); ask again", Retryable: true), e);
        }
        catch (DbException e)
        {
            throw new OptimizeProblemException(new(OptimizeProblem.Unavailable, $"the keys cannot be used: {SafeReason.Of(e)}; have the node's log looked at"), e);
        }
    }
}
