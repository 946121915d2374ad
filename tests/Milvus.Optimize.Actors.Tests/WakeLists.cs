using Microsoft.Extensions.Time.Testing;
using Milvus.Optimize.Actors.Placement;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Actors.Tests;

public sealed class WakeLists
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private readonly FakeTimeProvider _time = new();
    private readonly WakeList _list;

    public WakeLists() => _list = new(_time, Pause, 3);

    [Fact]
    public void Some_at_a_time_and_each_once_until_the_pause_is_over()
    {
        foreach (var key in Keys(1, 2, 3, 2)) _list.Add(key);
        Assert.Equal(Keys(1, 2), _list.Next(2));
        Assert.Equal(Keys(3), _list.Next(2));
        Assert.Empty(_list.Next(2));
        Assert.False(_list.IsEmpty);
        _time.Advance(Pause);
        Assert.Equal(Keys(1, 2), _list.Next(2));
    }

    [Fact]
    public void What_is_confirmed_is_not_asked_for_again()
    {
        foreach (var key in Keys(1, 2, 3)) _list.Add(key);
        _list.Confirmed(Key(3));
        Assert.Equal(Keys(1, 2), _list.Next(9));
        _list.Confirmed(Key(1));
        _time.Advance(Pause);
        Assert.Equal(Keys(2), _list.Next(9));
        _list.Confirmed(Key(2));
        Assert.True(_list.IsEmpty);
        _time.Advance(Pause);
        Assert.Empty(_list.Next(9));
    }

    [Fact]
    public void What_comes_new_does_not_wait_behind_what_was_asked_for()
    {
        _list.Add(Key(1));
        Assert.Equal(Keys(1), _list.Next(9));
        _list.Add(Key(2));
        Assert.Equal(Keys(2), _list.Next(9));
    }

    [Fact]
    public void What_is_asked_for_in_vain_is_told_once()
    {
        foreach (var key in Keys(1, 2)) _list.Add(key);
        for (var i = 0; i < 3; i++)
        {
            Assert.Empty(_list.TakeInVain());
            Assert.Equal(2, _list.Next(9).Count);
            _time.Advance(Pause);
        }

        _list.Confirmed(Key(2));
        for (var i = 0; i < 9; i++)
        {
            Assert.Equal(Keys(1), _list.Next(9));
            Assert.Equal(i == 0 ? Keys(1) : [], _list.TakeInVain());
            _time.Advance(Pause);
        }

        _list.Confirmed(Key(1));
        Assert.True(_list.IsEmpty);
        Assert.Empty(_list.TakeInVain());
    }

    private static CollectionKey Key(long id) => new(new("dev"), id);

    private static List<CollectionKey> Keys(params long[] ids) => [.. ids.Select(Key)];
}
