using Milvus.Optimize.Core.Runs;
using static Milvus.Optimize.Core.Tests.Books;
using static Milvus.Optimize.Core.Tests.Scenario;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Tests;

/// <summary>A recovered incarnation raises the epoch before it does anything, so that every older one's next write fails.</summary>
public sealed class OwnershipTests
{
    [Fact]
    public void Each_owner_has_a_higher_epoch() =>
        Given(Life.Usual.Triggering)
            .When(new C.TakeOwnership(At(1), "node-a")).Then(new E.OwnershipTaken(Stamp(1, attempt: 1, epoch: 1), "node-a"))
            .When(new C.TakeOwnership(At(2), "node-b")).Then(new E.OwnershipTaken(Stamp(2, attempt: 1, epoch: 2), "node-b"));

    [Fact]
    public void An_owner_s_events_carry_its_epoch() =>
        Given(Life.Usual.Reconciling).When(new C.TakeOwnership(At(1), "node-a"))
            .When(new C.RecordReconciliation(At(2), Run1, Segments(10), WaitedOut: true))
            .Then(new E.TriggerReconciled(Stamp(2, attempt: 1, epoch: 1), Triggered: true, ""));

    [Fact]
    public void The_same_is_owed_after_the_hand_over() =>
        Given(Life.Usual.Triggering).When(new C.TakeOwnership(At(1), "node-a")).ThenPending<OptimizeEffect.Trigger>();

    [Fact]
    public void An_idle_collection_needs_no_such_write()
    {
        Given().When(new C.TakeOwnership(At(1), "node-a")).ThenNothing();
        Given(Life.Usual.Succeeded).When(new C.TakeOwnership(At(1), "node-a")).ThenNothing();
    }

    [Fact]
    public void An_event_of_an_older_epoch_is_a_corrupt_history()
    {
        var taken = new E.OwnershipTaken(Stamp(epoch: 1), "node-a");
        Assert.Throws<InvalidOperationException>(() => Given([.. Life.Usual.Inspected, taken, new E.IndexWaitStarted(Stamp(epoch: 0), 7)]));
        Assert.Throws<InvalidOperationException>(() => Given([.. Life.Usual.Inspected, taken, taken]));
    }

    [Fact]
    public void An_event_that_cannot_follow_is_a_corrupt_history()
    {
        Assert.Throws<InvalidOperationException>(() => Given(Life.Usual.Initializing[0], Life.Usual.Initializing[0]));
        Assert.Throws<InvalidOperationException>(() => Given([.. Life.Usual.Compacting, new E.CompactionEnded(Stamp())]));
        Assert.Throws<InvalidOperationException>(() => Given([.. Life.Usual.Succeeded, Life.Usual.Succeeded[^1]]));
    }
}
