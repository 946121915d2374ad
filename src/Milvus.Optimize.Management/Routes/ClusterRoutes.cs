using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Management.Routes;

/// <summary>Clusters, and their collections with segment counts and last run.</summary>
internal static class ClusterRoutes
{
    // Each collection is one call to Milvus.
    private const int AtOnce = 4;

    public static Task ListAsync(RouteCall call)
    {
        var all = call.Service<IClusterInspection>().Clusters();
        return Answers.WriteAsync(call.Context, 200, new ClusterPage([.. all.Where(c => call.Caller.Scope.Touches(c.Name))]));
    }

    public static async Task CollectionsAsync(RouteCall call)
    {
        RequestQueries.RefuseUnknown(call.Request, "database", "collection", "pageSize", "pageToken");
        var cluster = RequestQueries.Cluster(call);
        var database = RequestQueries.Checked(call.Request, "database", MilvusNames.Database);
        var (pattern, size) = (RequestQueries.Pattern(call.Request, "collection") ?? "*", RequestQueries.PageSize(call.Request));
        var after = PageTokens.Collection(call.Request.Query["pageToken"]);
        if (!call.Caller.Scope.Touches(cluster.Value)) call.Require(new(cluster, database ?? "default", "*"));
        var all = await call.Service<IClusterInspection>().ListAsync(cluster, database, call.Aborted);
        var page = all.Where(c => CollectionScope.Matches(pattern, c.Name) && call.Caller.Scope.Covers(cluster.Value, c.Database, c.Name) && IsAfter(c, after)).Take(size + 1).ToList();
        var shown = page.Take(size).ToArray();
        var documents = new CollectionDocument[shown.Length];
        await Parallel.ForAsync(0, shown.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = call.Aborted }, async (i, _) =>
            documents[i] = await DocumentAsync(call, cluster, shown[i]));
        await Answers.WriteAsync(call.Context, 200, new CollectionPage(
            [.. documents], page.Count > size ? PageTokens.OfCollection(shown[^1].Database, shown[^1].Name) : null));
    }

    public static async Task CollectionAsync(RouteCall call)
    {
        var collection = RequestQueries.Collection(call);
        var found = await ResolveAsync(call, collection);
        await Answers.WriteAsync(call.Context, 200, await DocumentAsync(call, collection.Cluster, found));
    }

    /// <summary>The collection behind a name, once it is known that the caller may see it: an alias must not lead out of a key's scope.</summary>
    public static async Task<CollectionName> ResolveAsync(RouteCall call, CollectionRef collection)
    {
        call.Require(collection);
        var found = await call.Service<IClusterInspection>().ResolveAsync(collection, call.Aborted);
        call.Require(collection with { Database = found.Database, Name = found.Name });
        return found;
    }

    private static Task<CollectionDocument> DocumentAsync(RouteCall call, ClusterName cluster, CollectionName collection) => CollectionDocuments.ReadAsync(
        cluster, collection, () => call.Service<IClusterInspection>().CountSegmentsAsync(cluster, collection, call.Aborted), call.Runs, call.Aborted);

    private static bool IsAfter(CollectionName c, (string Database, string Name)? after)
    {
        if (after is not { } a) return true;
        var order = string.CompareOrdinal(c.Database, a.Database);
        return order > 0 || (order == 0 && string.CompareOrdinal(c.Name, a.Name) > 0);
    }
}
