using System.Collections.Immutable;
using System.Xml;
using Milvus.Optimize.Client;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>The keys of a node that listens, by its routes: an admin's own key is needed for them.</summary>
internal sealed class ServerKeys(HttpClient http) : IKeyBook
{
    private const int PageSize = 500;

    private readonly HttpOptimizeRuns _routes = new(http);

    public async Task<ImmutableArray<KeyDocument>> ListAsync(CancellationToken cancellationToken)
    {
        var all = ImmutableArray.CreateBuilder<KeyDocument>();
        string? token = null;
        do
        {
            var page = await AskAsync(() => _routes.KeysAsync(token, PageSize, cancellationToken));
            all.AddRange(page.Keys);
            token = page.NextPageToken;
        }
        while (token is not null);
        return all.ToImmutable();
    }

    public Task<CreatedKeyDocument> CreateAsync(string name, Role role, CollectionScope? scope, TimeSpan? expiresAfter, CancellationToken cancellationToken) => AskAsync(() => _routes.CreateKeyAsync(
        new() { Name = name, Role = KeyBook.Word(role), Scope = scope?.ToString(), Expires = expiresAfter is { } after ? XmlConvert.ToString(after) : null }, cancellationToken));

    public Task<KeyDocument> RevokeAsync(string id, CancellationToken cancellationToken) => AskAsync(() => _routes.RevokeKeyAsync(id, cancellationToken));

    public ValueTask DisposeAsync()
    {
        http.Dispose();
        return ValueTask.CompletedTask;
    }

    // Asked once: a key that was made although its answer was lost would be one too many.
    private static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (NodeUnreachableException e)
        {
            throw new NodeUnavailableException(e.Message);
        }
    }
}
