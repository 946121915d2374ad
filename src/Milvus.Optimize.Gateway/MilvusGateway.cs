using System.Collections.Immutable;
using System.Globalization;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Wire;
using LoadState = Milvus.Optimize.Core.Milvus.LoadState;

namespace Milvus.Optimize.Gateway;

/// <summary>
/// One Milvus cluster over gRPC. Reads share one channel, have a deadline each and are tried again while their failures are transient; a trigger has
/// a channel of its own and is sent at most once. Safe for any number of callers at once.
/// </summary>
public sealed class MilvusGateway : IMilvusGateway, IAsyncDisposable
{
    private readonly MilvusConnectionOptions _options;
    private readonly TimeProvider _time;
    private readonly ReadCalls _reads;
    private readonly CollectionFinder _finder;
    private readonly ManagementPort? _management;

    /// <param name="options">Checked here; no connection is opened yet.</param>
    /// <param name="time">Measures the pauses between tries.</param>
    /// <exception cref="ArgumentException">An option cannot work, or a TLS file cannot be read.</exception>
    public MilvusGateway(MilvusConnectionOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        options.Validate();
        _options = options;
        _time = time;
        _reads = new(options, time);
        _finder = new(_reads);
        _management = options.ManagementAddress is { } address ? new(options, address) : null;
    }

    /// <inheritdoc/>
    public async Task<ServerDescription> DescribeServerAsync(string database, CancellationToken cancellationToken)
    {
        // Connect is the call that fails where the database is unknown; servers up to 2.2 do not have it.
        var connect = new ConnectRequest { ClientInfo = Client() };
        var greeting = await _reads.TryCallAsync(database, (c, o) => c.ConnectAsync(connect, o), a => a.Status, cancellationToken).ConfigureAwait(false);
        try
        {
            var answer = await _reads.CallAsync(database, (c, o) => c.GetVersionAsync(new GetVersionRequest(), o), a => a.Status, cancellationToken)
                .ConfigureAwait(false);
            return new(answer.Version, ServerVersion.Generations(answer.Version));
        }
        catch (MilvusException e) when (e.Failure.Kind == MilvusFailureKind.NotSupported)
        {
            if (greeting?.ServerInfo?.BuildTags is { Length: > 0 } tags) return new(tags, ServerVersion.Generations(tags));
            throw new MilvusException(e.Failure with { Reason = $"{_options.Address.Authority} does not answer as a Milvus server: check the address ({e.Failure.Reason})" }, e);
        }
    }

    /// <inheritdoc/>
    public async Task<CollectionDescription> DescribeCollectionAsync(string database, string nameOrAlias, CancellationToken cancellationToken)
    {
        var request = new DescribeCollectionRequest { DbName = database, CollectionName = nameOrAlias };
        var answer = await _reads.CallAsync(database, (c, o) => c.DescribeCollectionAsync(request, o), a => a.Status, cancellationToken).ConfigureAwait(false);
        return Observations.Of(answer, database);
    }

    /// <inheritdoc/>
    public Task<CollectionDescription?> FindCollectionAsync(string database, long collectionId, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(collectionId);
        return _finder.FindAsync(database, collectionId, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<CollectionName>?> ListCollectionsAsync(string? database, CancellationToken cancellationToken) =>
        await _finder.ListAsync(database, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<ServerLimits?> DescribeLimitsAsync(CollectionName name, CancellationToken cancellationToken)
    {
        try
        {
            var metrics = new GetMetricsRequest { Request = SystemInformation.Request };
            var answer = await _reads.TryCallAsync(null, (c, o) => c.GetMetricsAsync(metrics, o), a => a.Status, cancellationToken).ConfigureAwait(false);
            return answer is null ? null : SystemInformation.Limits(answer.Response, name.CollectionId, await CountReplicasAsync(name, cancellationToken).ConfigureAwait(false));
        }
        catch (MilvusException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<IndexObservation>> DescribeIndexesAsync(CollectionName name, ulong timestamp, CancellationToken cancellationToken)
    {
        var request = new DescribeIndexRequest { DbName = name.Database, CollectionName = name.Name, Timestamp = timestamp };
        try
        {
            var answer = await _reads.CallAsync(name.Database, (c, o) => c.DescribeIndexAsync(request, o), a => a.Status, cancellationToken).ConfigureAwait(false);
            return [.. answer.IndexDescriptions.Select(Observations.Of)];
        }
        catch (MilvusException e) when (e.Code == MilvusFailure.IndexNotFound)
        {
            return [];
        }
    }

    /// <inheritdoc/>
    public async Task<ulong?> AllocateTimestampAsync(CancellationToken cancellationToken)
    {
        var answer = await _reads.TryCallAsync(null, (c, o) => c.AllocTimestampAsync(new AllocTimestampRequest(), o), a => a.Status, cancellationToken)
            .ConfigureAwait(false);
        return answer?.Timestamp;
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<SegmentObservation>?> ListSegmentsAsync(CollectionName name, CancellationToken cancellationToken)
    {
        var request = new GetPersistentSegmentInfoRequest { DbName = name.Database, CollectionName = name.Name };
        var answer = await _reads.TryCallAsync(
            name.Database, (c, o) => c.GetPersistentSegmentInfoAsync(request, o), a => a.Status, cancellationToken, segmentsMayVanish: true).ConfigureAwait(false);
        return answer?.Infos.Select(Observations.Of).ToImmutableArray();
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<QuerySegmentObservation>?> ListQuerySegmentsAsync(CollectionName name, CancellationToken cancellationToken)
    {
        var request = new GetQuerySegmentInfoRequest { DbName = name.Database, CollectionName = name.Name };
        try
        {
            var answer = await _reads.TryCallAsync(
                name.Database, (c, o) => c.GetQuerySegmentInfoAsync(request, o), a => a.Status, cancellationToken, segmentsMayVanish: true).ConfigureAwait(false);
            return answer?.Infos.Select(Observations.Of).ToImmutableArray();
        }
        catch (MilvusException e) when (e.Code == MilvusFailure.CollectionNotLoaded)
        {
            return [];
        }
    }

    /// <inheritdoc/>
    public async Task<int> CountReplicasAsync(CollectionName name, CancellationToken cancellationToken)
    {
        try
        {
            var request = new GetReplicasRequest { CollectionID = name.CollectionId, CollectionName = name.Name, DbName = name.Database };
            var answer = await _reads.TryCallAsync(name.Database, (c, o) => c.GetReplicasAsync(request, o), a => a.Status, cancellationToken).ConfigureAwait(false);
            return Math.Max(1, answer?.Replicas.Count ?? 1);
        }
        catch (MilvusException)
        {
            return 1;
        }
    }

    /// <inheritdoc/>
    public Task<TriggerOutcome> TriggerForceMergeAsync(TriggerRequest request, ISendPermit permit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        // An old server reads 0 as "every collection".
        if (request.Name.CollectionId <= 0) throw new ArgumentException("A trigger must name its collection by an id above 0.", nameof(request));
        return new TriggerCall(_options, request, new TriggerPermit(permit)).SendAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<CompactionObservation> GetCompactionAsync(CollectionName name, long compactionId, CancellationToken cancellationToken)
    {
        // An old server reads 0 as "all plans of all collections".
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(compactionId);
        // The counters first: when the plans, asked last, say that nothing executes, they are the plans of the end.
        var state = new GetCompactionStateRequest { CompactionID = compactionId };
        var counters = await _reads.TryCallAsync(name.Database, (c, o) => c.GetCompactionStateAsync(state, o), a => a.Status, cancellationToken).ConfigureAwait(false);
        var detail = new GetCompactionPlansRequest { CompactionID = compactionId };
        var plans = await _reads.TryCallAsync(name.Database, (c, o) => c.GetCompactionStateWithPlansAsync(detail, o), a => a.Status, cancellationToken)
            .ConfigureAwait(false);
        return new(
            (plans?.State ?? counters?.State) == CompactionState.Executing, plans?.MergeInfos.Select(Observations.Of).ToImmutableArray(),
            (int)(counters?.ExecutingPlanNo ?? 0), (int)(counters?.CompletedPlanNo ?? 0), (int)((counters?.FailedPlanNo ?? 0) + (counters?.TimeoutPlanNo ?? 0)),
            StateKnown: plans is not null || counters is not null);
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<ListedCompaction>?> ListCompactionsAsync(CollectionName name, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(name.CollectionId);
        var request = new GetCompactionPlansRequest { DbName = name.Database, CollectionName = name.Name, CollectionId = name.CollectionId };
        try
        {
            var answer = await _reads.TryCallAsync(name.Database, (c, o) => c.GetCompactionStateWithPlansAsync(request, o), a => a.Status, cancellationToken)
                .ConfigureAwait(false);
            return answer is null ? null : Observations.Of(answer, name.CollectionId);
        }
        catch (MilvusException e) when (e.Failure.Kind == MilvusFailureKind.Permanent && e.Code != MilvusFailure.CollectionNotFound)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<ListedTask>> ListTasksAsync(CollectionName name, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(name.CollectionId);
        return _management is null ? [] : await _management.ListTasksAsync(name.CollectionId, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<LoadState> GetLoadStateAsync(CollectionName name, CancellationToken cancellationToken)
    {
        var request = new GetLoadStateRequest { DbName = name.Database, CollectionName = name.Name };
        var answer = await _reads.CallAsync(name.Database, (c, o) => c.GetLoadStateAsync(request, o), a => a.Status, cancellationToken).ConfigureAwait(false);
        return (LoadState)answer.State;
    }

    /// <inheritdoc/>
    public async Task RefreshLoadAsync(CollectionName name, CancellationToken cancellationToken)
    {
        var request = new LoadCollectionRequest { DbName = name.Database, CollectionName = name.Name, Refresh = true };
        await _reads.CallOnceAsync(name.Database, (c, o) => c.LoadCollectionAsync(request, o), a => a, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<long?> GetRefreshProgressAsync(CollectionName name, CancellationToken cancellationToken)
    {
        var request = new GetLoadingProgressRequest { DbName = name.Database, CollectionName = name.Name };
        var answer = await _reads.TryCallAsync(name.Database, (c, o) => c.GetLoadingProgressAsync(request, o), a => a.Status, cancellationToken).ConfigureAwait(false);
        return answer?.RefreshProgress;
    }

    /// <inheritdoc/>
    public async Task<FlushTicket> FlushAsync(CollectionName name, CancellationToken cancellationToken)
    {
        var request = new FlushRequest { DbName = name.Database, CollectionNames = { name.Name } };
        var answer = await _reads.CallOnceAsync(name.Database, (c, o) => c.FlushAsync(request, o), a => a.Status, cancellationToken).ConfigureAwait(false);
        return Observations.Of(answer, name.Name);
    }

    /// <inheritdoc/>
    public async Task<bool> IsFlushedAsync(CollectionName name, FlushTicket ticket, CancellationToken cancellationToken)
    {
        var request = new GetFlushStateRequest
        {
            SegmentIDs = { ticket.SegmentIds },
            FlushTs = ticket.FlushTimestamp,
            DbName = name.Database,
            CollectionName = name.Name,
        };
        var answer = await _reads.CallAsync(name.Database, (c, o) => c.GetFlushStateAsync(request, o), a => a.Status, cancellationToken).ConfigureAwait(false);
        return answer.Flushed;
    }

    /// <summary>Closes the connections. Calls in flight fail; a trigger in flight ends with its own connection.</summary>
    public ValueTask DisposeAsync()
    {
        _reads.Dispose();
        _management?.Dispose();
        return ValueTask.CompletedTask;
    }

    private ClientInfo Client() => new()
    {
        SdkType = "DotNet",
        SdkVersion = typeof(MilvusGateway).Assembly.GetName().Version?.ToString(3) ?? "0",
        LocalTime = _time.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        User = _options.User ?? "",
        Host = Environment.MachineName,
    };
}
