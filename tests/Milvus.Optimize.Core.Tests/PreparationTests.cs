using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using static Milvus.Optimize.Core.Tests.Books;
using static Milvus.Optimize.Core.Tests.Scenario;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Tests;

/// <summary>Inspection, flush and the choice of timestamps.</summary>
public sealed class PreparationTests
{
    private static readonly OptimizeParameters Flushing = OneGigabyte with { Flush = true };

    [Fact]
    public void What_the_server_is_and_has_is_noted() =>
        Given(Life.Usual.Initializing).When(Inspect(Server(Generation.G6)))
            .Then(new E.CollectionInspected(Stamp(1), Server(Generation.G6), 2, ["embedding_idx"], HasVectorIndex: true))
            .ThenPending<OptimizeEffect.AllocateTimestamp>();

    [Fact]
    public void A_scalar_index_alone_is_no_vector_index()
    {
        var inspection = Inspect(Server(Generation.G6)) with { Indexes = [Index() with { Name = "title_idx", Field = "title" }] };
        Given(Life.Usual.Initializing).When(inspection).Then(new E.CollectionInspected(Stamp(1), Server(Generation.G6), 2, ["title_idx"], HasVectorIndex: false));
    }

    [Fact]
    public void Milvus_Lite_has_nothing_to_do()
    {
        var lite = Given(Life.Usual.Initializing).When(Inspect(Server(Generation.Lite)));
        lite.ThenWarned().ThenEnded(RunOutcome.SucceededNoWork, RunEndReason.ServerDoesNotCompact);
        Assert.Null(lite.State.LastProven);
    }

    [Theory]
    [InlineData("1GB", Generation.V23, Generation.V23, WarningCode.TargetSizeIgnored)]
    [InlineData(null, Generation.G0, Generation.G0, WarningCode.TargetSizeIgnored)]
    [InlineData("1GB", Generation.G1, Generation.G1, WarningCode.TargetSizeIgnored)]
    [InlineData("1GB", Generation.G1, Generation.G3, WarningCode.TargetSizeIgnored)]
    [InlineData("1GB", Generation.G2, Generation.G2, WarningCode.TargetSizeMisread)]
    [InlineData("1GB", Generation.G2, Generation.G3, WarningCode.TargetSizeMisread)]
    [InlineData("1GB", null, null, WarningCode.ServerVersionUnknown)]
    public void A_size_that_may_not_mean_what_it_says_is_a_warning(string? size, Generation? oldest, Generation? newest, WarningCode code) =>
        Given(With(size)).When(Inspect(new("x", new(oldest, newest)))).ThenWarned(code).ThenPending<OptimizeEffect.AllocateTimestamp>();

    [Theory]
    [InlineData("1GB", Generation.G3, Generation.G3)]
    [InlineData("1GB", Generation.G6, Generation.G6)]
    [InlineData(null, Generation.G1, Generation.G1)]
    [InlineData(null, Generation.G2, Generation.G2)]
    [InlineData(null, null, null)]
    public void A_size_that_has_one_meaning_is_none(string? size, Generation? oldest, Generation? newest) =>
        Given(With(size)).When(Inspect(new("x", new(oldest, newest)))).ThenWarned();

    [Fact]
    public void Flush_comes_first_if_asked_for() =>
        Given((Life.Usual with { Parameters = Flushing }).Initializing)
            .When(Inspect(Server(Generation.G6)))
            .When(new C.RecordFlush(At(2), Run1, new([5, 6], 77))).Then(new E.FlushStarted(Stamp(2), new([5, 6], 77)))
            .When(new C.RecordFlushState(At(3), Run1, Flushed: false)).ThenNothing()
            .When(new C.RecordFlushState(At(4), Run1, Flushed: true)).Then(new E.FlushCompleted(Stamp(4)))
            .ThenPending<OptimizeEffect.AllocateTimestamp>();

    [Fact]
    public void A_flush_that_nobody_recorded_is_owed_again() =>
        Given((Life.Usual with { Parameters = Flushing }).Inspected).ThenPending<OptimizeEffect.Flush>();

    [Theory]
    [InlineData(99ul, 99ul)]
    [InlineData(null, 0ul)]
    public void The_wait_keeps_the_timestamp_it_began_with(ulong? allocated, ulong asked)
    {
        var waiting = Given(Life.Usual.Inspected).When(new C.RecordTimestamp(At(1), Run1, allocated)).Then(new E.IndexWaitStarted(Stamp(1), asked));
        Assert.Equal(asked, waiting.ThenPending<OptimizeEffect.ObserveIndexes>().Timestamp);
    }

    [Fact]
    public void The_rebuild_waits_at_a_timestamp_of_its_own()
    {
        Given(Life.Usual.Merged).ThenPending<OptimizeEffect.AllocateTimestamp>();
        Assert.Equal(8ul, Given(Life.Usual.WaitingForRebuild).When(new C.RecordIndexes(At(1), Run1, [], null, false) with { Indexes = [Index(IndexState.InProgress)] })
            .ThenNothing().ThenPending<OptimizeEffect.ObserveIndexes>().Timestamp);
    }

    private static C.RecordInspection Inspect(ServerDescription server) => new(At(1), Run1, server, new(Name, [], 2, ["embedding"]), [Index()]);

    private static ImmutableArray<OptimizeEvent> With(string? size) => (Life.Usual with { Parameters = OneGigabyte with { TargetSize = TargetSize.Parse(size) } }).Initializing;
}
