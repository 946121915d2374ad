using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.RealServer.Tests;

/// <summary>What the rest of the project takes for granted of a gateway, whatever stands behind it. One suite for a scripted gateway, simulated servers and a real one.</summary>
[Collection("real server")]
public sealed class GatewayContract(SharedMilvus real) : IAsyncLifetime
{
    private ContractWorld? _world;

    private IMilvusGateway Gateway => _world!.Gateway;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_world is not null) await _world.DisposeAsync();
    }

    [Theory, ContractData, RealServerData]
    public async Task A_name_an_alias_and_an_id_lead_to_one_collection(string world)
    {
        var name = await MakeAsync(world, segments: 1);
        var alias = $"alias_{name.Name}"[..24];
        await _world!.AliasAsync(name.Name, alias);
        Assert.Equal(name, (await Gateway.DescribeCollectionAsync("default", alias, default)).Name);
        Assert.Equal(name, (await Gateway.FindCollectionAsync("default", name.CollectionId, default))!.Name);
        Assert.Null(await Gateway.FindCollectionAsync("default", 4711, default));
        var unknown = await Assert.ThrowsAsync<MilvusException>(() => Gateway.DescribeCollectionAsync("default", "nobody", default));
        Assert.Equal((MilvusFailure.CollectionNotFound, MilvusFailureKind.Permanent), (unknown.Code, unknown.Failure.Kind));
    }

    [Theory, ContractData, RealServerData]
    public async Task A_merge_shows_its_sources_at_once_and_its_target_at_the_end(string world)
    {
        var name = await MakeAsync(world, segments: 3);
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

    [Theory, ContractData, RealServerData]
    public async Task Right_after_a_merge_only_a_fresh_timestamp_or_the_pending_rows_tell_that_the_index_is_not_built(string world)
    {
        var name = await MakeAsync(world, segments: 3);
        var sent = Assert.IsType<TriggerOutcome.Acknowledged>(await Gateway.TriggerForceMergeAsync(Request(name), new Permit(), default));
        await UntilAsync(async () => !(await Gateway.GetCompactionAsync(name, sent.CompactionId, default)).Executing);
        var fresh = (await Gateway.AllocateTimestampAsync(default))!.Value;
        var old = Assert.Single(await Gateway.DescribeIndexesAsync(name, 0, default));
        Assert.Equal(IndexState.Finished, old.State);
        await UntilAsync(async () => Assert.Single(await Gateway.DescribeIndexesAsync(name, fresh, default)) is { State: IndexState.Finished, PendingRows: 0 });
    }

    [Theory, ContractData, RealServerData]
    public async Task A_refused_permit_sends_nothing(string world)
    {
        var name = await MakeAsync(world, segments: 2);
        var before = await _world!.SegmentsAsync(name);
        Assert.IsType<TriggerOutcome.NotSent>(await Gateway.TriggerForceMergeAsync(Request(name), new Permit { Refuses = true }, default));
        Assert.Equal(before, await _world.SegmentsAsync(name));
    }

    [Theory, ContractData, RealServerData]
    public async Task An_unknown_compaction_is_completed_and_has_no_plans(string world)
    {
        var name = await MakeAsync(world, segments: 0);
        var unknown = await Gateway.GetCompactionAsync(name, 4711, default);
        Assert.Equal((false, true), (unknown.Executing, unknown.Plans!.Value.IsEmpty));
    }

    [Theory, ContractData, RealServerData]
    public async Task A_load_is_refreshed_and_one_that_is_none_is_refused(string world)
    {
        var name = await MakeAsync(world, segments: 1);
        Assert.Equal(LoadState.Loaded, await Gateway.GetLoadStateAsync(name, default));
        await Gateway.RefreshLoadAsync(name, default);
        await UntilAsync(async () => await Gateway.GetRefreshProgressAsync(name, default) >= 100);
        Assert.Single((await Gateway.ListQuerySegmentsAsync(name, default))!.Value);

        var unloaded = await MakeAsync(world, segments: 1, load: false);
        Assert.Equal(LoadState.NotLoaded, await Gateway.GetLoadStateAsync(unloaded, default));
        Assert.Equal(MilvusFailure.CollectionNotLoaded, (await Assert.ThrowsAsync<MilvusException>(() => Gateway.RefreshLoadAsync(unloaded, default))).Code);
    }

    private static TriggerRequest Request(CollectionName name) => new(name, TargetSize.Automatic.Megabytes, TimeSpan.FromSeconds(10));

    private async Task<CollectionName> MakeAsync(string world, int segments, bool load = true)
    {
        _world ??= await ContractWorlds.OpenAsync(world, real);
        return await _world.MakeAsync($"contract_{Guid.NewGuid():N}"[..24], segments, load);
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
