using Google.Protobuf;
using Milvus.Optimize.Simulator.Model;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Service;

/// <summary>Which collections a call is about, by what it says: a name, an id, or the id of a compaction.</summary>
internal static class CallSubject
{
    /// <summary>Names in the request as they stand there; an alias is not resolved.</summary>
    public static IReadOnlyCollection<string> Named(IMessage request)
    {
        if (request is FlushRequest flush) return flush.CollectionNames;
        return Text(request, "collection_name", "collectionName", "oldName") is { } name ? [name] : [];
    }

    /// <summary>The names, and where there is none the collections that the ids of the request stand for.</summary>
    public static IReadOnlyCollection<string> Of(World world, IMessage request)
    {
        if (Named(request) is { Count: > 0 } names) return names;
        if (request is ManualCompactionRequest { CollectionID: 0 } && world.Rules.CompactsById) return [.. world.State.Collections.Select(collection => collection.Name)];
        if (Id(request, "collectionID", "collection_id", "collectionId") is { } id && world.Catalog.ById(id) is { } collection) return [collection.Name];
        if (Id(request, "compactionID", "compaction_id") is { } compaction) return [.. world.State.Tasks.Where(task => task.TriggerId == compaction).Select(task => task.CollectionName).Distinct()];
        return [];
    }

    public static string? Text(IMessage request, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (request.Descriptor.FindFieldByName(name) is { } field && field.Accessor.GetValue(request) is string { Length: > 0 } text)
                return text;
        return null;
    }

    private static long? Id(IMessage request, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (request.Descriptor.FindFieldByName(name) is { } field && field.Accessor.GetValue(request) is long and not 0 and var id)
                return id;
        return null;
    }
}
