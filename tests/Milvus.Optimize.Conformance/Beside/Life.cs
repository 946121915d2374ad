using Google.Protobuf;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Conformance;

/// <summary>Steps of a collection's life on two servers, each with the wait that an SDK makes after it.</summary>
internal sealed class Life(TwoServers servers)
{
    private long _nextKey = 1;

    public TwoServers Servers => servers;

    /// <returns>The collection's id at the real server.</returns>
    public async Task<long> CreateAsync(string name, int shards = 1, string database = "")
    {
        await servers.AskAsync("CreateCollection", Requests.Create(name, shards, database));
        return (await DescribeAsync(name, database))?.CollectionID ?? 0;
    }

    public async Task<DescribeCollectionResponse?> DescribeAsync(string name, string database = "") =>
        (await servers.AskAsync("DescribeCollection", new DescribeCollectionRequest { DbName = database, CollectionName = name })).Message as DescribeCollectionResponse;

    /// <returns>The first of the keys, which count upwards.</returns>
    public async Task<long> InsertAsync(string name, int rows, string partition = "", string database = "")
    {
        var first = _nextKey;
        _nextKey += rows;
        await servers.AskAsync("Insert", Requests.Insert(name, rows, first, partition, database));
        return first;
    }

    /// <summary>Flushes and waits until deletes are with their segments, too: a flush that sealed nothing has none to wait for.</summary>
    public async Task FlushDeletesAsync(string name, string database = "")
    {
        if ((await servers.AskAsync("Flush", Requests.Flush(name, database))).Message is not FlushResponse flush || !flush.CollFlushTs.TryGetValue(name, out var flushed)) return;
        var state = new GetFlushStateRequest { FlushTs = flushed, DbName = database, CollectionName = name };
        if (flush.CollSegIDs.TryGetValue(name, out var segments)) state.SegmentIDs.Add(segments.Data);
        await servers.WaitAsync("GetFlushState", state);
    }

    /// <summary>Flushes and waits for the segments that the flush sealed.</summary>
    public async Task FlushAsync(string name, string database = "")
    {
        var answer = await servers.AskAsync("Flush", Requests.Flush(name, database));
        if (answer.Message is not FlushResponse { CollSegIDs: { } sealedNow } flush || !sealedNow.TryGetValue(name, out var segments) || segments.Data.Count == 0) return;
        await servers.WaitAsync("GetFlushState", new GetFlushStateRequest
        {
            SegmentIDs = { segments.Data },
            FlushTs = flush.CollFlushTs[name],
            DbName = database,
            CollectionName = name,
        });
    }

    public async Task IndexAsync(string name, string database = "")
    {
        await servers.AskAsync("CreateIndex", Requests.Index(name, database));
        await IndexedAsync(name, database);
    }

    /// <summary>Waits until the index is finished, at a timestamp of now.</summary>
    public async Task IndexedAsync(string name, string database = "")
    {
        var now = ((AllocTimestampResponse)(await servers.AskAsync("AllocTimestamp", new AllocTimestampRequest())).Message!).Timestamp;
        await servers.WaitAsync("DescribeIndex", new DescribeIndexRequest { DbName = database, CollectionName = name, Timestamp = now });
    }

    public async Task LoadAsync(string name, bool refresh = false, string database = "")
    {
        var answer = await servers.AskAsync("LoadCollection", new LoadCollectionRequest { DbName = database, CollectionName = name, ReplicaNumber = refresh ? 0 : 1, Refresh = refresh });
        if (answer.Code is not "0/0") return;
        await servers.WaitAsync("GetLoadingProgress", new GetLoadingProgressRequest { DbName = database, CollectionName = name });
    }

    /// <summary>Compacts and waits until the plans are over and the products have their index.</summary>
    /// <returns>The compaction's id at the real server.</returns>
    public async Task<long> CompactAsync(long collection, string name, bool isIndexed = true, string database = "")
    {
        var answer = await servers.AskAsync("ManualCompaction", Requests.Compact(collection, name));
        if (answer.Message is not ManualCompactionResponse { CompactionID: > 0 and var id }) return 0;
        await servers.WaitAsync("GetCompactionStateWithPlans", new GetCompactionPlansRequest { CompactionID = id });
        await servers.AskAsync("GetCompactionState", new GetCompactionStateRequest { CompactionID = id });
        if (isIndexed) await IndexedAsync(name, database);
        return id;
    }

    /// <returns>How many segments the real server has.</returns>
    public async Task<int> CountSegmentsAsync(string name, string database = "") => (await servers.AskAsync(
        "GetPersistentSegmentInfo", new GetPersistentSegmentInfoRequest { DbName = database, CollectionName = name })).Message is GetPersistentSegmentInfoResponse list ? list.Infos.Count : 0;

    public Task SegmentsAsync(string name, string database = "") =>
        servers.AskAsync("GetPersistentSegmentInfo", new GetPersistentSegmentInfoRequest { DbName = database, CollectionName = name });

    /// <summary>Waits until the query nodes serve so many segments.</summary>
    public Task ServedAsync(string name, int segments, string database = "") => servers.WaitAsync("GetQuerySegmentInfo", new GetQuerySegmentInfoRequest { DbName = database, CollectionName = name },
        answer => answer.Message is GetQuerySegmentInfoResponse served && served.Infos.Count == segments);

    public Task AskAsync(string rpc, IMessage request) => servers.AskAsync(rpc, request);
}
