using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Gateway;

namespace Milvus.Optimize.RealServer.Tests;

/// <summary>What the rest of the project takes for granted of a gateway, whichever server stands behind it. One suite for simulated and real ones.</summary>
[Collection("real server")]
public sealed class GatewayContract(SharedMilvus real) : IAsyncLifetime
{
    private readonly ContractServers _servers = new(real);
    private MilvusGateway? _gateway;
    private Seed? _seed;

    public static TheoryData<string> Servers => ContractServers.Names;

    private MilvusGateway Gateway => _gateway!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _seed?.Dispose();
        if (_gateway is not null) await _gateway.DisposeAsync();
        await _servers.DisposeAsync();
    }

    [Theory, MemberData(nameof(Servers))]
    public async Task A_name_an_alias_and_an_id_lead_to_one_collection(string server)
    {
        var name = await MakeAsync(server, segments: 1);
        var alias = $"alias_{name.Name}"[..24];
        await _seed!.AliasAsync(name.Name, alias);
        Assert.Equal(name, (await Gateway.DescribeCollectionAsync("default", alias, default)).Name);
        Assert.Equal(name, (await Gateway.FindCollectionAsync("default", name.CollectionId, default))!.Name);
        Assert.Null(await Gateway.FindCollectionAsync("default", 4711, default));
        var unknown = await Assert.ThrowsAsync<MilvusException>(() => Gateway.DescribeCollectionAsync("default", "nobody", default));
        Assert.Equal((MilvusFailure.CollectionNotFound, MilvusFailureKind.Permanent), (unknown.Code, unknown.Failure.Kind));
    }

    [Theory, MemberData(nameof(Servers))]
    public async Task A_merge_shows_its_sources_at_once_and_its_target_at_the_end(string server)
    {
        var name = await MakeAsync(server, segments: 3);
        var before = MergeNeed.Flushed((await Gateway.ListSegmentsAsync(name, default))!.Value);
        Assert.Equal((3, 6000L), (before.Length, before.Sum(s => s.Rows)));

        var sent = Assert.IsType<TriggerOutcome.Acknowledged>(await Gateway.TriggerForceMergeAsync(Request(name), new Permit(), default));
        Assert.True(sent.CompactionId > 0);
        var first = await Gateway.GetCompactionAsync(name, sent.CompactionId, default);
        Assert.Equal(before.Select(s => s.Id), first.Plans!.Value.SelectMany(p => p.Sources).Order());

        await UntilAsync(async () => !(await Gateway.GetCompactionAsync(name, sent.CompactionId, default)).Executing);
        var after = Assert.Single(MergeNeed.Flushed((await Gateway.ListSegmentsAsync(name, default))!.Value));
        Assert.Equal(6000, after.Rows);
        var plan = Assert.Single((await Gateway.GetCompactionAsync(name, sent.CompactionId, default)).Plans!.Value);
        Assert.Equal(after.Id, Assert.Single(plan.Targets));
    }

    [Theory, MemberData(nameof(Servers))]
    public async Task Right_after_a_merge_only_a_fresh_timestamp_or_the_pending_rows_tell_that_the_index_is_not_built(string server)
    {
        var name = await MakeAsync(server, segments: 3);
        var sent = Assert.IsType<TriggerOutcome.Acknowledged>(await Gateway.TriggerForceMergeAsync(Request(name), new Permit(), default));
        await UntilAsync(async () => !(await Gateway.GetCompactionAsync(name, sent.CompactionId, default)).Executing);
        var fresh = (await Gateway.AllocateTimestampAsync(default))!.Value;
        var old = Assert.Single(await Gateway.DescribeIndexesAsync(name, 0, default));
        Assert.Equal(IndexState.Finished, old.State);
        await UntilAsync(async () => Assert.Single(await Gateway.DescribeIndexesAsync(name, fresh, default)) is { State: IndexState.Finished, PendingRows: 0 });
    }

    [Theory, MemberData(nameof(Servers))]
    public async Task A_refused_permit_sends_nothing(string server)
    {
        var name = await MakeAsync(server, segments: 2);
        var before = await _seed!.SegmentsAsync(name.Name);
        Assert.IsType<TriggerOutcome.NotSent>(await Gateway.TriggerForceMergeAsync(Request(name), new Permit { Refuses = true }, default));
        Assert.Equal(before, await _seed.SegmentsAsync(name.Name));
    }

    [Theory, MemberData(nameof(Servers))]
    public async Task An_unknown_compaction_is_completed_and_has_no_plans(string server)
    {
        var name = await MakeAsync(server, segments: 0);
        var unknown = await Gateway.GetCompactionAsync(name, 4711, default);
        Assert.Equal((false, true), (unknown.Executing, unknown.Plans!.Value.IsEmpty));
    }

    [Theory, MemberData(nameof(Servers))]
    public async Task A_load_is_refreshed_and_one_that_is_none_is_refused(string server)
    {
        var name = await MakeAsync(server, segments: 1);
        Assert.Equal(LoadState.Loaded, await Gateway.GetLoadStateAsync(name, default));
        await Gateway.RefreshLoadAsync(name, default);
        await UntilAsync(async () => await Gateway.GetRefreshProgressAsync(name, default) >= 100);
        Assert.Single((await Gateway.ListQuerySegmentsAsync(name, default))!.Value);

        var unloaded = await MakeAsync(server, segments: 1, load: false);
        Assert.Equal(LoadState.NotLoaded, await Gateway.GetLoadStateAsync(unloaded, default));
        Assert.Equal(MilvusFailure.CollectionNotLoaded, (await Assert.ThrowsAsync<MilvusException>(() => Gateway.RefreshLoadAsync(unloaded, default))).Code);
    }

    private static TriggerRequest Request(CollectionName name) => new(name, TargetSize.Automatic.Megabytes, TimeSpan.FromSeconds(10));

    private async Task<CollectionName> MakeAsync(string server, int segments, bool load = true)
    {
        var address = await _servers.AddressAsync(server);
        _seed ??= new(address);
        _gateway ??= new(new() { Address = address }, TimeProvider.System);
        var name = await _seed.MakeAsync(new($"contract_{Guid.NewGuid():N}"[..24], segments, Load: load));
        return (await Gateway.DescribeCollectionAsync("default", name, default)).Name;
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var over = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await holds()) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, over.Token);
    }

    private sealed class Permit : ISendPermit
    {
        public bool Refuses { get; init; }

        public bool TryUse() => !Refuses;
    }
}
