using System.Text.Json;
using Grpc.Core;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>The log and the data file: what the simulator can say after everything else is gone.</summary>
public sealed class WitnessTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simulator-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Every_line_of_the_log_is_one_json_object_with_string_ids_and_is_there_at_once()
    {
        var path = Path.Combine(_folder.FullName, "log.jsonl");
        await using var milvus = await RunningSimulator.Start(more: options => options with { LogFile = path });
        var trigger = await milvus.Compact();
        await milvus.Compact("absent");
        milvus.Pass(10);

        var lines = Lines(path);
        Assert.Equal(["call", "call", "compactionEnded", "segmentIndexed"], lines.Select(line => line.GetProperty("event").GetString()));
        var first = lines[0];
        Assert.Equal("ManualCompaction", first.GetProperty("rpc").GetString());
        Assert.Equal("books", first.GetProperty("collection").GetString());
        Assert.Equal(milvus.Books.Id, long.Parse(first.GetProperty("collectionId").GetString()!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(trigger.CompactionID, long.Parse(first.GetProperty("compactionId").GetString()!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(1, first.GetProperty("planIds").GetArrayLength());
        Assert.Equal(6, first.GetProperty("segmentsBefore").GetArrayLength());
        Assert.Equal((0, 0), (first.GetProperty("code").GetInt32(), first.GetProperty("overlaps").GetInt32()));
        Assert.True(first.GetProperty("at").GetDateTimeOffset() == milvus.Time.Start && first.GetProperty("tMonoMs").GetInt64() > 0);
        Assert.NotEmpty(first.GetProperty("peer").GetString()!);
        Assert.Equal((100, false), (lines[1].GetProperty("code").GetInt32(), lines[1].GetProperty("effect").GetBoolean()));
        Assert.Equal(1, lines[2].GetProperty("segmentsAfter").GetArrayLength());
        var made = lines[2].GetProperty("segmentsMade")[0].GetString();
        Assert.Equal((made, made), (lines[2].GetProperty("segmentsTogether")[0][0].GetString(), lines[3].GetProperty("segmentId").GetString()));
        Assert.Equal(first.GetProperty("compactionId").GetString(), lines[2].GetProperty("compactionId").GetString());
    }

    [Fact]
    public async Task A_compaction_ends_in_the_log_without_anybody_asking()
    {
        await using var milvus = await RunningSimulator.Start();
        await milvus.Compact();
        milvus.Pass(10);
        Assert.Equal(["compactionEnded", "segmentIndexed"], milvus.Control.Log.TakeLast(2).Select(l => l.Event));
    }

    [Fact]
    public async Task By_the_wall_clock_at_high_speed_a_merge_ends_by_itself()
    {
        await using var milvus = await RunningSimulator.Start(more: options => options with { TimeProvider = TimeProvider.System, Speed = 100 });
        using var bound = new CancellationTokenSource(RunningSimulator.Bound);
        await milvus.Compact();
        while (milvus.Control.Log.All(l => l.Event != "compactionEnded"))
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, bound.Token);
        Assert.Single(await milvus.Segments());
    }

    [Fact]
    public async Task The_data_file_keeps_a_finished_merge_over_a_kill()
    {
        long target;
        await using (var first = await Start("g4"))
        {
            await first.Compact();
            first.Pass(40);
            target = Assert.Single(await first.Segments()).SegmentID;
        }

        await using var second = await Start("g4");
        Assert.Equal(target, Assert.Single(await second.Segments()).SegmentID);
        second.Pass(3.3);
        Assert.Equal(target, Assert.Single(await second.Served()).SegmentID);
        Assert.Equal("restarted", second.Control.Log[0].Event);
    }

    [Theory]
    [InlineData("g4", 1, 1)]
    [InlineData("2.3", 0, 6)]
    public async Task A_kill_mid_merge_is_resumed_by_g4_and_forgotten_by_2_3(string generation, int plans, int segmentsAtTheEnd)
    {
        long id;
        await using (var first = await Start(generation))
        {
            id = (await first.Compact()).CompactionID;
        }

        await using var second = await Start(generation);
        Assert.Equal(plans, (await second.Plans(id)).MergeInfos.Count);
        second.Pass(60);
        Assert.Equal(segmentsAtTheEnd, (await second.Segments()).Count);
        Assert.DoesNotContain(second.Books.Segments, segment => segment.IsCompacting);
    }

    [Fact]
    public async Task A_fault_of_the_command_line_is_used_up_over_a_kill_too()
    {
        var options = new SimulatorOptions { DataFile = Path.Combine(_folder.FullName, "flag.json"), Faults = [FaultText.Parse("rateLimited,rpc=Flush")] };
        await using (var first = await RunningSimulator.Start(more: o => options with { TimeProvider = o.TimeProvider }))
        {
            Assert.Equal(8, (await first.Milvus.FlushAsync(new() { CollectionNames = { "books" } })).Status.Code);
        }

        await using var second = await RunningSimulator.Start(more: o => options with { TimeProvider = o.TimeProvider });
        Assert.Equal(0, (await second.Milvus.FlushAsync(new() { CollectionNames = { "books" } })).Status.Code);
    }

    [Fact]
    public async Task A_fault_that_struck_is_used_up_over_a_kill()
    {
        await using (var first = await Start("g4", "unavailable-before"))
        {
            await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => first.Compact());
        }

        await using var second = await Start("g4", "unavailable-before");
        Assert.True((await second.Compact()).CompactionID > 0);
    }

    [Fact]
    public async Task Timestamps_and_ids_grow_over_a_kill_even_when_server_time_ran_ahead()
    {
        ulong last;
        long trigger;
        await using (var first = await Start("g4", speed: 1000))
        {
            first.Pass(60);
            trigger = (await first.Compact()).CompactionID;
            last = await first.Timestamp();
            await first.Milvus.FlushAsync(new() { CollectionNames = { "films" } });
        }

        await using var second = await Start("g4", speed: 1000);
        Assert.True(await second.Timestamp() > last);
        Assert.True((await second.Compact("films")).CompactionID > trigger);
    }

    [Fact]
    public async Task A_world_that_cannot_be_kept_is_told_to_nobody_and_goes_on_when_it_can()
    {
        await using (var first = await Start("g4"))
        {
            await first.Compact();
            var room = _folder.FullName;
            Directory.Move(room, room + "-away");

            // By its own timer, as nobody asks: the process must live.
            first.Pass(60);
            await Assert.ThrowsAsync<RpcException>(() => first.Segments());
            Directory.Move(room + "-away", room);
            Assert.Single(await first.Segments());
        }

        await using var second = await Start("g4");
        Assert.Single(await second.Segments());
    }

    private Task<RunningSimulator> Start(string generation, string scenario = "pleasant", double speed = 1) =>
        RunningSimulator.Start(generation, scenario, options => options with { DataFile = Path.Combine(_folder.FullName, "world.json"), Speed = speed });

    private static List<JsonElement> Lines(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }
}
