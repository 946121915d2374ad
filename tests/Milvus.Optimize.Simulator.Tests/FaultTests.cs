using Grpc.Core;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>Each fault as a client sees it, and what the log says that really happened.</summary>
public sealed class FaultTests
{
    [Fact, ShowsScenario("unavailable-before")]
    public async Task Unavailable_before_the_effect_did_nothing()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "unavailable-before");
        var error = await Assert.ThrowsAsync<RpcException>(() => milvus.Compact());

        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.DoesNotContain(milvus.Books.Segments, segment => segment.IsCompacting);
        var line = milvus.Triggers.Single();
        Assert.Equal(("Unavailable", false, "ErrorBeforeEffect"), (line.GrpcStatus, line.Effect, line.Fault));
        Assert.True((await milvus.Compact()).CompactionID > 0);
    }

    [Fact, ShowsScenario("unavailable-after")]
    public async Task Unavailable_after_the_effect_started_a_compaction_whose_id_is_lost()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "unavailable-after");
        var error = await Assert.ThrowsAsync<RpcException>(() => milvus.Compact());

        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        var line = milvus.Triggers.Single();
        Assert.Equal((true, 1), (line.Effect, line.PlanIds!.Count));
        Assert.Equal(-1, (await milvus.Compact()).CompactionID);
        milvus.Pass(30);
        Assert.Single(await milvus.Segments());
    }

    [Theory]
    [InlineData("errorAfterEffect", StatusCode.Unavailable, StatusCode.Unavailable)]
    [InlineData("hang", StatusCode.DeadlineExceeded, StatusCode.DeadlineExceeded)]
    // A client tells a cut connection by the one or the other.
    [InlineData("connectionAbort", StatusCode.Unavailable, StatusCode.Internal)]
    public async Task The_refusal_of_a_call_is_lost_like_any_answer(string kind, StatusCode seen, StatusCode orSeen)
    {
        var fault = $"{kind},rpc=LoadCollection{(kind == "errorAfterEffect" ? "" : ",afterEffect=true")}";
        await using var milvus = await RunningSimulator.Start(more: o => o with { Faults = [FaultText.Parse(fault)] });
        var lost = await Assert.ThrowsAsync<RpcException>(async () =>
            await milvus.Milvus.LoadCollectionAsync(new() { CollectionName = "nowhere" }, RunningSimulator.Within(kind == "hang" ? 0.5 : 20)));
        Assert.Contains(lost.StatusCode, (StatusCode[])[seen, orSeen]);
        Assert.Equal(100, (await milvus.Milvus.LoadCollectionAsync(new() { CollectionName = "nowhere" })).Code);
        Assert.False(milvus.Control.Log.First(line => line.Rpc == "LoadCollection").Effect);
    }

    [Theory]
    [InlineData("hang")]
    [InlineData("hang,rpc=ManualCompact")]
    [InlineData("hang,rpc=Flush,count=0")]
    [InlineData("milvusCode,rpc=Flush")]
    [InlineData("planFailed,count=-1")]
    public async Task A_fault_that_could_never_strike_is_refused(string fault) =>
        await Assert.ThrowsAsync<ArgumentException>(() => RunningSimulator.Start(more: o => o with { Faults = [FaultText.Parse(fault)] }));

    [Fact]
    public async Task A_fault_of_one_collection_strikes_a_flush_of_several()
    {
        await using var milvus = await RunningSimulator.Start(more: o => o with { Faults = [FaultText.Parse("rateLimited,rpc=Flush,collection=films")] });
        Assert.Equal(8, (await milvus.Milvus.FlushAsync(new() { CollectionNames = { "books", "films" } })).Status.Code);
        Assert.Equal(0, (await milvus.Milvus.FlushAsync(new() { CollectionNames = { "books", "films" } })).Status.Code);
    }

    [Theory, ShowsScenario("hang"), ShowsScenario("hang-after")]
    [InlineData("hang", false)]
    [InlineData("hang-after", true)]
    public async Task A_hang_lasts_until_the_callers_deadline(string scenario, bool effect)
    {
        await using var milvus = await RunningSimulator.Start(scenario: scenario);
        var id = milvus.Books.Id;
        var error = await Assert.ThrowsAsync<RpcException>(async () => await milvus.Milvus.ManualCompactionAsync(
            new() { CollectionID = id, TargetSize = RunningSimulator.Auto }, RunningSimulator.Within(3)));

        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        Assert.Equal(effect, milvus.Triggers.Single().Effect);
        Assert.Equal(effect, milvus.Books.Segments.Any(segment => segment.IsCompacting));
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_a_call_that_hangs()
    {
        var milvus = await RunningSimulator.Start(scenario: "hang");
        var id = milvus.Books.Id;
        var call = milvus.Milvus.ManualCompactionAsync(new() { CollectionID = id, TargetSize = RunningSimulator.Auto }).ResponseAsync;
        await Until(() => milvus.Triggers.Any());

        await milvus.Server.StopAsync().WaitAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => call.WaitAsync(RunningSimulator.Bound))).StatusCode);
        await milvus.DisposeAsync();
    }

    [Fact, ShowsScenario("rate-limited")]
    public async Task A_milvus_code_comes_in_the_status_so_many_times()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "rate-limited");
        for (var i = 0; i < 3; i++)
        {
            var refused = await milvus.Compact();
            Assert.Equal((8, true, 0L), (refused.Status.Code, refused.Status.Retriable, refused.CompactionID));
        }

        Assert.True((await milvus.Compact()).CompactionID > 0);
        Assert.Equal([8, 8, 8, 0], milvus.Triggers.Select(line => line.Code));
    }

    [Fact, ShowsScenario("compaction-disabled")]
    public async Task Compaction_disabled_is_code_2_and_claims_to_be_retriable()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "compaction-disabled");
        var refused = await milvus.Compact();
        Assert.Equal((2, true), (refused.Status.Code, refused.Status.Retriable));
        Assert.Equal((2, 2), ((await milvus.State(1)).Status.Code, (await milvus.Plans(1)).Status.Code));
        milvus.Control.Configure(milvus.Control.Settings with { EnableCompaction = true });
        Assert.True((await milvus.Compact()).CompactionID > 0);
    }

    [Fact]
    public async Task Lite_has_no_compaction_that_could_be_disabled()
    {
        await using var lite = await RunningSimulator.Start("lite", "compaction-disabled");
        Assert.Equal((0, 0L), ((await lite.Compact()).Status.Code, (await lite.Compact()).CompactionID));
        Assert.Equal((0, Wire.CompactionState.Completed), ((await lite.State(1)).Status.Code, (await lite.State(1)).State));
    }

    [Fact, ShowsScenario("segment-lost")]
    public async Task Segment_info_can_lose_a_segment_with_code_600()
    {
        await using var milvus = await RunningSimulator.Start(scenario: "segment-lost");
        var reply = await milvus.Milvus.GetPersistentSegmentInfoAsync(new() { CollectionName = "books" });
        Assert.Equal((600, 0), (reply.Status.Code, reply.Infos.Count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cut_connection_is_unavailable_and_the_next_call_works(bool afterEffect)
    {
        await using var milvus = await RunningSimulator.Start();
        milvus.Control.ArmFault(new ConnectionAbort("ManualCompaction") { AfterEffect = afterEffect });

        var error = await Assert.ThrowsAsync<RpcException>(() => milvus.Compact());

        Assert.True(error.StatusCode is StatusCode.Unavailable or StatusCode.Internal or StatusCode.Cancelled, error.ToString());
        Assert.Equal(afterEffect, milvus.Triggers.Single().Effect);
        Assert.Equal(0, (await milvus.Compact()).Status.Code);
    }

    [Fact]
    public async Task A_delay_answers_late_and_does_the_work()
    {
        await using var milvus = await RunningSimulator.Start();
        milvus.Control.ArmFault(new Delayed("ManualCompaction", TimeSpan.FromSeconds(5)) { Collection = "books" });
        var call = milvus.Compact();
        Assert.False(call.IsCompleted);
        await Until(() =>
        {
            milvus.Pass(1);
            return call.IsCompleted;
        });
        Assert.True((await call).CompactionID > 0);
    }

    [Fact]
    public async Task A_fault_of_one_collection_leaves_the_others_alone()
    {
        await using var milvus = await RunningSimulator.Start();
        milvus.Control.ArmFault(new ErrorBeforeEffect("ManualCompaction") { Collection = "films" });
        Assert.True((await milvus.Compact()).CompactionID > 0);
        await Assert.ThrowsAsync<RpcException>(() => milvus.Compact("films"));
    }

    [Theory]
    [InlineData("g4")]
    [InlineData("2.3")]
    public async Task A_fault_of_one_collection_strikes_calls_that_name_it_by_an_id_alone(string generation)
    {
        await using var milvus = await RunningSimulator.Start(generation);
        var (books, films) = ((await milvus.Compact()).CompactionID, (await milvus.Compact("films")).CompactionID);
        milvus.Control.ArmFault(new ErrorBeforeEffect("GetCompactionState") { Collection = "films" });
        milvus.Control.ArmFault(new ErrorBeforeEffect("GetCompactionStateWithPlans") { Collection = "films" });
        milvus.Control.ArmFault(new ErrorBeforeEffect("ManualCompaction") { Collection = "films" });
        await milvus.State(books);
        await milvus.Plans(books);
        await milvus.Milvus.ManualCompactionAsync(new() { CollectionID = milvus.Books.Id });
        await Assert.ThrowsAsync<RpcException>(() => milvus.State(films));
        await Assert.ThrowsAsync<RpcException>(() => milvus.Plans(films));
        await Assert.ThrowsAsync<RpcException>(async () => await milvus.Milvus.ManualCompactionAsync(new() { CollectionID = milvus.Control.Find("films")!.Id }));
        await milvus.State(films);
    }

    [Fact]
    public async Task On_2_3_a_compaction_of_every_collection_is_about_each()
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        milvus.Control.ArmFault(new ErrorBeforeEffect("ManualCompaction") { Collection = "films" });
        await Assert.ThrowsAsync<RpcException>(async () => await milvus.Milvus.ManualCompactionAsync(new()));
        Assert.True((await milvus.Milvus.ManualCompactionAsync(new())).CompactionID > 0);
    }

    [Fact]
    public async Task On_2_3_a_compaction_that_names_one_collection_and_means_all_by_its_id_is_about_each()
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        foreach (var name in (string[])["films", "books"]) milvus.Control.ArmFault(new ErrorBeforeEffect("ManualCompaction") { Collection = name });
        for (var i = 0; i < 2; i++) await Assert.ThrowsAsync<RpcException>(async () => await milvus.Milvus.ManualCompactionAsync(new() { CollectionName = "books" }));
        Assert.Equal(2, (await milvus.Plans((await milvus.Milvus.ManualCompactionAsync(new() { CollectionName = "books" })).CompactionID)).MergeInfos.Count);
    }

    [Theory]
    [InlineData("2.3", true)]
    [InlineData("g4", false)]
    public async Task On_2_3_the_state_of_compaction_0_is_about_every_collection_with_plans(string generation, bool strikes)
    {
        await using var milvus = await RunningSimulator.Start(generation);
        foreach (var rpc in (string[])["GetCompactionState", "GetCompactionStateWithPlans"])
            foreach (var name in (string[])["films", "books"]) milvus.Control.ArmFault(new ErrorBeforeEffect(rpc) { Collection = name });
        await milvus.State(0);
        await milvus.Plans(0);
        await milvus.Compact("films", targetSize: 0);
        if (strikes)
        {
            await Assert.ThrowsAsync<RpcException>(() => milvus.State(0));
            await Assert.ThrowsAsync<RpcException>(() => milvus.Plans(0));
        }

        await milvus.State(0);
        await milvus.Plans(0);
    }

    internal static async Task Until(Func<bool> condition)
    {
        using var bound = new CancellationTokenSource(RunningSimulator.Bound);
        while (!condition())
        {
            bound.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
