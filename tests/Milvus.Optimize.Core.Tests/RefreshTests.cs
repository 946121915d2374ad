using Milvus.Optimize.Core.Runs;
using static Milvus.Optimize.Core.Tests.Books;
using static Milvus.Optimize.Core.Tests.Scenario;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Tests;

/// <summary>The load refresh is an accelerator: that it is late is a warning, never a failure.</summary>
public sealed class RefreshTests
{
    [Fact]
    public void A_loaded_collection_is_refreshed() =>
        Given(Life.Usual.StartingRefresh).When(new C.RecordRefreshStarted(At(1), Run1, Loaded: true)).Then(new E.LoadRefreshStarted(Stamp(1, attempt: 1))).ThenPending<OptimizeEffect.ObserveRefresh>();

    [Fact]
    public void One_that_is_not_loaded_is_not() =>
        Given(Life.Usual.StartingRefresh).When(new C.RecordRefreshStarted(At(1), Run1, Loaded: false)).Then(new E.LoadRefreshEnded(Stamp(1, attempt: 1), Loaded: false)).ThenPending<OptimizeEffect.Verify>();

    // Only what is loaded can be refreshed: pymilvus skips it here without a word.
    [Fact]
    public void One_that_is_being_loaded_is_waited_for_and_then_told()
    {
        Given(Life.Usual.StartingRefresh).When(new C.RecordRefreshStarted(At(9.9), Run1, Loaded: false, Loading: true)).ThenNothing().ThenPending<OptimizeEffect.RefreshLoad>();
        Given(Life.Usual.StartingRefresh).When(new C.RecordRefreshStarted(At(10), Run1, Loaded: false, Loading: true)).ThenWarned(WarningCode.LoadRefreshNotDone).ThenPending<OptimizeEffect.Verify>();
    }

    [Fact]
    public void A_hundred_is_done() => Given(Life.Usual.RefreshingLoad).When(See(1, 100)).Then(new E.LoadRefreshEnded(Stamp(1, attempt: 1), Loaded: true));

    [Fact]
    public void A_server_that_does_not_tell_is_not_waited_for() => Given(Life.Usual.RefreshingLoad).When(See(1, null)).ThenWarned(WarningCode.LoadRefreshNotDone).ThenPending<OptimizeEffect.Verify>();

    [Fact]
    public void Within_its_bound_it_is_waited_for() => Given(Life.Usual.RefreshingLoad).When(See(9.9, 0)).ThenNothing();

    [Fact]
    public void Beyond_it_the_run_goes_on() => Given(Life.Usual.RefreshingLoad).When(See(10, 0)).ThenWarned(WarningCode.LoadRefreshNotDone).ThenPending<OptimizeEffect.Verify>();

    private static C.RecordRefresh See(double minutes, long? progress) => new(At(minutes), Run1, progress);
}
