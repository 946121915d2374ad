using System.Collections.Immutable;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Management.Security;

/// <summary>Where API keys are kept.</summary>
public interface IApiKeys
{
    /// <summary>Null where there is none of this id. Asked at every call: it must be quick, and see a revocation at once.</summary>
    ValueTask<ApiKey?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>All that were ever made, oldest first.</summary>
    ValueTask<ImmutableArray<ApiKey>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Makes a key. The text that is returned is the only copy of its secret.</summary>
    /// <param name="name">1 to 100 characters.</param>
    /// <param name="role">What it may do.</param>
    /// <param name="scope">On which collections.</param>
    /// <param name="expiresAfter">Null: it never expires.</param>
    /// <param name="cancellationToken">Nothing is made where it comes in time.</param>
    /// <exception cref="ParamException">The name is empty or too long, or two valid keys have it already.</exception>
    ValueTask<(ApiKey Key, ApiKeyText Text)> CreateAsync(string name, Role role, CollectionScope scope, TimeSpan? expiresAfter, CancellationToken cancellationToken);

    /// <summary>Ends a key at once; one that has ended stays as it is.</summary>
    /// <exception cref="ParamException">There is no such key.</exception>
    ValueTask<ApiKey> RevokeAsync(string id, CancellationToken cancellationToken);
}
