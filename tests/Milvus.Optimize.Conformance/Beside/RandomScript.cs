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
    private int _made;

    public async Task RunAsync(int calls)
    {
        while (servers.Calls < calls) await StepAsync();
        foreach (var book in _books) await _life.AskAsync("DropCollection", new DropCollectionRequest { CollectionName = book.Name });
        servers.Finish();
    }

    private async Task StepAsync()
    {
        if (_books.Count == 0 || (_books.Count < MostCollections && _random.Next(12) == 0))
        {
            var name = $"r{seed}_{_made++}";
            _books.Add(new Book(name, await _life.CreateAsync(name)));
            return;
        }

        var book = _books[_random.Next(_books.Count)];
        switch (_random.Next(20))
        {
            case < 5: await WriteAsync(book); break;
            case < 7: await ChangeIndexAsync(book); break;
            case < 10: await ChangeLoadAsync(book); break;
            case < 12: await CompactAsync(book); break;
            case < 14: await NameAsync(book); break;
            case 14 when _random.Next(3) == 0: await DropAsync(book); break;
            default: await ReadAsync(book); break;
        }
    }

    private async Task WriteAsync(Book book)
    {
        await _life.InsertAsync(book.Name, 1100 + _random.Next(900), book.Partitions.Count > 0 && _random.Next(2) == 0 ? book.Partitions[_random.Next(book.Partitions.Count)] : "");
        await _life.FlushAsync(book.Name);
        if (book.IsIndexed) await _life.IndexedAsync(book.Name);
    }

    private async Task ChangeIndexAsync(Book book)
    {
        if (!book.IsIndexed || _random.Next(4) == 0)
        {
            await _life.IndexAsync(book.Name);
            book.IsIndexed = true;
            return;
        }

        await _life.AskAsync("DropIndex", new DropIndexRequest { CollectionName = book.Name, FieldName = "v", IndexName = "v" });
        book.IsIndexed = book.IsLoaded;
    }

    private async Task ChangeLoadAsync(Book book)
    {
        if (book.IsLoaded && _random.Next(3) == 0)
        {
            await _life.AskAsync("ReleaseCollection", new ReleaseCollectionRequest { CollectionName = book.Name });
            book.IsLoaded = false;
            return;
        }

        await _life.LoadAsync(book.Name, refresh: _random.Next(2) == 0);
        var state = (await servers.AskAsync("GetLoadState", new GetLoadStateRequest { CollectionName = book.Name })).Message as GetLoadStateResponse;
        book.IsLoaded = state?.State == LoadState.Loaded;
    }

    private async Task CompactAsync(Book book)
    {
        await _life.CompactAsync(book.Id, book.Name, book.IsIndexed);
        await _life.SegmentsAsync(book.Name);
    }

    private async Task NameAsync(Book book)
    {
        var alias = $"{_books[_random.Next(_books.Count)].Name}_alias";
        var partition = $"p{_random.Next(3)}";
        switch (_random.Next(5))
        {
            case 0: await _life.AskAsync("CreateAlias", new CreateAliasRequest { CollectionName = book.Name, Alias = alias }); break;
            case 1: await _life.AskAsync("AlterAlias", new AlterAliasRequest { CollectionName = book.Name, Alias = alias }); break;
            case 2: await _life.AskAsync("DropAlias", new DropAliasRequest { Alias = alias }); break;
            case 3: await _life.AskAsync("DescribeCollection", new DescribeCollectionRequest { CollectionName = alias }); break;
            // Partitions of a loaded collection are loaded by themselves some time later, which is a matter of pace.
            default:
                if (book.IsLoaded) break;
                await _life.AskAsync("CreatePartition", new CreatePartitionRequest { CollectionName = book.Name, PartitionName = partition });
                if (!book.Partitions.Contains(partition)) book.Partitions.Add(partition);
                break;
        }
    }

    private async Task DropAsync(Book book)
    {
        await _life.AskAsync("DropCollection", new DropCollectionRequest { CollectionName = book.Name });
        _books.Remove(book);
        await _life.AskAsync("HasCollection", new HasCollectionRequest { CollectionName = book.Name });
    }

    private Task ReadAsync(Book book)
    {
        (string Rpc, IMessage Request)[] reads =
        [
            ("DescribeCollection", new DescribeCollectionRequest { CollectionName = book.Name }),
            ("DescribeCollection", new DescribeCollectionRequest { CollectionID = book.Id }),
            ("ShowPartitions", new ShowPartitionsRequest { CollectionName = book.Name }),
            ("GetPersistentSegmentInfo", new GetPersistentSegmentInfoRequest { CollectionName = book.Name }),
            ("GetCollectionStatistics", new GetCollectionStatisticsRequest { CollectionName = book.Name }),
            ("GetLoadState", new GetLoadStateRequest { CollectionName = book.Name }),
            ("GetLoadingProgress", new GetLoadingProgressRequest { CollectionName = book.Name }),
            ("GetReplicas", new GetReplicasRequest { CollectionID = book.Id }),
            ("DescribeIndex", new DescribeIndexRequest { CollectionName = book.Name }),
            ("DescribeIndex", new DescribeIndexRequest { CollectionName = book.Name, IndexName = "x" }),
            ("ListAliases", new ListAliasesRequest { CollectionName = book.Name }),
            ("GetCompactionState", new GetCompactionStateRequest { CompactionID = _random.Next(1, 100) }),
            ("Flush", Requests.Flush("r_none")),
            ("LoadCollection", new LoadCollectionRequest { CollectionName = "r_none" }),
        ];
        var (rpc, request) = reads[_random.Next(reads.Length)];
        return _life.AskAsync(rpc, request);
    }

    private sealed class Book(string name, long id)
    {
        public string Name => name;

        public long Id => id;

        public bool IsIndexed { get; set; }

        public bool IsLoaded { get; set; }

        public List<string> Partitions { get; } = [];
    }
}
