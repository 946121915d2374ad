using System.Collections.Immutable;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Management.Security;

/// <summary>No key gets in.</summary>
internal sealed class NoApiKeys : IApiKeys
{
    public static NoApiKeys Instance { get; } = new();

    public ValueTask<ApiKey?> FindAsync(string id, CancellationToken cancellationToken) => ValueTask.FromResult<ApiKey?>(null);

    public ValueTask<ImmutableArray<ApiKey>> ListAsync(CancellationToken cancellationToken) => ValueTask.FromResult<ImmutableArray<ApiKey>>([]);

    public ValueTask<(ApiKey Key, ApiKeyText Text)> CreateAsync(
        string name, Role role, CollectionScope scope, TimeSpan? expiresAfter, CancellationToken cancellationToken) => throw Nowhere();

    public ValueTask<ApiKey> RevokeAsync(string id, CancellationToken cancellationToken) => throw Nowhere();

    private static ParamException Nowhere() => new("this host keeps no keys: register an IApiKeys");
}
