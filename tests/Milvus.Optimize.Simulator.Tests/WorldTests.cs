using Microsoft.Extensions.Time.Testing;
using Milvus.Optimize.Simulator.Model;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>The model without its wire: the same calls at the same moments give the same world, however rarely somebody looks.</summary>
public sealed class WorldTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 22, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Looking_often_or_once_makes_no_difference()
    {
        var often = Merging();
        var once = Merging();
        for (var tenth = 1; tenth <= 600; tenth++) often.AdvanceTo(Start.AddSeconds(tenth / 10.0));
        once.AdvanceTo(Start.AddSeconds(60));

        Assert.Equal(Text(once), Text(often));
        Assert.Single(once.Catalog.Find("default", "books")!.QuerySegments);
    }

    [Fact]
    public void Ids_and_timestamps_only_grow()
    {
        var world = Merging();
        var ids = Enumerable.Range(0, 100).Select(_ => world.NewId()).ToList();
        var timestamps = Enumerable.Range(0, 100).Select(_ => world.NewTimestamp()).ToList();
        Assert.Equal(ids.Order().Distinct(), ids);
        Assert.Equal(timestamps.Order().Distinct(), timestamps);
        Assert.Equal(Start.ToUnixTimeMilliseconds(), (long)(timestamps[0] >> 18));
    }

    [Fact]
    public void A_fast_clock_runs_ahead_and_never_back()
    {
        var time = new FakeTimeProvider(Start);
        var clock = new SimulatedClock(time, speed: 100, notBefore: Start.AddHours(1));
        Assert.Equal(Start.AddHours(1), clock.Now);
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(Start.AddHours(1).AddMinutes(10), clock.Now);
        Assert.Equal(TimeSpan.FromSeconds(3), clock.Until(clock.Now.AddMinutes(5)));
    }

    [Fact]
    public void Old_records_are_collected_by_one_chain_however_often_plans_are_forgotten()
    {
        var world = Merging();
        for (var i = 0; i < 5; i++)
        {
            world.Compactions.ForgetAll(null);
            Assert.Empty(world.State.Tasks);
            Assert.NotEmpty(world.Compactions.Trigger([world.Catalog.Find("default", "books")!], new Model.CompactionAsk(long.MaxValue)).Plans);
        }

        Assert.Single(world.State.Timeline, happening => happening is OldRecordsGo);
    }

    private static World Merging()
    {
        var state = new WorldState { Now = Start, LastId = 470_000_000_000_000_000, IndexBuilderFreeAt = Start };
        state.Databases.Add(new Database(1, "default", 1));
        var world = new World(state, GenerationRules.Of("g4"));
        WorldSetup.Apply(Scenarios.Of("pleasant"), world);
        world.Compactions.Trigger([world.Catalog.Find("default", "books")!], new Model.CompactionAsk(long.MaxValue));
        return world;
    }

    private static string Text(World world) => System.Text.Json.JsonSerializer.Serialize(world.State);
}
