using Milvus.Optimize.Actors.Outbox;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>So many triggers at once, the others in the order in which they came.</summary>
public sealed class TriggerSlotsTests
{
    private readonly TriggerSlots _slots = new(2);

    [Fact]
    public void Whoever_is_one_too_many_waits_for_its_turn_in_the_order_of_coming()
    {
        Assert.True(_slots.TryTake("a"));
        Assert.True(_slots.TryTake("b"));
        Assert.False(_slots.TryTake("c"));
        Assert.False(_slots.TryTake("d"));
        Assert.False(_slots.TryTake("c"));
        Assert.Equal("c", _slots.Release("a"));
        Assert.Equal("d", _slots.Release("b"));
        Assert.Null(_slots.Release("c"));
    }

    [Fact]
    public void A_call_keeps_its_slot_though_the_one_who_wanted_it_is_gone()
    {
        _slots.TryTake("a");
        _slots.TryTake("b");
        _slots.Pass("a", 1);
        Assert.Null(_slots.Release("a"));
        Assert.False(_slots.TryTake("c"));
        Assert.Equal("c", _slots.Release(1));
    }

    [Fact]
    public void Who_has_one_has_it_and_who_goes_away_loses_its_place()
    {
        Assert.True(_slots.TryTake("a"));
        Assert.True(_slots.TryTake("a"));
        Assert.True(_slots.TryTake("b"));
        Assert.False(_slots.TryTake("c"));
        Assert.Null(_slots.Release("c"));
        Assert.Null(_slots.Release("a"));
        Assert.True(_slots.TryTake("d"));
    }
}
