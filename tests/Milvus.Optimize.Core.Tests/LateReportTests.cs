using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using static Milvus.Optimize.Core.Tests.Books;
using static Milvus.Optimize.Core.Tests.Scenario;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;

namespace Milvus.Optimize.Core.Tests;

/// <summary>A report is taken in the stage that asked for it, and refused in every other one.</summary>
public sealed class LateReportTests
{
    private static readonly Dictionary<string, (C Command, string[] Stages)> Reports = new()
    {
        ["inspection"] = (new C.RecordInspection(At(1), Run1, Server(Generation.G6), new(Name, [], 1, ["embedding"]), [Index()]), [nameof(Life.Initializing)]),
        ["flush"] = (new C.RecordFlush(At(1), Run1, new([9], 9)), []),
        ["flush state"] = (new C.RecordFlushState(At(1), Run1, true), []),
        ["timestamp"] = (new C.RecordTimestamp(At(1), Run1, 9), [nameof(Life.Inspected), nameof(Life.Merged)]),
        ["indexes"] = (new C.RecordIndexes(At(1), Run1, [Index()], null, false), [nameof(Life.WaitingForIndexes), nameof(Life.WaitingForRebuild)]),
        ["lane"] = (new C.RecordLane(At(1), Run1, new(null, null, false), true), [nameof(Life.ChoosingCandidates)]),
        ["candidates"] = (new C.RecordCandidates(At(1), Run1, Segments(1, 2), 0), [nameof(Life.ChoosingCandidates)]),
        ["intent"] = (new C.AcceptIntent(At(1), Run1, SendBudgets.Default), [nameof(Life.Compacting)]),
        ["reconciliation"] = (new C.RecordReconciliation(At(1), Run1, Segments(10), true), [nameof(Life.Reconciling)]),
        ["compaction"] = (new C.RecordCompaction(At(1), Run1, Completed([], Segments(10))),
            [nameof(Life.ReadingPlans), nameof(Life.WaitingForCompaction), nameof(Life.FoundBySegments)]),
        ["refresh started"] = (new C.RecordRefreshStarted(At(1), Run1, true), [nameof(Life.StartingRefresh)]),
        ["refresh"] = (new C.RecordRefresh(At(1), Run1, 100), [nameof(Life.RefreshingLoad)]),
        ["verification"] = (new C.RecordVerification(At(1), Run1, Segments(10), null), [nameof(Life.Verifying)]),
    };

    public static TheoryData<string> Names => [.. Reports.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_report_fits_its_own_stage_only(string report)
    {
        var (command, stages) = Reports[report];
        foreach (var (stage, past) in Life.Usual.EveryStage)
        {
            var decision = Given(past).When(command).Decision;
            Assert.Equal((stage, stages.Contains(stage) ? null : RejectionReason.InvalidState), (stage, decision.Rejection?.Reason));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void A_report_about_another_run_is_refused(string report) =>
        Given([.. Life.Usual.Succeeded, .. Life.SecondRun]).When(Reports[report].Command).ThenRejected(RejectionReason.UnknownRun);

    [Theory, MemberData(nameof(Names))]
    public void A_report_after_the_end_is_refused(string report) => Given(Life.Usual.Succeeded).When(Reports[report].Command).ThenRejected(RejectionReason.AlreadyEnded);

    // Its look at the lane was under way when the run was parked, and came back with bad news.
    [Fact]
    public void A_parked_run_is_left_by_its_person_only()
    {
        C.Report[] late = [new C.RecordFailure(At(1), Run1, Permanent), new C.RecordRename(At(1), Run1, "default", "library"), new C.RecordCollectionGone(At(1), Run1, Replaced: false)];
        Assert.All(late, c => Given(Life.Usual.NeedsOperator).When(c).ThenRejected(RejectionReason.InvalidState));
    }
}
