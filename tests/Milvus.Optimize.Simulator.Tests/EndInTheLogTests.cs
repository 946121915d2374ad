namespace Milvus.Optimize.Simulator.Tests;

/// <summary>The line of a compaction's end says what every one of its plans did, whatever became of the server's own records. The judge reads nothing else.</summary>
public sealed class EndInTheLogTests
{
    [Fact]
    public async Task A_plan_that_vanishes_last_ends_the_compaction_and_the_line_has_what_the_others_made()
    {
        await using var milvus = await OneByOne();
        var id = (await milvus.Compact()).CompactionID;
        milvus.Pass(15);
        Assert.DoesNotContain(milvus.Control.Log, line => line.Event == "compactionEnded");
        milvus.Control.ForgetPlans("books");

        var line = Ended(milvus, id);
        Assert.Single(line.PlanIds!);
        Assert.Single(line.SegmentsMade!);
        Assert.Contains(line.SegmentsMade![0], line.SegmentsAfter!);
    }

    [Fact]
    public async Task Plans_that_all_vanish_have_no_line()
    {
        await using var milvus = await OneByOne();
        await milvus.Compact();
        milvus.Pass(2);
        milvus.Control.ForgetPlans("books");
        milvus.Pass(60);
        Assert.DoesNotContain(milvus.Control.Log, line => line.Event == "compactionEnded");
    }

    [Fact]
    public async Task A_plan_whose_record_is_lost_stands_in_the_line_of_its_siblings_end()
    {
        await using var milvus = await OneByOne();
        milvus.Control.ArmFault(new MetadataLost());
        var trigger = await milvus.Compact();
        milvus.Pass(60);

        Assert.Single((await milvus.Plans(trigger.CompactionID)).MergeInfos);
        var line = Ended(milvus, trigger.CompactionID);
        Assert.Equal((2, 2), (line.PlanIds!.Count, line.SegmentsMade!.Count));
    }

    [Fact]
    public async Task A_restart_that_forgets_the_rest_ends_the_compaction()
    {
        await using var milvus = await OneByOne("2.3");
        var id = (await milvus.Compact()).CompactionID;
        milvus.Pass(15);
        milvus.Control.Restart();

        var line = Ended(milvus, id);
        Assert.Equal((1, 1), (line.PlanIds!.Count, line.SegmentsMade!.Count));
        milvus.Pass(60);
        Assert.Single(milvus.Control.Log, one => one.Event == "compactionEnded");
    }

    [Fact]
    public async Task The_line_says_in_which_database()
    {
        await using var milvus = await OneByOne();
        milvus.Control.AddCollection(new() { Name = "books", Database = "archive", Segments = [new() { Rows = 1000, Count = 4 }] });
        await milvus.Milvus.ManualCompactionAsync(new() { CollectionName = "books", DbName = "archive", TargetSize = RunningSimulator.Auto });
        milvus.Pass(60);
        Assert.Equal("archive", milvus.Control.Log.Single(line => line.Event == "compactionEnded").Database);
    }

    [Fact]
    public async Task A_fault_that_a_restart_forestalls_is_still_there_and_strikes_the_next_time()
    {
        await using var milvus = await OneByOne("2.3");
        milvus.Control.ArmFault(new PlanForgotten { Collection = "books" });
        await milvus.Compact();
        milvus.Pass(1);
        milvus.Control.Restart();
        Assert.True(milvus.Control.HasFaults);

        var id = (await milvus.Compact()).CompactionID;
        milvus.Pass(9);
        Assert.False(milvus.Control.HasFaults);
        Assert.Single((await milvus.Plans(id)).MergeInfos);
    }

    /// <summary>"books" in two shards: two plans, of which the server runs one at a time for ten seconds each.</summary>
    private static Task<RunningSimulator> OneByOne(string generation = "g4") => RunningSimulator.Start(
        generation, "two-shards", options => options with { Timings = new() { CompactionOverheadSeconds = 10, PlansAtOnce = 1, PlanLookSeconds = 0 } });

    private static LogEntry Ended(RunningSimulator milvus, long id) =>
        milvus.Control.Log.Single(line => line.Event == "compactionEnded" && line.CompactionId == Simulation.Ids([id])[0]);
}
