using Microsoft.Extensions.Time.Testing;
using Milvus.Optimize.Actors.Supervision;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Actors.Tests.Supervision;

/// <summary>How long a collection that fails is left alone.</summary>
public sealed class RestartPausesTests
{
    private static readonly CollectionKey Books = new(OptimizeHost.Cluster, 1);
    private static readonly CollectionKey Films = new(OptimizeHost.Cluster, 2);
    private readonly FakeTimeProvider _time = new();
    private readonly RestartPauses _pauses;

    public RestartPausesTests() => _pauses = new(_time, new Random(1), TimeSpan.FromSeconds(1));

    [Fact]
    public void The_first_failure_turns_nobody_away_and_the_next_ones_double_up_to_half_a_minute()
    {
        Fails(1, 1.5, rests: false);
        Fails(2, 3, rests: true);
        Fails(4, 6, rests: true);
        Fails(8, 12, rests: true);
    }

    [Fact]
    public void The_sixth_start_in_a_row_without_an_event_waits_for_minutes()
    {
        for (var i = 0; i < 5; i++) Assert.InRange(Stop(Books).Pause.TotalSeconds, 0, 45);
        Fails(60, 90, rests: true);
        Fails(120, 180, rests: true);
        for (var i = 0; i < 20; i++) Stop(Books);
        Fails(600, 900, rests: true);
    }

    [Fact]
    public void Staying_up_for_a_while_does_not_make_a_start_fruitful_but_an_event_does()
    {
        for (var i = 0; i < 5; i++)
        {
            Stop(Books);
            _pauses.Started(Books);
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Fails(60, 90, rests: true);
        _pauses.Started(Books);
        _pauses.Progressed(Books);
        _time.Advance(TimeSpan.FromMinutes(1));
        Fails(1, 1.5, rests: false);
    }

    [Fact]
    public void A_journal_that_is_down_is_not_the_collection_s_fault()
    {
        for (var i = 0; i < 20; i++) Assert.InRange(_pauses.Stopped(Books, byJournal: true).Pause.TotalSeconds, 0, 45);
    }

    [Fact]
    public void One_collection_s_failures_are_not_another_s_and_a_rest_for_want_of_work_is_none()
    {
        Stop(Books);
        Assert.False(Stop(Films).Rests);
        _pauses.Forget(Books);
        Assert.False(Stop(Books).Rests);
    }

    private (TimeSpan Pause, bool Rests) Stop(CollectionKey key) => _pauses.Stopped(key, byJournal: false);

    private void Fails(double least, double most, bool rests)
    {
        var (pause, resting) = Stop(Books);
        Assert.InRange(pause.TotalSeconds, least, most);
        Assert.Equal(rests, resting);
    }
}
