using System.Collections.Immutable;
using System.Text.Json;
using Milvus.Optimize.Host.Nodes;

namespace Milvus.Optimize.Host.Targets;

/// <summary><c>clusters.json</c>: replaced whole and at once, so that a kill leaves the old one or the new one.</summary>
internal sealed class ClusterFile(string path)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <exception cref="InvalidDataException">Somebody else wrote into it.</exception>
    public ImmutableArray<KnownCluster> Read()
    {
        if (!File.Exists(path)) return [];
        try
        {
            return JsonSerializer.Deserialize<ImmutableArray<KnownCluster>>(File.ReadAllText(path), Json);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is no list of clusters: correct or remove it ({e.Message})", e);
        }
    }

    public void Write(IEnumerable<KnownCluster> clusters) => OwnerFile.Write(path, file => JsonSerializer.Serialize(file, clusters, Json));
}
