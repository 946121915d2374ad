using System.Collections.Immutable;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>The keys of a state folder, or of a database that nodes share, where they are kept.</summary>
/// <param name="keys">Them.</param>
/// <param name="time">Says which of them are valid.</param>
/// <param name="behind">Closed behind them; null for nothing.</param>
internal sealed class KeyBook(IApiKeys keys, TimeProvider time, IAsyncDisposable? behind) : IKeyBook
{
    public async Task<ImmutableArray<KeyDocument>> ListAsync(CancellationToken cancellationToken) => [.. (await keys.ListAsync(cancellationToken)).Select(Document)];

    public async Task<CreatedKeyDocument> CreateAsync(string name, Role role, CollectionScope? scope, TimeSpan? expiresAfter, CancellationToken cancellationToken)
    {
        var (key, text) = await keys.CreateAsync(name, role, scope ?? CollectionScope.All, expiresAfter, cancellationToken);
        var d = Document(key);
        return new(d.Id, d.Name, d.Role, d.Scope, d.Valid, d.CreatedAt, d.ExpiresAt, d.RevokedAt, text.Reveal());
    }

    public async Task<KeyDocument> RevokeAsync(string id, CancellationToken cancellationToken) => Document(await keys.RevokeAsync(id, cancellationToken));

    public ValueTask DisposeAsync() => behind?.DisposeAsync() ?? ValueTask.CompletedTask;

    public static string Word(Role role) => role.ToString().ToLowerInvariant();

    private KeyDocument Document(ApiKey k) => new(k.Id, k.Name, Word(k.Role), k.Scope.ToString(), k.IsValidAt(time.GetUtcNow()), k.CreatedAt, k.ExpiresAt, k.RevokedAt);
}
