using System.Collections.Immutable;
using Milvus.Optimize.Actors.Collections;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>An index asked for at a timestamp says nothing of segments that are younger: a build of one that failed must not be waited for in vain.</summary>
public sealed class YoungIndexes
{
    private const ulong Then = 7;

    [Theory]
    [InlineData(100, IndexState.Failed, IndexState.Failed)]
    [InlineData(100, IndexState.InProgress, IndexState.Finished)]
    [InlineData(0, IndexState.Failed, IndexState.Finished)]
    public async Task A_failed_build_is_seen_while_rows_wait_and_no_other_state(long pending, IndexState young, IndexState seen)
    {
        var server = new ScriptedGateway();
        var name = server.Make("books", 3);
        var report = await new EffectRunner(new YoungFails(server, pending, young))
            .RunAsync(new OptimizeEffect.ObserveIndexes(name, Then), RunId.Parse($"main.{name.CollectionId}.01KE3AAAAAAAAAAAAAAAAAAAAA"), DateTimeOffset.UnixEpoch, CancellationToken.None);
        Assert.Equal(seen, Assert.IsType<OptimizeCommand.RecordIndexes>(report).Indexes.Single().State);
    }

    private sealed class YoungFails(IMilvusGateway inner, long pending, IndexState young) : ForwardingGateway(inner)
    {
        public override Task<ImmutableArray<IndexObservation>> DescribeIndexesAsync(CollectionName name, ulong timestamp, CancellationToken cancellationToken) =>
            Task.FromResult(ImmutableArray.Create(new IndexObservation("v", "v", timestamp == Then ? IndexState.Finished : young, 6000, 6000 + pending, pending, "")));
    }
}
