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

    /// <summary>
    /// The names, and where there is none the collections that the ids of the request stand for. Where a server looks at an id alone, at 0 too, the call is about
    /// what that stands for, beside what it names.
    /// </summary>
    /// <param name="world">Where ids are looked up.</param>
    /// <param name="database">That the call means, by its field or its header, or the default one.</param>
    /// <param name="request">The call.</param>
    public static IReadOnlyCollection<NamedCollection> Of(World world, string database, IMessage request)
    {
        var names = Named(request).Select(name => new NamedCollection(database, name)).ToList();
        if (ByIdAlone(world, request) is { } collections) return [.. names, .. collections];
        if (names.Count > 0) return names;
        if (Id(request, "collectionID", "collection_id", "collectionId") is { } id && world.Catalog.ById(id) is { } collection) return [collection.Named];
        return Id(request, "compactionID", "compaction_id") is { } compaction ? Compacted(world, compaction) : [];
    }

    private static IEnumerable<NamedCollection>? ByIdAlone(World world, IMessage request) => request switch
    {
        ManualCompactionRequest compact when world.Rules.CompactsById =>
            world.State.Collections.Where(one => compact.CollectionID == 0 || compact.CollectionID == one.Id).Select(one => one.Named),
        GetCompactionStateRequest state when world.Rules.CompactionIdZeroMeansAll => Compacted(world, state.CompactionID),
        GetCompactionPlansRequest plans when world.Rules.CompactionIdZeroMeansAll => Compacted(world, plans.CompactionID),
        _ => null,
    };

    /// <summary>Collections with plans of the compaction on record; 0, asked where it means them all, of any.</summary>
    private static List<NamedCollection> Compacted(World world, long compactionId) =>
        [.. world.State.Tasks.Where(task => compactionId == 0 || task.TriggerId == compactionId).Select(task => task.Collection).Distinct()];

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
