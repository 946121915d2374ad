using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Gateway.Tests;

/// <summary>The newest servers list a collection's compactions; older ones take the same question for "all plans of all collections".</summary>
public sealed class CompactionListTests
{
    [Fact]
    public async Task It_is_asked_for_by_collection_and_without_an_id()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.Answer("GetCompactionStateWithPlans", Plans(Of(Gateways.Books.CollectionId, 7, CompactionTaskState.Executing, 1, 2)));
        await using var gateway = Gateways.To(server);
        var listed = Assert.Single((await gateway.ListCompactionsAsync(Gateways.Books, default))!.Value);
        Assert.Equal((7L, "1,2", true), (listed.CompactionId, string.Join(',', listed.Sources), listed.AtWork));
        var asked = server.Last<GetCompactionPlansRequest>("GetCompactionStateWithPlans");
        Assert.Equal((0L, "db1", "books", 42L), (asked.CompactionID, asked.DbName, asked.CollectionName, asked.CollectionId));
    }

    [Theory]
    [InlineData(nameof(CompactionTaskState.Unknown), true)]
    [InlineData(nameof(CompactionTaskState.Executing), true)]
    [InlineData(nameof(CompactionTaskState.Pipelining), true)]
    [InlineData(nameof(CompactionTaskState.Completed), false)]
    [InlineData(nameof(CompactionTaskState.Failed), false)]
    [InlineData(nameof(CompactionTaskState.Timeout), false)]
    [InlineData(nameof(CompactionTaskState.Analyzing), true)]
    [InlineData(nameof(CompactionTaskState.Indexing), true)]
    [InlineData(nameof(CompactionTaskState.Cleaned), false)]
    [InlineData(nameof(CompactionTaskState.MetaSaved), true)]
    [InlineData(nameof(CompactionTaskState.Statistic), true)]
    public void What_is_not_known_to_be_over_is_at_work(string state, bool atWork) =>
        Assert.Equal(atWork, Observations.Of(Plans(Of(42, 7, Enum.Parse<CompactionTaskState>(state), 1)), 42)!.Value.Single().AtWork);

    [Fact]
    public void Plans_of_other_collections_are_left_out() =>
        Assert.Equal([8L], Observations.Of(Plans(Of(41, 7, CompactionTaskState.Executing, 1), Of(42, 8, CompactionTaskState.Executing, 2)), 42)!.Value.Select(l => l.CompactionId));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void An_id_that_is_none_is_not_named(long trigger) =>
        Assert.Equal((0, true), Observations.Of(Plans(Of(42, trigger, CompactionTaskState.Executing, 1, 2)), 42)!.Value.Select(l => (l.CompactionId, l.AtWork)).Single());

    [Fact]
    public void It_is_not_believed_unless_every_plan_says_whose_it_is()
    {
        Assert.Null(Observations.Of(Plans(), 42));
        Assert.Null(Observations.Of(Plans(new CompactionMergeInfo { Sources = { 1, 2 }, Target = -1 }), 42));
        Assert.Null(Observations.Of(Plans(Of(42, 7, CompactionTaskState.Executing, 1), new CompactionMergeInfo { Sources = { 3 } }), 42));
    }

    [Fact]
    public async Task A_server_without_the_call_or_that_refuses_it_lists_nothing()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        await using var gateway = Gateways.To(server);
        Assert.Null(await gateway.ListCompactionsAsync(Gateways.Books, default));
        server.Answer("GetCompactionStateWithPlans", new GetCompactionPlansResponse { Status = new() { Code = 1100, Reason = "invalid parameter" } });
        Assert.Null(await gateway.ListCompactionsAsync(Gateways.Books, default));
    }

    [Fact]
    public async Task A_collection_that_is_gone_is_no_empty_list()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.Answer("GetCompactionStateWithPlans", new GetCompactionPlansResponse { Status = new() { Code = MilvusFailure.CollectionNotFound, Reason = "collection not found" } });
        await using var gateway = Gateways.To(server);
        await Assert.ThrowsAsync<MilvusException>(() => gateway.ListCompactionsAsync(Gateways.Books, default));
    }

    [Fact]
    public async Task The_id_that_means_every_collection_is_never_asked_for()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        await using var gateway = Gateways.To(server);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => gateway.ListCompactionsAsync(Gateways.Books with { CollectionId = 0 }, default));
        Assert.Empty(server.Seen);
    }

    private static GetCompactionPlansResponse Plans(params CompactionMergeInfo[] plans) => new() { Status = new(), MergeInfos = { plans } };

    private static CompactionMergeInfo Of(long collection, long trigger, CompactionTaskState state, params long[] sources) =>
        new() { CollectionId = collection, TriggerId = trigger, PlanId = trigger * 10, State = state, Sources = { sources }, Target = -1 };
}
