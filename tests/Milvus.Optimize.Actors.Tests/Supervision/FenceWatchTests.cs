using Microsoft.Extensions.Time.Testing;
using Milvus.Optimize.Actors.Supervision;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Actors.Tests.Supervision;

/// <summary>Who was fenced leaves the collection to its other owner for long enough that a run can end.</summary>
public sealed class FenceWatchTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FenceWatch _fences;

    public FenceWatchTests() => _fences = new(_time, new Random(1), TimeSpan.FromSeconds(40), TimeSpan.FromMinutes(30));

    [Fact]
    public void It_stays_away_for_twice_W_and_twice_as_long_each_time()
    {
        Assert.False(_fences.IsReadOnly(Key(1)));
        foreach (var least in new[] { 80, 160, 320, 640 })
        {
            var pause = _fences.Fenced(Key(1));
            Assert.InRange(pause.TotalSeconds, least, least * 1.5);
            _time.Advance(pause - TimeSpan.FromSeconds(1));
            Assert.True(_fences.IsReadOnly(Key(1)));
            _time.Advance(TimeSpan.FromSeconds(2));
            Assert.False(_fences.IsReadOnly(Key(1)));
        }
    }

    [Fact]
    public void It_stays_away_longer_each_time_too_where_a_run_watches_for_half_an_hour_between_two_events()
    {
        var last = TimeSpan.Zero;
        for (var i = 0; i < 6; i++)
        {
            var pause = _fences.Fenced(Key(1));
            Assert.True(pause > last);
            last = pause;
            _time.Advance(pause + TimeSpan.FromMinutes(30));
        }

        Assert.True(last > TimeSpan.FromMinutes(30));
    }

    [Fact]
    public void A_fence_long_after_the_last_one_is_another_story()
    {
        _fences.Fenced(Key(1));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.InRange(_fences.Fenced(Key(1)).TotalSeconds, 80, 120);
    }

    [Fact]
    public void A_write_without_an_answer_excuses_one_refusal_and_none_of_a_duel()
    {
        Assert.False(_fences.MayBeOwn(Key(1)));
        _fences.Unanswered(Key(1));
        Assert.True(_fences.MayBeOwn(Key(1)));
        Assert.False(_fences.IsReadOnly(Key(1)));

        // However often a slow database leaves one without an answer: whoever is refused again has a rival.
        _fences.Unanswered(Key(1));
        Assert.False(_fences.MayBeOwn(Key(1)));
        Assert.InRange(_fences.Fenced(Key(1)).TotalSeconds, 80, 120);
        _fences.Unanswered(Key(1));
        Assert.False(_fences.MayBeOwn(Key(1)));
        _time.Advance(TimeSpan.FromHours(1));
        _fences.Unanswered(Key(1));
        Assert.True(_fences.MayBeOwn(Key(1)));
        Assert.False(_fences.Unready);
    }

    [Fact]
    public void A_duel_that_is_long_over_is_not_remembered()
    {
        for (var id = 1; id <= 9; id++) _fences.Fenced(Key(id));
        _time.Advance(TimeSpan.FromHours(1));
        _fences.Fenced(Key(10));
        Assert.Equal(1, _fences.Count);
    }

    [Fact]
    public void Three_collections_within_a_minute_make_the_node_unready_until_it_is_kept_from_none()
    {
        _fences.Fenced(Key(1));
        _fences.Fenced(Key(1));
        _fences.Fenced(Key(2));
        Assert.False(_fences.Unready);
        _fences.Fenced(Key(3));
        Assert.True(_fences.Unready);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.True(_fences.Unready);
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.False(_fences.Unready);
    }

    [Fact]
    public void Three_collections_one_after_the_other_do_not()
    {
        foreach (var id in new[] { 1, 2, 3 })
        {
            _fences.Fenced(Key(id));
            _time.Advance(TimeSpan.FromSeconds(31));
        }

        Assert.False(_fences.Unready);
    }

    private static CollectionKey Key(long id) => new(OptimizeHost.Cluster, id);
}
