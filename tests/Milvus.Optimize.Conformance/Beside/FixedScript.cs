using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Conformance;

/// <summary>The whole life of a collection, its neighbours in other databases, aliases and partitions, and the ordinary mistakes on the way.</summary>
internal static class FixedScript
{
    public static async Task RunAsync(TwoServers servers)
    {
        var life = new Life(servers);
        await HandshakeAsync(life);
        await MergeAsync(life);
        await NamesAsync(life);
        await PartitionsAsync(life);
        await EndsAsync(life);
        servers.Finish();
    }

    private static async Task HandshakeAsync(Life life)
    {
        await life.AskAsync("Connect", new ConnectRequest { ClientInfo = new ClientInfo { SdkType = "CSharp", SdkVersion = "1" } });
        await life.AskAsync("GetVersion", new GetVersionRequest());
        await life.AskAsync("CheckHealth", new CheckHealthRequest());
        await life.AskAsync("GetComponentStates", new GetComponentStatesRequest());
        await life.AskAsync("ListDatabases", new ListDatabasesRequest());
        await life.AskAsync("ShowCollections", new ShowCollectionsRequest());
        await life.AskAsync("DescribeCollection", new DescribeCollectionRequest { CollectionName = "b_none" });
        await life.AskAsync("DescribeCollection", new DescribeCollectionRequest { CollectionName = "no-name" });
    }

    private static async Task MergeAsync(Life life)
    {
        var id = await life.CreateAsync("b_books");
        await life.AskAsync("CreateCollection", Requests.Create("b_books"));
        await life.AskAsync("CreateCollection", Requests.Create("b_books", shards: 2));
        await life.AskAsync("CreateCollection", Requests.Create("1_book"));
        for (var i = 0; i < 4; i++)
        {
            await life.InsertAsync("b_books", 1500);
            await life.FlushAsync("b_books");
        }

        await life.SegmentsAsync("b_books");
        await life.AskAsync("GetCollectionStatistics", new GetCollectionStatisticsRequest { CollectionName = "b_books" });
        await life.AskAsync("DescribeIndex", new DescribeIndexRequest { CollectionName = "b_books" });
        await IndexStateAsync(life, "b_books");
        await IndexStateAsync(life, "b_none");
        await IndexStateAsync(life, "");
        await life.LoadAsync("b_books");
        await life.CompactAsync(id, "b_books", isIndexed: false);
        await life.IndexAsync("b_books");
        await IndexStateAsync(life, "b_books");
        await IndexStateAsync(life, "b_books", "v");
        await IndexStateAsync(life, "b_books", "w");
        await life.AskAsync("GetIndexStatistics", new GetIndexStatisticsRequest { CollectionName = "b_books" });
        await life.AskAsync("GetIndexStatistics", new GetIndexStatisticsRequest { CollectionName = "b_books", IndexName = "w" });
        await life.AskAsync("GetLoadingProgress", new GetLoadingProgressRequest { CollectionName = "b_books" });
        await life.AskAsync("GetLoadState", new GetLoadStateRequest { CollectionName = "b_books" });
        await life.LoadAsync("b_books", refresh: true);
        await life.LoadAsync("b_books");
        await life.ServedAsync("b_books", 4);
        await life.AskAsync("GetReplicas", new GetReplicasRequest { CollectionID = id });
        var compaction = await life.CompactAsync(id, "b_books");
        await IndexStateAsync(life, "b_books");
        await life.AskAsync("DescribeIndex", new DescribeIndexRequest { CollectionName = "b_books" });
        await life.SegmentsAsync("b_books");
        await life.LoadAsync("b_books", refresh: true);
        await life.ServedAsync("b_books", 1);
        await life.CompactAsync(id, "b_books");
        await life.SegmentsAsync("b_books");
        await life.AskAsync("GetCompactionStateWithPlans", new GetCompactionPlansRequest { CompactionID = compaction });
        await life.AskAsync("GetCompactionState", new GetCompactionStateRequest { CompactionID = -1 });
        await life.AskAsync("GetCompactionState", new GetCompactionStateRequest { CompactionID = 12345 });
        await life.AskAsync("ManualCompaction", new ManualCompactionRequest { CollectionID = 4711 });
    }

    /// <summary>The old way to ask for an index: its state and its progress.</summary>
    private static async Task IndexStateAsync(Life life, string name, string index = "")
    {
        await life.AskAsync("GetIndexState", new GetIndexStateRequest { CollectionName = name, IndexName = index });
        await life.AskAsync("GetIndexBuildProgress", new GetIndexBuildProgressRequest { CollectionName = name, IndexName = index });
    }

    private static async Task NamesAsync(Life life)
    {
        await life.AskAsync("CreateAlias", new CreateAliasRequest { CollectionName = "b_books", Alias = "b_library" });
        await life.AskAsync("CreateAlias", new CreateAliasRequest { CollectionName = "b_books", Alias = "b_library" });
        await life.AskAsync("CreateAlias", new CreateAliasRequest { CollectionName = "b_none", Alias = "b_other" });
        await life.AskAsync("DescribeCollection", new DescribeCollectionRequest { CollectionName = "b_library" });
        await life.SegmentsAsync("b_library");
        await life.AskAsync("HasCollection", new HasCollectionRequest { CollectionName = "b_library" });
        await life.AskAsync("HasCollection", new HasCollectionRequest { CollectionName = "b_none" });
        await life.CreateAsync("b_films");
        await life.AskAsync("CreateAlias", new CreateAliasRequest { CollectionName = "b_films", Alias = "b_library" });
        await life.AskAsync("CreateAlias", new CreateAliasRequest { CollectionName = "b_books", Alias = "b_films" });
        await life.AskAsync("AlterAlias", new AlterAliasRequest { CollectionName = "b_films", Alias = "b_library" });
        await life.AskAsync("DescribeAlias", new DescribeAliasRequest { Alias = "b_library" });
        await life.AskAsync("ListAliases", new ListAliasesRequest { CollectionName = "b_films" });
        await life.AskAsync("ListAliases", new ListAliasesRequest { CollectionName = "b_library" });
        await life.AskAsync("ListAliases", new ListAliasesRequest { CollectionName = "b_none" });
        await life.AskAsync("ListAliases", new ListAliasesRequest());
        await life.AskAsync("AlterAlias", new AlterAliasRequest { CollectionName = "b_films", Alias = "b_nobody" });
        await life.AskAsync("DropCollection", new DropCollectionRequest { CollectionName = "b_films" });
        await life.AskAsync("DescribeCollection", new DescribeCollectionRequest { CollectionName = "b_films" });
        await life.AskAsync("DescribeCollection", new DescribeCollectionRequest { CollectionName = "b_library" });
        await life.AskAsync("CreateAlias", new CreateAliasRequest { CollectionName = "b_books", Alias = "b_library" });
        await life.AskAsync("DescribeAlias", new DescribeAliasRequest { Alias = "b_library" });
        await life.AskAsync("AlterAlias", new AlterAliasRequest { CollectionName = "b_books", Alias = "b_library" });
        await life.AskAsync("DescribeCollection", new DescribeCollectionRequest { CollectionName = "b_library" });
        await life.AskAsync("DropAlias", new DropAliasRequest { Alias = "b_library" });
        await life.AskAsync("DropAlias", new DropAliasRequest { Alias = "b_library" });
        await life.AskAsync("DropCollection", new DropCollectionRequest { CollectionName = "b_films" });
        await life.AskAsync("CreateDatabase", new CreateDatabaseRequest { DbName = "b_db" });
        await life.AskAsync("CreateDatabase", new CreateDatabaseRequest { DbName = "b_db" });
        await life.CreateAsync("b_books", database: "b_db");
        await life.AskAsync("ShowCollections", new ShowCollectionsRequest { DbName = "b_db" });
        await life.AskAsync("DropDatabase", new DropDatabaseRequest { DbName = "b_db" });
        await life.AskAsync("DropCollection", new DropCollectionRequest { DbName = "b_db", CollectionName = "b_books" });
        await life.AskAsync("DropDatabase", new DropDatabaseRequest { DbName = "b_db" });
        await life.AskAsync("DropDatabase", new DropDatabaseRequest { DbName = "b_db" });
        await life.AskAsync("ShowCollections", new ShowCollectionsRequest { DbName = "b_db" });
    }

    private static async Task PartitionsAsync(Life life)
    {
        await life.CreateAsync("b_parts");
        await life.AskAsync("CreatePartition", new CreatePartitionRequest { CollectionName = "b_parts", PartitionName = "north" });
        await life.AskAsync("CreatePartition", new CreatePartitionRequest { CollectionName = "b_parts", PartitionName = "north" });
        await life.AskAsync("ShowPartitions", new ShowPartitionsRequest { CollectionName = "b_parts" });
        await life.InsertAsync("b_parts", 1200, "north");
        await life.InsertAsync("b_parts", 1100);
        await life.AskAsync("Insert", Requests.Insert("b_parts", 10, 1, "south"));
        await life.AskAsync("Insert", Requests.Insert("b_none", 10, 1));
        await life.FlushAsync("b_parts");
        await life.SegmentsAsync("b_parts");
        await life.IndexAsync("b_parts");
        await life.AskAsync("CreateIndex", Requests.Index("b_parts"));
        await life.AskAsync("CreateIndex", new CreateIndexRequest(Requests.Index("b_parts")) { FieldName = "w" });
        await IndexesAsync(life);
        await life.AskAsync("DropIndex", new DropIndexRequest { CollectionName = "b_parts", FieldName = "v", IndexName = "v" });
        await life.AskAsync("DescribeIndex", new DescribeIndexRequest { CollectionName = "b_parts" });
    }

    /// <summary>Of 'b_parts', whose 'v' has an index of that name: what may stand beside it, and under which names.</summary>
    private static async Task IndexesAsync(Life life)
    {
        var same = Requests.Index("b_parts");
        var other = new CreateIndexRequest(same) { ExtraParams = { Requests.Pair("mmap.enabled", "true") } };
        var key = new CreateIndexRequest { CollectionName = "b_parts", FieldName = "id" };
        foreach (var request in (CreateIndexRequest[])
        [
            new(same) { IndexName = "v" }, new(same) { IndexName = "other" }, new(other) { IndexName = "other" }, new(other) { IndexName = "v" }, other,
            new(key) { IndexName = "v" }, key, key, new(key) { IndexName = "id" }, new(key) { IndexName = "other" },
        ])
            await life.AskAsync("CreateIndex", request);
        await IndexStateAsync(life, "b_parts");
        await IndexStateAsync(life, "b_parts", "v");
        await life.AskAsync("DropIndex", new DropIndexRequest { CollectionName = "b_parts", FieldName = "id" });
        await life.AskAsync("DropIndex", new DropIndexRequest { CollectionName = "b_parts", IndexName = "id" });
        await life.AskAsync("DropIndex", new DropIndexRequest { CollectionName = "b_parts", IndexName = "nothing" });
        await life.AskAsync("DropIndex", new DropIndexRequest { CollectionName = "b_parts", FieldName = "nothing" });
        await life.AskAsync("DescribeIndex", new DescribeIndexRequest { CollectionName = "b_parts" });
        foreach (var request in (CreateIndexRequest[])[new(same) { IndexName = "vectors" }, same, new(same) { IndexName = "v" }, other])
            await life.AskAsync("CreateIndex", request);
        await life.IndexedAsync("b_parts");
    }

    private static async Task EndsAsync(Life life)
    {
        await life.AskAsync("DropIndex", new DropIndexRequest { CollectionName = "b_books", FieldName = "v", IndexName = "v" });
        await life.AskAsync("DropIndex", new DropIndexRequest { CollectionName = "b_books", IndexName = "nothing" });
        await life.AskAsync("DropIndex", new DropIndexRequest { CollectionName = "b_none", IndexName = "v" });
        await life.AskAsync("DropCollection", new DropCollectionRequest { CollectionName = "b_parts" });
        await life.AskAsync("DescribeCollection", new DescribeCollectionRequest { CollectionName = "b_parts" });
        await life.SegmentsAsync("b_parts");
        await life.AskAsync("ReleaseCollection", new ReleaseCollectionRequest { CollectionName = "b_books" });
        await life.AskAsync("ReleaseCollection", new ReleaseCollectionRequest { CollectionName = "b_books" });
        await life.AskAsync("GetLoadState", new GetLoadStateRequest { CollectionName = "b_books" });
        await life.AskAsync("GetQuerySegmentInfo", new GetQuerySegmentInfoRequest { CollectionName = "b_books" });
        await life.AskAsync("DropCollection", new DropCollectionRequest { CollectionName = "b_books" });
        await life.AskAsync("DropCollection", new DropCollectionRequest { CollectionName = "b_books" });
        await life.AskAsync("GetLoadState", new GetLoadStateRequest { CollectionName = "b_books" });
        await life.AskAsync("DescribeCollection", new DescribeCollectionRequest { CollectionName = "b_books" });
    }
}
