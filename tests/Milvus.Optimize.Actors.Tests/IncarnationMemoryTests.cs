using Microsoft.Extensions.Time.Testing;
using Milvus.Optimize.Actors.Collections;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;
using R = Milvus.Optimize.Core.Runs.OptimizeRun;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>What an incarnation adds to a look at an unanswered trigger: whether its sender was out of time when the look began.</summary>
public sealed class IncarnationMemoryTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly IncarnationMemory _memory;

    public IncarnationMemoryTests()
    {
        _memory = new(_time, new Random(1), new());
        _memory.Stored(CollectionState.Empty, Reconciling, [new E.OwnershipTaken(new(Run, 2, 1, 1, _time.GetUtcNow()), "b")]);
    }

    private static RunId Run { get; } = new(new(OptimizeHost.Cluster, 7), "01K0000000000000000000000A");

    private CollectionState Reconciling => CollectionState.Empty with
    {
        Run = new R.Reconciling(
            new()
            {
                Run = Run,
                Collection = new("default", "books", 7),
                RequestedName = "books",
                Parameters = new(TargetSize.Automatic, false, false),
                StartedAt = _time.GetUtcNow(),
                ChangedAt = _time.GetUtcNow(),
                Deadline = _time.GetUtcNow(),
            },
            SendBudgets.Default),
    };

    [Fact]
    public void A_look_that_began_in_time_and_was_answered_late_does_not_count()
    {
        _time.Advance(SendBudgets.Default.Total - TimeSpan.FromSeconds(1));
        _memory.LookBegins();
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.False(IsWaitedOut());
        _memory.LookBegins();
        Assert.True(IsWaitedOut());
    }

    [Fact]
    public void A_step_looks_again_once_it_has_looked_or_failed_and_a_cancel_makes_its_next_look_urgent()
    {
        Assert.False(_memory.LooksAgain);
        _memory.Failed();
        Assert.True(_memory.LooksAgain);
        _memory.Answered();
        Assert.False(_memory.LooksAgain);
        _memory.NextLook();
        Assert.True(_memory.LooksAgain);
        _memory.Stored(Reconciling, Reconciling, [new E.CancelRequested(new(Run, 3, 1, 1, _time.GetUtcNow()), "not today")]);
        Assert.False(_memory.LooksAgain);
    }

    private bool IsWaitedOut() => ((C.RecordReconciliation)_memory.Complete(
        Reconciling, new C.RecordReconciliation(_time.GetUtcNow(), Run, [], WaitedOut: false), _time.GetUtcNow())).WaitedOut;
}
