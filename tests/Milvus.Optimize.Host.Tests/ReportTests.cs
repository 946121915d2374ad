using Milvus.Optimize.Host.Output;

namespace Milvus.Optimize.Host.Tests;

public sealed class ReportTests
{
    [Fact]
    public void The_report_of_a_success()
    {
        const string golden = """
            books: succeeded - 41 segments became 4
              run          simulator.4601.01J9ZK3N5W8Q0000000000000A
              collection   default.books (id 4601) on simulator, Milvus 2.6.17
              target size  auto
              segments     41 -> 4 (1,000,000 -> 1,000,000 rows)
              rounds       1
              compaction   99, 4 of 4 plans done
              took         1m 12s
                initializing                              120ms
                waiting for indexes                        1.9s
                compacting                                 1.0s
                waiting for compaction (round 2)         1m 09s
              warning      GrowingRowsLeft: 1,200 growing rows were not merged: run with --flush

            """;
        Assert.Equal(golden, RunReport.Of(Documents.Succeeded()));
    }

    [Fact]
    public void A_parked_run_says_what_to_do()
    {
        var report = RunReport.Of(Documents.Running() with { State = "NeedsOperator", Phase = "Paused", StateReason = "OutcomeUnknown", StateMessage = "no trace" });
        Assert.StartsWith("books: needs operator - no trace", report, StringComparison.Ordinal);
        Assert.Contains($"milvus-optimize retry {Documents.Run}", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_stage_trouble_and_warning_is_said_once()
    {
        var lines = new StageLines();
        var running = Documents.Running();
        Assert.Equal([$"run {Documents.Run}", "[0ms] initializing", "[1.0s] waiting for indexes"], lines.Next(running));
        Assert.Empty(lines.Next(running with { Revision = 4 }));
        var retrying = running with { StateReason = "Retrying", StateMessage = "UNAVAILABLE" };
        Assert.Equal(["waiting for indexes: UNAVAILABLE"], lines.Next(retrying));
        Assert.Empty(lines.Next(retrying));
        Assert.Equal(["[2.0s] compacting", "[3.0s] waiting for compaction (round 2)"], lines.Next(Documents.Succeeded() with { Warnings = [] }));
        Assert.Equal(["warning GrowingRowsLeft: 1,200 growing rows were not merged: run with --flush"], lines.Next(Documents.Succeeded()));
    }

    [Fact]
    public void A_list_is_a_table()
    {
        const string golden = """
            COLLECTION  STATE              STARTED (UTC)        TOOK    SEGMENTS  RUN
            books       Succeeded          2026-11-23 02:00:00  1m 12s  41 -> 4   simulator.4601.01J9ZK3N5W8Q0000000000000A
            books       WaitingForIndexes  2026-11-23 02:00:00  -       - -> -    simulator.4601.01J9ZK3N5W8Q0000000000000A

            """;
        Assert.Equal(golden, RunList.Of([Documents.Succeeded(), Documents.Running()]));
    }
}
