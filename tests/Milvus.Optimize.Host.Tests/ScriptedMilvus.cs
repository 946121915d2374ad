using System.Collections.Immutable;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Host.Tests;

/// <summary>A cluster with a few collections, and a journal with a few events.</summary>
internal sealed class ScriptedMilvus : IClusterInspection, IRunHistory
{
    /// <summary>What a name is an alias of.</summary>
    public Dictionary<string, string> Aliases { get; } = new() { ["books_alias"] = "secrets" };

    public ImmutableArray<CollectionName> Collections { get; set; } = [new("default", "books", 4601), new("default", "movies", 4602), new("library", "books", 4603), new("default", "secrets", 4604)];

    public ImmutableArray<StoredEvent> Events { get; set; } = [];

    public OptimizeProblem? Problem { get; set; }

    /// <summary>Of reading the journal.</summary>
    public Exception? Failure { get; set; }

    public ImmutableArray<ClusterDocument> Clusters() => [new("c1", false, ""), new("c2", true, "credentials are missing")];

    public Task<ImmutableArray<CollectionName>> ListAsync(ClusterName cluster, string? database, CancellationToken cancellationToken) => Answer(() =>
        Collections.Where(c => database is null || c.Database == database).OrderBy(c => c.Database, StringComparer.Ordinal).ThenBy(c => c.Name, StringComparer.Ordinal).ToImmutableArray());

    public Task<CollectionName> ResolveAsync(CollectionRef collection, CancellationToken cancellationToken) => Answer(() =>
    {
        var name = Aliases.GetValueOrDefault(collection.Name, collection.Name);
        return Collections.FirstOrDefault(c => c.Database == collection.Database && c.Name == name)
            ?? throw new OptimizeProblemException(new(OptimizeProblem.NotFound, "there is no such collection"));
    });

    public Task<SegmentTotalsDocument?> CountSegmentsAsync(ClusterName cluster, CollectionName collection, CancellationToken cancellationToken) =>
        collection.Name == "movies"
            ? Task.FromException<SegmentTotalsDocument?>(new OptimizeProblemException(new(OptimizeProblem.MilvusUnavailable, "it does not answer")))
            : Answer<SegmentTotalsDocument?>(() => new(6, 300_000, 1, 0));

    public Task<PlanDocument> PlanAsync(StartRequest request, CancellationToken cancellationToken) => Answer(() => new PlanDocument(
        request.Collection.Cluster.Value, request.Collection.Database, request.Collection.Name, "4601", new("2.6.17", "G4"), new(6, 300_000, 1, 0), true, "6 segments may be merged", null));

    public Task<ImmutableArray<StoredEvent>> ReadAsync(RunId run, long after, int limit, CancellationToken cancellationToken) =>
        Failure is { } f ? Task.FromException<ImmutableArray<StoredEvent>>(f) : Answer(() => Events.Where(e => e.SequenceNr > after).Take(limit).ToImmutableArray());

    private Task<T> Answer<T>(Func<T> answer) => Problem is { } p ? Task.FromException<T>(new OptimizeProblemException(p)) : Task.FromResult(answer());
}
