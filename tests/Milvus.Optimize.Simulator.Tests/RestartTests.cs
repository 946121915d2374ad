using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>A server that is started again looks from that moment on: what it did every so often begins anew with the process.</summary>
public sealed class RestartTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("restart-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Looks_at_the_ends_of_plans_are_ten_seconds_apart_from_the_restart_on(bool overDataFile)
    {
        await using var first = await Start("2.3");
        first.Pass(4);
        await using var milvus = await Again(first, overDataFile, "2.3");
        milvus.Pass(1);
        var id = (await milvus.Compact()).CompactionID;
        milvus.Pass(8.9); // Nine and a fraction after the restart, four more after the first start: its look at ten is no more.
        Assert.Equal((CompactionState.Executing, 6), ((await milvus.State(id)).State, (await milvus.Segments()).Count));
        milvus.Pass(0.2);
        Assert.Equal((CompactionState.Completed, 1), ((await milvus.State(id)).State, (await milvus.Segments()).Count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Index_builds_begin_anew_and_are_seen_each_second_from_the_restart_on(bool overDataFile)
    {
        await using var first = await Start("2.3");
        await first.Compact();
        first.Pass(12.4); // The product came at ten, its index is registered at 10.2, and three seconds of work would be seen at fourteen.
        Assert.Equal(300_000, (await first.Index(0)).PendingIndexRows);
        await using var milvus = await Again(first, overDataFile, "2.3");
        milvus.Pass(2.9);
        Assert.Equal(300_000, (await milvus.Index(0)).PendingIndexRows);
        milvus.Pass(0.2);
        Assert.Equal(0, (await milvus.Index(0)).PendingIndexRows);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Old_records_are_looked_for_each_interval_from_the_restart_on(bool overDataFile)
    {
        await using var first = await Start("g5", new() { DropToleranceSeconds = 10, GcIntervalSeconds = 1000 });
        var id = (await first.Compact()).CompactionID;
        first.Pass(900);
        await using var milvus = await Again(first, overDataFile, "g5");
        milvus.Pass(990);
        Assert.Single((await milvus.Plans(id)).MergeInfos);
        milvus.Pass(20);
        Assert.Empty((await milvus.Plans(id)).MergeInfos);
    }

    [Fact]
    public async Task Plans_that_a_server_keeps_begin_anew_at_a_restart()
    {
        await using var milvus = await Start("g4");
        var id = (await milvus.Compact()).CompactionID;
        milvus.Pass(4);
        milvus.Control.Restart();
        milvus.Pass(4);
        Assert.Equal(CompactionState.Executing, (await milvus.State(id)).State);
        milvus.Pass(1);
        Assert.Equal(CompactionState.Completed, (await milvus.State(id)).State);
    }

    private Task<RunningSimulator> Start(string generation, ServerSettings? settings = null) => RunningSimulator.Start(generation, more: o => o with
    {
        DataFile = Path.Combine(_folder.FullName, "world.json"),
        Settings = settings,
    });

    /// <summary>The same process over a kill of the server in it, or another process over the data file.</summary>
    private async Task<RunningSimulator> Again(RunningSimulator first, bool overDataFile, string generation)
    {
        if (!overDataFile)
        {
            first.Control.Restart();
            return first;
        }

        var settings = first.Control.Settings;
        await first.DisposeAsync();
        return await Start(generation, settings);
    }
}
