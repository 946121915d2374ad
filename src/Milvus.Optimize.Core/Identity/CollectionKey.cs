using System.Globalization;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Core.Identity;

/// <summary>
/// One collection of one Milvus cluster, by id: names and aliases of it meet here, and one that was dropped and made again is another. Its text is the
/// entity id, the actor's name and the tail of the persistence id.
/// </summary>
public sealed record CollectionKey(ClusterName Cluster, long CollectionId)
{
    /// <summary>The journal's name for the collection's history.</summary>
    public string PersistenceId => $"optimize-{this}";

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Cluster}.{CollectionId}");

    /// <exception cref="ParamException">Not of the form <c>cluster.collectionId</c>.</exception>
    public static CollectionKey Parse(string text) => TryParse(text) ?? throw new ParamException($"Invalid collection key: '{text}'. Expected cluster.collectionId");

    /// <summary>Null where it is not of that form.</summary>
    public static CollectionKey? TryParse(string text)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && ClusterName.IsName(text[..dot]) && IdOf(text, dot) is { } id ? new(new ClusterName(text[..dot]), id) : null;
    }

    /// <summary>The key of a history by its persistence id; null for ids that are not ours.</summary>
    public static CollectionKey? FromPersistenceId(string persistenceId) =>
        persistenceId.StartsWith("optimize-", StringComparison.Ordinal) ? TryParse(persistenceId["optimize-".Length..]) : null;

    private static long? IdOf(string text, int dot) =>
        long.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0 ? id : null;
}
