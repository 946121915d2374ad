using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Management.Security;

/// <summary>
/// Keys in one JSON file (mode 0600) on a local disk, replaced whole and at once. Several processes may share it: a node sees what a command wrote with its next call.
/// </summary>
public sealed class ApiKeyFile(string path, TimeProvider time) : IApiKeys
{
    private const int MaxValidPerName = 2;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };
    private readonly Lock _gate = new();
    private ((DateTime, long) Stamp, ImmutableArray<ApiKey> Keys) _read = (default, []);

    /// <inheritdoc/>
    public ValueTask<ApiKey?> FindAsync(string id, CancellationToken cancellationToken) => ValueTask.FromResult(Read().FirstOrDefault(k => k.Id == id));

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<ApiKey>> ListAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Read());

    /// <inheritdoc/>
    public async ValueTask<(ApiKey Key, ApiKeyText Text)> CreateAsync(
        string name, Role role, CollectionScope scope, TimeSpan? expiresAfter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(scope);
        KeyNames.Require(name);
        using var held = await LockAsync(cancellationToken);
        var (all, now, text) = (Read(), time.GetUtcNow(), ApiKeyText.New());
        if (all.Count(k => k.Name == name && k.IsValidAt(now)) >= MaxValidPerName)
            throw new ParamException($"{MaxValidPerName} valid keys are named '{name}' already: revoke one of them first, or take another name");
        var key = new ApiKey(text.Id, name, text.Hash, role, scope.ToString(), now, now + expiresAfter, null);
        Write(all.Add(key));
        return (key, text);
    }

    /// <inheritdoc/>
    public async ValueTask<ApiKey> RevokeAsync(string id, CancellationToken cancellationToken)
    {
        using var held = await LockAsync(cancellationToken);
        var all = Read();
        var key = all.FirstOrDefault(k => k.Id == id) ?? throw new ParamException($"there is no key '{id}': list them");
        if (key.RevokedAt is not null) return key;
        var revoked = key with { RevokedAt = time.GetUtcNow() };
        Write(all.Replace(key, revoked));
        return revoked;
    }

    private ImmutableArray<ApiKey> Read()
    {
        lock (_gate)
        {
            var file = new FileInfo(path);
            if (!file.Exists) return [];
            var stamp = (file.LastWriteTimeUtc, file.Length);
            if (stamp == _read.Stamp) return _read.Keys;
            try
            {
                _read = (stamp, JsonSerializer.Deserialize<ImmutableArray<ApiKey>>(File.ReadAllText(path), Json));
            }
            catch (JsonException e)
            {
                throw new InvalidDataException($"{path} is no list of keys: correct or remove it ({e.Path})", e);
            }

            return _read.Keys;
        }
    }

    private void Write(ImmutableArray<ApiKey> keys)
    {
        var next = $"{path}.new";
        File.Delete(next);
        using (var file = new FileStream(next, Owners(FileMode.CreateNew)))
        {
            JsonSerializer.Serialize(file, keys, Json);
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }

    // Two commands at once must not lose a key, or a revocation, to each other.
    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new($"{path}.lock", Owners(FileMode.OpenOrCreate));
            }
            catch (IOException) when (File.Exists($"{path}.lock"))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellationToken);
            }
        }
    }

    private static FileStreamOptions Owners(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
