using Google.Protobuf;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Conformance;

/// <summary>Calls in an order that a seed decides: what clients do, mistakes of theirs too, as long as no call's outcome is a matter of pace or of hashing.</summary>
internal sealed class RandomScript(TwoServers servers, int seed)
{
    private const int MostCollections = 3;

    private readonly Random _random = new(seed);
    private readonly Life _life = new(servers);
    private readonly List<Book> _books = [];
    private readonly List<long> _compactions = [];
    private int _made;

    private string OtherDatabase => $"r{seed}_db";

    public async Task RunAsync(int calls)
    {
        await _life.AskAsync("CreateDatabase", new CreateDatabaseRequest { DbName = OtherDatabase });
        while (servers.Calls < calls) await StepAsync();
        foreach (var book in _books) await _life.AskAsync("DropCollection", new DropCollectionRequest { DbName = book.Database, CollectionName = book.Name });
        await _life.AskAsync("DropDatabase", new DropDatabaseRequest { DbName = OtherDatabase });
        servers.Finish();
    }

    private async Task StepAsync()
    {
        if (_books.Count == 0 || (_books.Count < MostCollections && _random.Next(12) == 0))
        {
            var name = $"r{seed}_{_made++}";
            var database = _random.Next(3) == 0 ? OtherDatabase : "";
            _books.Add(new Book(name, await _life.CreateAsync(name, database: database), database));
            return;
        }

        var book = _books[_random.Next(_books.Count)];
        switch (_random.Next(24))
        {
            case < 5: await WriteAsync(book); break;
            case < 7: await ChangeIndexAsync(book); break;
            case < 10: await ChangeLoadAsync(book); break;
            case < 12: await CompactAsync(book); break;
            case < 14: await NameAsync(book); break;
            case 20 or 21: await RewriteAsync(book); break;
            case 22: await ServedAsync(book); break;
            case 23: await _life.Servers.AskKindsAsync("GetMetrics", new GetMetricsRequest { Request = """{"metric_type":"system_info"}""" }); break;
            case 14 when _random.Next(3) == 0: await DropAsync(book); break;
            default: await ReadAsync(book); break;
        }
    }

    private async Task WriteAsync(Book book)
    {
        var partition = book.Partitions.Count > 0 && _random.Next(2) == 0 ? book.Partitions[_random.Next(book.Partitions.Count)] : "";
        var rows = 1100 + _random.Next(900);
        book.Wrote(partition, await _life.InsertAsync(book.Name, rows, partition, book.Database), rows);
        await _life.FlushAsync(book.Name, book.Database);
        if (book.IsIndexed) await _life.IndexedAsync(book.Name, book.Database);
    }

    /// <summary>
    /// Takes the oldest keys of a partition away, or writes them again. The simulator knows no keys and takes rows from the oldest segment, so these are in the same one. Something
    /// is always left of a partition.
    /// </summary>
    private async Task RewriteAsync(Book book)
    {
        var (partition, keys) = book.Living.ElementAtOrDefault(_random.Next(Math.Max(1, book.Living.Count)));
        if (keys is null || keys.Count < 1700) return;
        var rows = _random.Next(2) == 0 ? 1 + _random.Next(500) : 1100;
        var chosen = keys[..rows];
        keys.RemoveRange(0, rows);
        if (rows < 1100)
        {
            await _life.AskAsync("Delete", Requests.Delete(book.Name, chosen, partition, book.Database));
        }
        else
        {
            keys.AddRange(chosen);
            await _life.AskAsync("Upsert", Requests.Upsert(book.Name, chosen, partition, book.Database));
        }

        await _life.FlushDeletesAsync(book.Name, book.Database);
        if (book.IsIndexed) await _life.IndexedAsync(book.Name, book.Database);
    }

    /// <summary>What the query nodes serve once they have pulled: of a collection that is not loaded nothing.</summary>
    private async Task ServedAsync(Book book)
    {
        if (!book.IsLoaded)
        {
            await _life.AskAsync("GetQuerySegmentInfo", new GetQuerySegmentInfoRequest { DbName = book.Database, CollectionName = book.Name });
            return;
        }

        var segments = await _life.CountSegmentsAsync(book.Name, book.Database);
        await _life.LoadAsync(book.Name, refresh: true, book.Database);
        await _life.ServedAsync(book.Name, segments, book.Database);
    }

    private async Task ChangeIndexAsync(Book book)
    {
        if (!book.IsIndexed || _random.Next(4) == 0)
        {
            await _life.IndexAsync(book.Name, book.Database);
            book.IsIndexed = true;
            return;
        }

        await _life.AskAsync("DropIndex", new DropIndexRequest { DbName = book.Database, CollectionName = book.Name, FieldName = "v", IndexName = "v" });
        book.IsIndexed = book.IsLoaded;
    }

    private async Task ChangeLoadAsync(Book book)
    {
        if (book.IsLoaded && _random.Next(3) == 0)
        {
            await _life.AskAsync("ReleaseCollection", new ReleaseCollectionRequest { DbName = book.Database, CollectionName = book.Name });
            book.IsLoaded = false;
            return;
        }

        await _life.LoadAsync(book.Name, refresh: _random.Next(2) == 0, book.Database);
        var state = (await servers.AskAsync("GetLoadState", new GetLoadStateRequest { DbName = book.Database, CollectionName = book.Name })).Message as GetLoadStateResponse;
        book.IsLoaded = state?.State == LoadState.Loaded;
    }

    private async Task CompactAsync(Book book)
    {
        var compaction = await _life.CompactAsync(book.Id, book.Name, book.IsIndexed, book.Database);
        if (compaction != 0) _compactions.Add(compaction);
        await _life.SegmentsAsync(book.Name, book.Database);
    }

    private async Task NameAsync(Book book)
    {
        var alias = $"{_books[_random.Next(_books.Count)].Name}_alias";
        var partition = $"p{_random.Next(3)}";
        switch (_random.Next(6))
        {
            case 5: await _life.AskAsync("DescribeAlias", new DescribeAliasRequest { DbName = book.Database, Alias = alias }); break;
            case 0: await _life.AskAsync("CreateAlias", new CreateAliasRequest { DbName = book.Database, CollectionName = book.Name, Alias = alias }); break;
            case 1: await _life.AskAsync("AlterAlias", new AlterAliasRequest { DbName = book.Database, CollectionName = book.Name, Alias = alias }); break;
            case 2: await _life.AskAsync("DropAlias", new DropAliasRequest { DbName = book.Database, Alias = alias }); break;
            case 3: await _life.AskAsync("DescribeCollection", new DescribeCollectionRequest { DbName = book.Database, CollectionName = alias }); break;
            // Partitions of a loaded collection are loaded by themselves some time later, which is a matter of pace.
            default:
                if (book.IsLoaded) break;
                await _life.AskAsync("CreatePartition", new CreatePartitionRequest { DbName = book.Database, CollectionName = book.Name, PartitionName = partition });
                if (!book.Partitions.Contains(partition)) book.Partitions.Add(partition);
                break;
        }
    }

    private async Task DropAsync(Book book)
    {
        await _life.AskAsync("DropCollection", new DropCollectionRequest { DbName = book.Database, CollectionName = book.Name });
        _books.Remove(book);
        await _life.AskAsync("HasCollection", new HasCollectionRequest { DbName = book.Database, CollectionName = book.Name });
    }

    private Task ReadAsync(Book book)
    {
        (string Rpc, IMessage Request)[] reads =
        [
            ("DescribeCollection", new DescribeCollectionRequest { DbName = book.Database, CollectionName = book.Name }),
            ("DescribeCollection", new DescribeCollectionRequest { CollectionID = book.Id }),
            ("ShowPartitions", new ShowPartitionsRequest { DbName = book.Database, CollectionName = book.Name }),
            ("GetPersistentSegmentInfo", new GetPersistentSegmentInfoRequest { DbName = book.Database, CollectionName = book.Name }),
            ("GetCollectionStatistics", new GetCollectionStatisticsRequest { DbName = book.Database, CollectionName = book.Name }),
            ("GetLoadState", new GetLoadStateRequest { DbName = book.Database, CollectionName = book.Name }),
            ("GetLoadingProgress", new GetLoadingProgressRequest { DbName = book.Database, CollectionName = book.Name }),
            ("GetReplicas", new GetReplicasRequest { CollectionID = book.Id }),
            ("DescribeIndex", new DescribeIndexRequest { DbName = book.Database, CollectionName = book.Name }),
            ("DescribeIndex", new DescribeIndexRequest { DbName = book.Database, CollectionName = book.Name, IndexName = "x" }),
            ("ListAliases", new ListAliasesRequest { DbName = book.Database, CollectionName = book.Name }),
            ("GetCompactionState", new GetCompactionStateRequest { CompactionID = Compaction() }),
            ("GetCompactionStateWithPlans", new GetCompactionPlansRequest { CompactionID = Compaction() }),
            ("GetMetrics", new GetMetricsRequest { Request = """{"metric_type":"nothing"}""" }),
            ("Delete", Requests.Delete("r_none", [1])),
            ("Upsert", Requests.Upsert("r_none", [1])),
            ("GetQuerySegmentInfo", new GetQuerySegmentInfoRequest { CollectionName = "r_none" }),
            ("ShowCollections", new ShowCollectionsRequest { DbName = OtherDatabase }),
            ("ListDatabases", new ListDatabasesRequest()),
            ("Flush", Requests.Flush("r_none")),
            ("LoadCollection", new LoadCollectionRequest { CollectionName = "r_none" }),
        ];
        var (rpc, request) = reads[_random.Next(reads.Length)];
        return _life.AskAsync(rpc, request);
    }

    /// <summary>One that was, of a collection that may be gone by now, or one that never was.</summary>
    private long Compaction() => _compactions.Count > 0 && _random.Next(4) > 0 ? _compactions[_random.Next(_compactions.Count)] : _random.Next(1, 100);

    private sealed class Book(string name, long id, string database)
    {
        public string Name => name;

        public long Id => id;

        /// <summary>"" is the default one.</summary>
        public string Database => database;

        public bool IsIndexed { get; set; }

        public bool IsLoaded { get; set; }

        public List<string> Partitions { get; } = [];

        /// <summary>Keys that are there, the oldest first, by partition.</summary>
        public SortedDictionary<string, List<long>> Living { get; } = new(StringComparer.Ordinal);

        public void Wrote(string partition, long first, int rows)
        {
            if (!Living.TryGetValue(partition, out var keys)) Living[partition] = keys = [];
            for (var key = first; key < first + rows; key++) keys.Add(key);
        }
    }
}
