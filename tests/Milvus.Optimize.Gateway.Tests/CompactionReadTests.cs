using Milvus.Optimize.Wire;
using WireStatus = Milvus.Optimize.Wire.Status;

namespace Milvus.Optimize.Gateway.Tests;

public sealed class CompactionReadTests
{
    private static readonly WireStatus Ok = new();

    [Fact]
    public async Task Plans_of_an_old_server_name_one_target_at_most()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.Answer("GetCompactionState", new GetCompactionStateResponse { Status = Ok, State = CompactionState.Executing, ExecutingPlanNo = 1, CompletedPlanNo = 2, FailedPlanNo = 3, TimeoutPlanNo = 4 });
        var plans = new GetCompactionPlansResponse { Status = Ok, State = CompactionState.Executing };
        plans.MergeInfos.Add(new CompactionMergeInfo { Sources = { 1, 2 }, Target = -1 });
        plans.MergeInfos.Add(new CompactionMergeInfo { Sources = { 3, 4 }, Target = 5 });
        plans.MergeInfos.Add(new CompactionMergeInfo());
        server.Answer("GetCompactionStateWithPlans", plans);
        await using var gateway = Gateways.To(server);
        var seen = await gateway.GetCompactionAsync(Gateways.Books, 99, default);
        Assert.True(seen.Executing);
        Assert.Equal((1, 2, 7), (seen.ExecutingPlans, seen.CompletedPlans, seen.FailedPlans));
        Assert.Collection(
            seen.Plans!.Value,
            running => Assert.Equal(("1,2", "", false), (string.Join(',', running.Sources), string.Join(',', running.Targets), running.NamesEveryTarget)),
            done => Assert.Equal(("3,4", "5", false), (string.Join(',', done.Sources), string.Join(',', done.Targets), done.NamesEveryTarget)),
            blank => Assert.Equal((0, 0, false), (blank.Sources.Length, blank.Targets.Length, blank.NamesEveryTarget)));
        var asked = server.Last<GetCompactionPlansRequest>("GetCompactionStateWithPlans");
        Assert.Equal((99L, "", "", 0L), (asked.CompactionID, asked.DbName, asked.CollectionName, asked.CollectionId));
    }

    [Fact]
    public async Task Plans_of_a_new_server_name_every_target_and_the_reason()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        var plans = new GetCompactionPlansResponse { Status = Ok, State = CompactionState.Completed };
        plans.MergeInfos.Add(new CompactionMergeInfo { Sources = { 1, 2, 3 }, Target = 7, PlanId = 70, Targets = { 7, 8 } });
        plans.MergeInfos.Add(new CompactionMergeInfo { Sources = { 4 }, Target = -1, PlanId = 71, FailureReason = "slot" });
        server.Answer("GetCompactionStateWithPlans", plans);
        await using var gateway = Gateways.To(server);
        var seen = await gateway.GetCompactionAsync(Gateways.Books, 99, default);
        Assert.False(seen.Executing);
        Assert.Collection(
            seen.Plans!.Value,
            done => Assert.Equal(("7,8", true, ""), (string.Join(',', done.Targets), done.NamesEveryTarget, done.FailureReason)),
            failed => Assert.Equal((0, true, "slot"), (failed.Targets.Length, failed.NamesEveryTarget, failed.FailureReason)));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("GetCompactionState", true)]
    [InlineData("GetCompactionStateWithPlans", true)]
    public async Task Where_no_call_tells_the_state_it_is_not_known(string there, bool known)
    {
        await using var server = await ScriptedMilvus.StartAsync();
        if (there == "GetCompactionState") server.Answer(there, new GetCompactionStateResponse { Status = Ok, State = CompactionState.Completed });
        if (there == "GetCompactionStateWithPlans") server.Answer(there, new GetCompactionPlansResponse { Status = Ok, State = CompactionState.Completed });
        await using var gateway = Gateways.To(server);
        Assert.Equal(known, (await gateway.GetCompactionAsync(Gateways.Books, 99, default)).StateKnown);
    }

    [Fact]
    public async Task A_message_without_a_state_does_not_execute()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.Answer("GetCompactionStateWithPlans", new GetCompactionPlansResponse());
        await using var gateway = Gateways.To(server);
        Assert.False((await gateway.GetCompactionAsync(Gateways.Books, 99, default)).Executing);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task The_id_that_means_all_plans_is_never_asked_for(long id)
    {
        await using var server = await ScriptedMilvus.StartAsync();
        await using var gateway = Gateways.To(server);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => gateway.GetCompactionAsync(Gateways.Books, id, default));
        Assert.Empty(server.Seen);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(100, 100)]
    public async Task Refresh_progress_is_what_the_server_sends(long sent, long read)
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.Answer("GetLoadingProgress", new GetLoadingProgressResponse { Status = Ok, Progress = 100, RefreshProgress = sent });
        await using var gateway = Gateways.To(server);
        Assert.Equal(read, await gateway.GetRefreshProgressAsync(Gateways.Books, default));
    }

    [Fact]
    public async Task A_flush_is_followed_by_its_segments_and_instant()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        var flushed = new FlushResponse { Status = Ok };
        flushed.CollSegIDs["books"] = new LongArray { Data = { 8, 9 } };
        flushed.CollFlushTs["books"] = 1234;
        server.Answer("Flush", flushed);
        server.Answer("GetFlushState", new GetFlushStateResponse { Status = Ok, Flushed = true });
        await using var gateway = Gateways.To(server);
        Assert.True(await gateway.IsFlushedAsync(Gateways.Books, await gateway.FlushAsync(Gateways.Books, default), default));
        var asked = server.Last<GetFlushStateRequest>("GetFlushState");
        Assert.Equal(("8,9", 1234ul, "db1", "books"), (string.Join(',', asked.SegmentIDs), asked.FlushTs, asked.DbName, asked.CollectionName));
    }
}
