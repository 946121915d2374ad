using System.Collections.Immutable;
using System.Text.Json;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Contracts.Tests;

/// <summary>The document's JSON is an API: what is asserted here, callers in other languages rely on.</summary>
public sealed class RunDocumentTests
{
    private static readonly string[] Always =
    [
        "id", "kind", "revision", "cluster", "database", "collection", "collectionId", "requestedName", "state", "phase", "stateReason", "stateMessage",
        "since", "startedAt", "done", "spec", "server", "progress", "segments", "timeline", "warnings",
    ];

    [Fact]
    public void A_running_run_has_neither_result_nor_error()
    {
        var run = Json(GoldenRuns.AtWork);
        Assert.Equal(Always, Members(run));
        Assert.Equal(["WaitingForCompaction", "Running", "", "1 of 2 plans done"], Strings(run, "state", "phase", "stateReason", "stateMessage"));
        Assert.False(run.GetProperty("done").GetBoolean());
        Assert.Equal(["total", "done"], Members(run.GetProperty("progress").GetProperty("compaction").GetProperty("plans")));
        Assert.Equal("""{"version":"v3.0.1","generation":"G5..G6"}""", run.GetProperty("server").GetRawText());
        Assert.Equal(JsonValueKind.Null, run.GetProperty("segments").GetProperty("after").ValueKind);
        Assert.Equal(JsonValueKind.Null, run.GetProperty("timeline").EnumerateArray().Last().GetProperty("end").ValueKind);
    }

    [Fact]
    public void A_succeeded_run_has_the_five_members_of_pymilvus()
    {
        var run = Json(GoldenRuns.Merged);
        Assert.Equal([.. Always, "result"], Members(run));
        Assert.Equal(["Succeeded", "Done", "", "one segment holds everything"], Strings(run, "state", "phase", "stateReason", "stateMessage"));
        var result = run.GetProperty("result");
        Assert.Equal(["status", "collectionName", "compactionId", "targetSize", "progress", "rounds", "message"], Members(result));
        Assert.Equal(["success", "books", "9004", "1024MB"], Strings(result, "status", "collectionName", "compactionId", "targetSize"));
        Assert.Equal(2, result.GetProperty("rounds").GetInt32());
        Assert.Equal(["papers_alias", "books"], Strings(run, "requestedName", "collection"));
    }

    [Fact]
    public void Progress_is_told_in_the_words_of_pymilvus_and_in_order()
    {
        string[] words =
        [
            "initializing", "waiting for indexes", "compacting", "waiting for compaction", "compacting", "waiting for compaction", "compacting",
            "waiting for compaction", "waiting for index rebuild", "refreshing load",
            "compacting", "waiting for compaction", "waiting for index rebuild", "refreshing load",
        ];
        Assert.Equal(words, GoldenRuns.Document(GoldenRuns.Merged).Result!.Progress);
        Assert.Equal(words, GoldenRuns.Document(GoldenRuns.Merged).Progress.Stages);
    }

    [Fact]
    public void A_plain_run_goes_through_the_stages_of_pymilvus_once_each()
    {
        string[] words = ["initializing", "waiting for indexes", "compacting", "waiting for compaction"];
        Assert.Equal(words, GoldenRuns.Document(GoldenRuns.AtWork).Progress.Stages);
    }

    [Fact]
    public void A_failed_run_has_a_problem_and_no_result()
    {
        var run = Json(GoldenRuns.Refused);
        Assert.Equal([.. Always, "error"], Members(run));
        Assert.Equal(["Failed", "Done", "RejectedByServer"], Strings(run, "state", "phase", "stateReason"));
        Assert.Equal(
            """{"type":"/problems/rejected-by-server","title":"rejected by server","code":"rejected-by-server","detail":"the server refused the merge: invalid parameter","milvusCode":1100,"retryable":false}""",
            run.GetProperty("error").GetRawText());
    }

    [Fact]
    public void A_cancelled_run_has_a_problem_that_asking_again_may_solve()
    {
        var error = GoldenRuns.Document(GoldenRuns.Cancelled).Error!;
        Assert.Equal(("cancelled", "/problems/cancelled", true), (error.Code, error.Type, error.Retryable));
        Assert.Equal("cancelled", GoldenRuns.Document(GoldenRuns.Cancelled).Progress.Stages[^1]);
    }

    [Fact]
    public void A_parked_run_is_paused_and_says_why()
    {
        var run = Json(GoldenRuns.Parked);
        Assert.Equal(Always, Members(run));
        Assert.Equal(["NeedsOperator", "Paused", "OutcomeUnknown", "no answer twice: retry or abandon it"], Strings(run, "state", "phase", "stateReason", "stateMessage"));
        Assert.False(run.GetProperty("done").GetBoolean());
        Assert.Equal(2, run.GetProperty("progress").GetProperty("attempt").GetInt32());
    }

    [Fact]
    public void Ids_are_strings_and_keep_every_digit()
    {
        var run = Json(GoldenRuns.AtWork);
        Assert.Equal("9223372036854775807", run.GetProperty("progress").GetProperty("compaction").GetProperty("id").GetString());
        Assert.Equal("104", run.GetProperty("collectionId").GetString());
        Assert.Equal("golden.104.01KE3EEEEEEEEEEEEEEEEEEEEE", run.GetProperty("id").GetString());
        Assert.Equal(["1", "2", "3"], run.GetProperty("segments").GetProperty("before").GetProperty("ids").EnumerateArray().Select(i => i.GetString()));
    }

    [Fact]
    public void Every_end_has_exactly_one_of_result_and_error()
    {
        foreach (var outcome in Enum.GetValues<RunOutcome>())
        {
            var last = (OptimizeEvent.Ended)GoldenRuns.Refused[^1];
            var run = GoldenRuns.Document(GoldenRuns.Refused.SetItem(GoldenRuns.Refused.Length - 1, last with { End = new(outcome, RunEndReason.OnRequest, "over") }));
            Assert.True(run.Result is null != run.Error is null, $"{outcome}");
            Assert.Equal(outcome is RunOutcome.Succeeded or RunOutcome.SucceededNoWork or RunOutcome.PartiallySucceeded, run.Result is not null);
            Assert.Equal(run.Result?.Status, outcome switch
            {
                RunOutcome.Succeeded => "success",
                RunOutcome.SucceededNoWork => "succeeded_no_work",
                RunOutcome.PartiallySucceeded => "partially_succeeded",
                _ => null,
            });
        }
    }

    [Fact]
    public void A_held_run_says_what_it_waits_for_and_a_failing_step_that_it_is_tried_again()
    {
        var state = GoldenRuns.Fold(GoldenRuns.AtWork);
        var held = RunDocuments.Of(state, GoldenRuns.Cluster, LiveView.Empty with { HeldReason = new("CredentialsMissing", "give them") })!;
        Assert.Equal(("Held", "CredentialsMissing", "give them", "Running"), (held.State, held.StateReason, held.StateMessage, held.Phase));
        var failing = RunDocuments.Of(state, GoldenRuns.Cluster, LiveView.Empty with { LastFailure = "no route" })!;
        Assert.Equal(("WaitingForCompaction", "Retrying", "no route"), (failing.State, failing.StateReason, failing.StateMessage));
    }

    [Fact]
    public void A_change_that_is_no_event_raises_the_revision_and_every_event_raises_it_more()
    {
        var before = GoldenRuns.Fold(GoldenRuns.AtWork.SkipLast(1));
        var quiet = Revision(before, 0);
        Assert.True(quiet < Revision(before, 1));
        Assert.True(Revision(before, 1) < Revision(before, 2));
        Assert.True(Revision(before, int.MaxValue) < Revision(GoldenRuns.Fold(GoldenRuns.AtWork), 0));
    }

    private static long Revision(CollectionState state, int changes) =>
        RunDocuments.Of(state, GoldenRuns.Cluster, LiveView.Empty with { Changes = changes })!.Revision;

    [Fact]
    public void A_collection_without_a_run_has_no_document() => Assert.Null(RunDocuments.Of(CollectionState.Empty, GoldenRuns.Cluster, LiveView.Empty));

    [Fact]
    public void Every_golden_document_comes_back_from_its_JSON()
    {
        foreach (var events in GoldenRuns.All)
        {
            var json = JsonSerializer.Serialize(GoldenRuns.Document(events), RunDocuments.Json);
            Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<RunDocument>(json, RunDocuments.Json), RunDocuments.Json));
        }
    }

    private static JsonElement Json(ImmutableArray<OptimizeEvent> events) => JsonSerializer.SerializeToElement(GoldenRuns.Document(events), RunDocuments.Json);

    private static IEnumerable<string> Members(JsonElement e) => e.EnumerateObject().Select(p => p.Name);

    private static IEnumerable<string?> Strings(JsonElement e, params string[] names) => names.Select(n => e.GetProperty(n).GetString());
}
