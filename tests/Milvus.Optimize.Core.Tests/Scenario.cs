using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Core.Tests;

/// <summary>A collection's past, and what a command then leads to.</summary>
internal sealed record Scenario(CollectionState State, OptimizePolicy Policy)
{
    public static Scenario Given(params IEnumerable<OptimizeEvent> events) => new(events.Aggregate(CollectionState.Empty, OptimizeState.Apply), OptimizePolicy.Default);

    public Scenario Under(OptimizePolicy policy) => this with { Policy = policy };

    public Outcome When(OptimizeCommand command)
    {
        var decision = OptimizeDecider.Decide(State, command, Policy);
        return new(decision, decision.Events.Aggregate(State, OptimizeState.Apply), Policy);
    }

    /// <summary>For pasts that are told best by what is owed to them.</summary>
    public void ThenPending<TEffect>() where TEffect : OptimizeEffect => Assert.IsType<TEffect>(OptimizeEffects.Pending(State));
}

/// <summary>What a command led to.</summary>
internal sealed record Outcome(Decision Decision, CollectionState State, OptimizePolicy Policy)
{
    public Outcome Then(params IEnumerable<OptimizeEvent> events)
    {
        Assert.Null(Decision.Rejection);
        Assert.Equal(Shape.WithoutTexts(events), Shape.WithoutTexts(Decision.Events));
        return this;
    }

    public Outcome ThenNothing() => Then();

    public Rejection ThenRejected(RejectionReason reason)
    {
        Assert.Empty(Decision.Events);
        Assert.Equal(reason, Decision.Rejection?.Reason);
        return Decision.Rejection!;
    }

    /// <summary>The run ended so; the last event says it.</summary>
    public OptimizeEvent.Ended ThenEnded(RunOutcome outcome, RunEndReason reason)
    {
        Assert.Null(Decision.Rejection);
        var ended = Assert.IsType<OptimizeEvent.Ended>(Decision.Events.LastOrDefault());
        Assert.Equal((outcome, reason), (ended.End.Outcome, ended.End.Reason));
        return ended;
    }

    public Outcome ThenWarned(params IEnumerable<WarningCode> codes)
    {
        Assert.Equal(codes.Order(), Decision.Events.OfType<OptimizeEvent.Warned>().Select(w => w.Warning.Code).Order());
        return this;
    }

    public TEffect ThenPending<TEffect>() where TEffect : OptimizeEffect => Assert.IsType<TEffect>(OptimizeEffects.Pending(State));

    /// <summary>The same collection goes on.</summary>
    public Outcome When(OptimizeCommand command) => new Scenario(State, Policy).When(command);
}
