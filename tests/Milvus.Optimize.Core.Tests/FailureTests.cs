using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using static Milvus.Optimize.Core.Tests.Books;
using static Milvus.Optimize.Core.Tests.Scenario;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Tests;

/// <summary>A call to Milvus failed, or the collection is not what it was.</summary>
public sealed class FailureTests
{
    public static TheoryData<string> AllButParked => PersonTests.AllButParked;

    public static TheoryData<string> NotRefreshing =>
        [.. Life.Usual.EveryStage.Keys.Except([nameof(Life.NeedsOperator), nameof(Life.StartingRefresh), nameof(Life.RefreshingLoad)])];

    [Theory, MemberData(nameof(AllButParked))]
    public void What_may_pass_changes_nothing(string stage)
    {
        Given(Life.Usual.EveryStage[stage]).When(new C.RecordFailure(At(5), Run1, Transient)).ThenNothing();
        Given(Life.Usual.EveryStage[stage]).When(new C.RecordFailure(At(5), Run1, Transient with { Kind = MilvusFailureKind.Unknown })).ThenNothing();
    }

    [Theory, MemberData(nameof(NotRefreshing))]
    public void A_refusal_for_good_fails_the_run_with_the_server_s_code(string stage)
    {
        var end = Given(Life.Usual.EveryStage[stage]).When(new C.RecordFailure(At(5), Run1, Permanent)).ThenEnded(RunOutcome.Failed, RunEndReason.RejectedByServer);
        Assert.Equal(1100, end.End.MilvusCode);
        Assert.Contains("invalid parameter", end.End.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(Life.StartingRefresh))]
    [InlineData(nameof(Life.RefreshingLoad))]
    public void A_load_that_cannot_be_refreshed_is_a_warning(string stage) =>
        Given(Life.Usual.EveryStage[stage]).When(new C.RecordFailure(At(5), Run1, Permanent))
            .Then(new E.Warned(Stamp(5, attempt: 1), new(WarningCode.LoadRefreshNotDone, "")), new E.LoadRefreshEnded(Stamp(5, attempt: 1), Loaded: false))
            .ThenPending<OptimizeEffect.Verify>();

    [Theory]
    [InlineData(nameof(Life.StartingRefresh))]
    [InlineData(nameof(Life.RefreshingLoad))]
    public void A_load_that_keeps_failing_is_a_warning_after_its_bound(string stage) =>
        Given(Life.Usual.EveryStage[stage]).When(new C.RecordFailure(At(10), Run1, Transient)).ThenWarned(WarningCode.LoadRefreshNotDone).ThenPending<OptimizeEffect.Verify>();

    [Theory, MemberData(nameof(AllButParked))]
    public void A_dropped_collection_fails_the_run_and_frees_the_lane(string stage)
    {
        var after = Given(Life.Usual.EveryStage[stage]).When(new C.RecordCollectionGone(At(5), Run1, Replaced: false));
        after.ThenEnded(RunOutcome.Failed, RunEndReason.CollectionDropped);
        Assert.Null(after.State.Lane);
    }

    [Theory, MemberData(nameof(AllButParked))]
    public void A_collection_that_was_made_again_is_another_one(string stage)
    {
        var after = Given(Life.Usual.EveryStage[stage]).When(new C.RecordCollectionGone(At(5), Run1, Replaced: true));
        after.ThenEnded(RunOutcome.Failed, RunEndReason.CollectionReplaced);
        Assert.Null(after.State.Lane);
    }

    [Fact]
    public void A_renamed_collection_is_followed() =>
        Assert.Equal(Name with { Database = "sales", Name = "library" },
            Given(Life.Usual.WaitingForRebuild).When(new C.RecordRename(At(5), Run1, "sales", "library"))
                .Then(new E.CollectionRenamed(Stamp(5, attempt: 1), "sales", "library")).ThenPending<OptimizeEffect.ObserveIndexes>().Collection);
}
