using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Gateway;

/// <summary>
/// Finds a collection by its id. One "not found" is no proof that it is gone (a server without lookup by id says so of every collection, a renamed
/// or moved one may be said to be missing), so absence is claimed only after every database has been listed.
/// </summary>
internal sealed class CollectionFinder(ReadCalls reads)
{
    public async Task<CollectionDescription?> FindAsync(string database, long collectionId, CancellationToken cancellationToken)
    {
        if (await DescribeAsync(database, "", collectionId, cancellationToken).ConfigureAwait(false) is { } direct) return direct;
        foreach (var home in await DatabasesAsync(database, cancellationToken).ConfigureAwait(false))
        {
            if (await NameOfAsync(home, collectionId, cancellationToken).ConfigureAwait(false) is not { } name) continue;
            return await DescribeAsync(home, name, 0, cancellationToken).ConfigureAwait(false) is { } found && found.Name.CollectionId == collectionId
                ? found
                : throw Moving(collectionId, home, name);
        }
        return null;
    }

    public async Task<ImmutableArray<CollectionName>> ListAsync(string? only, CancellationToken cancellationToken)
    {
        var all = ImmutableArray.CreateBuilder<CollectionName>();
        foreach (var database in only is null ? await DatabasesAsync("default", cancellationToken).ConfigureAwait(false) : [only])
        {
            var request = new ShowCollectionsRequest { DbName = database };
            var answer = await reads.CallAsync(database, (c, o) => c.ShowCollectionsAsync(request, o), a => a.Status, cancellationToken).ConfigureAwait(false);
            all.AddRange(answer.CollectionNames.Select((name, i) =>
                new CollectionName(database, name, Observations.IdOf(i < answer.CollectionIds.Count ? answer.CollectionIds[i] : 0, name))));
        }

        return all.DrainToImmutable();
    }

    // Null unless the server describes just this collection. Lookup by name alone gives whatever bears the name; the caller looks at the id.
    private async Task<CollectionDescription?> DescribeAsync(string database, string name, long collectionId, CancellationToken cancellationToken)
    {
        try
        {
            var request = new DescribeCollectionRequest { DbName = database, CollectionName = name, CollectionID = collectionId };
            var answer = await reads.CallAsync(database, (c, o) => c.DescribeCollectionAsync(request, o), a => a.Status, cancellationToken).ConfigureAwait(false);
            return collectionId == 0 || answer.CollectionID == collectionId ? Observations.Of(answer, database) : null;
        }
        catch (MilvusException e) when (e.Code is MilvusFailure.CollectionNotFound or MilvusFailure.DatabaseNotFound)
        {
            return null;
        }
        catch (MilvusException e) when (collectionId != 0 && e.Failure is { GrpcStatus: "OK", Kind: MilvusFailureKind.Permanent })
        {
            // Servers that want a name refuse a request without one in words and codes of their own; the lists decide.
            return null;
        }
    }

    // Without databases (UNIMPLEMENTED), or without the right to list them, the one that the collection was last seen in is all there is to look at.
    private async Task<IReadOnlyList<string>> DatabasesAsync(string database, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await reads.TryCallAsync(database, (c, o) => c.ListDatabasesAsync(new ListDatabasesRequest(), o), a => a.Status, cancellationToken)
                .ConfigureAwait(false);
            return answer is { DbNames.Count: > 0 } ? [.. answer.DbNames.OrderBy(name => name != database)] : [database];
        }
        catch (MilvusException e) when (e.Failure.GrpcStatus == "PERMISSION_DENIED")
        {
            return [database];
        }
    }

    private async Task<string?> NameOfAsync(string database, long collectionId, CancellationToken cancellationToken)
    {
        try
        {
            var request = new ShowCollectionsRequest { DbName = database };
            var answer = await reads.CallAsync(database, (c, o) => c.ShowCollectionsAsync(request, o), a => a.Status, cancellationToken).ConfigureAwait(false);
            var index = answer.CollectionIds.IndexOf(collectionId);
            return index >= 0 && index < answer.CollectionNames.Count
                ? answer.CollectionNames[index]
                : answer.CollectionNames.FirstOrDefault(name => Observations.IdOf(0, name) == collectionId);
        }
        catch (MilvusException e) when (e.Code == MilvusFailure.DatabaseNotFound)
        {
            return null;
        }
    }

    private static MilvusException Moving(long collectionId, string database, string name) => new(new MilvusFailure(
        MilvusFailureKind.Transient, 0, "OK", $"collection {collectionId} was listed as '{name}' in database '{database}' and was not there a moment later: ask again"));
}
