using System.Collections.Immutable;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>API keys, wherever they are kept.</summary>
internal interface IKeyBook : IAsyncDisposable
{
    /// <summary>All that were ever made, oldest first.</summary>
    Task<ImmutableArray<KeyDocument>> ListAsync(CancellationToken cancellationToken);

    /// <param name="name">Whose it is.</param>
    /// <param name="role">What it may do.</param>
    /// <param name="scope">Null for as much as may be given.</param>
    /// <param name="expiresAfter">Null: it does not expire.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<CreatedKeyDocument> CreateAsync(string name, Role role, CollectionScope? scope, TimeSpan? expiresAfter, CancellationToken cancellationToken);

    /// <summary>Ends one at once.</summary>
    Task<KeyDocument> RevokeAsync(string id, CancellationToken cancellationToken);
}
