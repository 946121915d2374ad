using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Grpc.Core;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>The admin port, which is how another process sets what goes wrong, and the lists of port 9091.</summary>
public sealed class HttpPortTests
{
    [Fact]
    public async Task A_fault_that_comes_over_the_admin_port_strikes_a_call_on_the_wire()
    {
        await using var milvus = await Start();
        using var admin = new HttpClient { BaseAddress = milvus.Server.AdminAddress };
        (await admin.PostAsync("faults", Json("""[{ "rpc": "ManualCompaction", "kind": "errorBeforeEffect", "detail": "gone" }, { "kind": "planFailed", "collection": "books" }]"""))).EnsureSuccessStatusCode();
        Assert.Equal(["errorBeforeEffect", "planFailed"], (await Get(admin, "faults")).AsArray().Select(fault => (string)fault!["kind"]!));

        var error = await Assert.ThrowsAsync<RpcException>(() => milvus.Compact());

        Assert.Equal((StatusCode.Unavailable, "gone"), (error.StatusCode, error.Status.Detail));
        Assert.Single((await Get(admin, "faults")).AsArray());
        await admin.DeleteAsync("faults");
        Assert.Empty((await Get(admin, "faults")).AsArray());
    }

    [Fact]
    public async Task Settings_and_timings_change_while_it_runs_and_keep_what_is_not_named()
    {
        await using var milvus = await Start();
        using var admin = new HttpClient { BaseAddress = milvus.Server.AdminAddress };

        var settings = await (await admin.PatchAsync("settings", Json("""{ "enableCompaction": false }"""))).Content.ReadFromJsonAsync<JsonObject>();
        Assert.Equal((false, true), ((bool)settings!["enableCompaction"]!, (bool)settings["autoCompaction"]!));
        Assert.Equal(2, (await milvus.Compact()).Status.Code);
        await admin.PatchAsync("settings", Json("""{ "enableCompaction": true }"""));
        await admin.PatchAsync("timings", Json("""{ "compactionOverheadSeconds": 1000 }"""));
        var id = (await milvus.Compact()).CompactionID;
        milvus.Pass(900);
        Assert.Equal(1, (await milvus.State(id)).ExecutingPlanNo);
    }

    [Fact]
    public async Task Of_two_changes_of_the_settings_at_once_neither_undoes_the_other()
    {
        await using var milvus = await Start();
        using var admin = new HttpClient { BaseAddress = milvus.Server.AdminAddress };
        for (var i = 1; i <= 200; i++)
        {
            await Task.WhenAll(
                admin.PatchAsync("settings", Json($$"""{ "gcIntervalSeconds": {{i}} }""")),
                admin.PatchAsync("settings", Json($$"""{ "dropToleranceSeconds": {{i}} }""")),
                admin.PatchAsync("timings", Json($$"""{ "loadSeconds": {{i}} }""")),
                admin.PatchAsync("timings", Json($$"""{ "refreshSeconds": {{i}} }""")));
            var (settings, timings) = (await Get(admin, "settings"), await Get(admin, "timings"));
            Assert.Equal((i, i, i, i), ((double)settings["gcIntervalSeconds"]!, (double)settings["dropToleranceSeconds"]!, (double)timings["loadSeconds"]!, (double)timings["refreshSeconds"]!));
        }
    }

    [Fact]
    public async Task Collections_are_made_looked_at_filled_and_dropped_over_the_admin_port()
    {
        await using var milvus = await Start();
        using var admin = new HttpClient { BaseAddress = milvus.Server.AdminAddress };
        var made = await (await admin.PostAsync("collections", Json("""{ "name": "papers", "segments": [{ "rows": 2000, "count": 3 }] }"""))).Content.ReadFromJsonAsync<JsonObject>();
        Assert.Equal(milvus.Control.Find("papers")!.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), (string)made!["id"]!);

        await admin.PostAsync("collections/papers/insert", Json("""{ "rows": 70 }"""));
        await admin.PostAsync("collections/papers/flush", null);
        milvus.Pass(1);
        Assert.Equal(4, (await milvus.Segments("papers")).Count);
        await admin.PostAsync("collections/papers/delete", Json("""{ "rows": 70 }"""));
        Assert.Contains((await Get(admin, "collections/papers"))["segments"]!.AsArray(), segment => (string)segment!["level"]! == "L0");
        await admin.PostAsync("collections/papers/foreign-compaction", Json("""{ "seconds": 60 }"""));
        Assert.Contains((await Get(admin, "collections/papers"))["segments"]!.AsArray(), segment => (bool)segment!["isCompacting"]!);

        await admin.DeleteAsync("collections/papers");
        Assert.Equal(HttpStatusCode.NotFound, (await admin.GetAsync("collections/papers")).StatusCode);
    }

    [Fact]
    public async Task A_restart_over_the_admin_port_forgets_what_2_3_forgets_and_cuts_every_connection()
    {
        await using var milvus = await Start("2.3");
        using var admin = new HttpClient { BaseAddress = milvus.Server.AdminAddress };
        var id = (await milvus.Compact()).CompactionID;
        await admin.PostAsync("restart", null);
        // The client learns of the cut only when it reads, so its next call may still go to the dead connection.
        await FaultTests.Until(() => Answers(milvus));

        Assert.Empty((await milvus.Plans(id)).MergeInfos);
        Assert.Equal(6, (await milvus.Segments()).Count);
        Assert.Equal("restarted", (string)(await Get(admin, "log?from=1"))[0]!["event"]!);
        var before = milvus.Triggers.Single().Peer;
        await milvus.Compact();
        Assert.NotEqual(before, milvus.Triggers.Last().Peer);
    }

    [Theory]
    [InlineData("faults", """{ "kind": "earthquake" }""")]
    [InlineData("faults", """{ "kind": "hang", "rpc": "Flush", "colection": "books" }""")]
    [InlineData("faults", "nonsense")]
    [InlineData("collections/books/insert", "{}")]
    [InlineData("collections/books/delete", """{ "rows": -500 }""")]
    [InlineData("faults", """{ "kind": "hang", "rpc": "ManualCompact" }""")]
    [InlineData("faults", """{ "kind": "planFailed", "count": -1 }""")]
    public async Task What_the_admin_port_does_not_understand_is_refused_in_words(string path, string body)
    {
        await using var milvus = await Start();
        using var admin = new HttpClient { BaseAddress = milvus.Server.AdminAddress };
        var answer = await admin.PostAsync(path, Json(body));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotEmpty((string)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["error"]!);
    }

    [Theory]
    [InlineData("""{ "compactionMbPerSecond": 0 }""")]
    [InlineData("""{ "loadSeconds": -1 }""")]
    public async Task Times_that_no_work_could_keep_are_refused_and_change_nothing(string body)
    {
        await using var milvus = await Start();
        using var admin = new HttpClient { BaseAddress = milvus.Server.AdminAddress };
        var before = await admin.GetStringAsync("timings");
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.PatchAsync("timings", Json(body))).StatusCode);
        Assert.Equal(before, await admin.GetStringAsync("timings"));
    }

    [Fact]
    public async Task The_list_of_tasks_shows_a_merge_without_the_id_that_its_caller_has()
    {
        await using var milvus = await Start("g6");
        using var management = new HttpClient { BaseAddress = milvus.Server.ManagementAddress };
        Assert.Equal("OK", await management.GetStringAsync("healthz"));
        var id = (await milvus.Compact()).CompactionID;

        var text = await management.GetStringAsync("api/v1/_dc/tasks/compaction");
        Assert.DoesNotContain(id.ToString(System.Globalization.CultureInfo.InvariantCulture), text, StringComparison.Ordinal);
        var task = JsonNode.Parse(text)!.AsArray().Single()!;
        Assert.Equal(("MixCompaction", "executing", 6), ((string)task["type"]!, (string)task["state"]!, task["input_segments"]!.AsArray().Count));
        milvus.Pass(60);
        task = (await Get(management, "api/v1/_dc/tasks/compaction")).AsArray().Single()!;
        var product = milvus.Books.Segments.Single().Id.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(("completed", product), ((string)task["state"]!, (string)task["result_segments"]!.AsArray().Single()!));
        Assert.NotEmpty((string)task["end_time"]!);
        Assert.Contains((await Get(management, "api/v1/_dc/segments")).AsArray(), segment => (string)segment!["segment_id"]! == product);
        Assert.Contains((await Get(management, "api/v1/_qc/segments")).AsArray(), segment => (string)segment!["segment_id"]! == product);
    }

    [Fact]
    public async Task A_task_that_applies_deletes_is_of_another_type()
    {
        await using var milvus = await RunningSimulator.Start(more: o => o with { ManagementPort = 0, Timings = new() { ApplyDeletesSeconds = 1000 } });
        using var management = new HttpClient { BaseAddress = milvus.Server.ManagementAddress };
        milvus.Control.Delete("books", 100);
        milvus.Control.Flush("books");
        milvus.Pass(3);
        await milvus.Milvus.ManualCompactionAsync(new() { CollectionID = milvus.Books.Id, L0Compaction = true });
        Assert.Equal("Level0DeleteCompaction", (string)(await Get(management, "api/v1/_dc/tasks/compaction")).AsArray().Single()!["type"]!);
    }

    [Fact]
    public async Task An_old_server_has_no_lists_there()
    {
        await using var milvus = await Start("2.3");
        using var management = new HttpClient { BaseAddress = milvus.Server.ManagementAddress };
        Assert.Equal("OK", await management.GetStringAsync("healthz"));
        Assert.Equal(HttpStatusCode.NotFound, (await management.GetAsync("api/v1/_dc/tasks/compaction")).StatusCode);
    }

    private static bool Answers(RunningSimulator milvus)
    {
        try
        {
            return milvus.Milvus.GetVersion(new(), RunningSimulator.Within(5)).Version.Length > 0;
        }
        catch (RpcException)
        {
            return false;
        }
    }

    private static Task<RunningSimulator> Start(string generation = "g4") =>
        RunningSimulator.Start(generation, more: o => o with { AdminPort = 0, ManagementPort = 0 });

    private static async Task<JsonNode> Get(HttpClient http, string path) => (await http.GetFromJsonAsync<JsonNode>(path))!;

    private static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");
}
