using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using static Milvus.Optimize.Core.Tests.Books;
using static Milvus.Optimize.Core.Tests.Scenario;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Tests;

/// <summary>A management port shows merges without their ids: what it shows may prove that a trigger was carried out, what it does not show proves nothing.</summary>
public sealed class ManagementPortTests
{
    [Fact]
    public void A_merge_of_candidates_alone_is_what_the_trigger_started_and_is_followed_by_its_segments()
    {
        var found = Given(Life.Usual.Reconciling).When(Reconcile([Work(1, 2)]));
        found.Then(new E.TriggerReconciled(Stamp(5, attempt: 1), Triggered: true, ""));
        Assert.Null(found.ThenPending<OptimizeEffect.ObserveCompaction>().CompactionId);
        Assert.Null(found.State.Lane!.CompactionId);
    }

    [Fact]
    public void Before_W_is_over_it_proves_nothing() => Given(Life.Usual.Reconciling).When(Reconcile([Work(1, 2)]) with { WaitedOut = false }).ThenNothing();

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(-1, false)]
    public void One_that_is_over_counts_from_the_second_of_the_intent_on(int seconds, bool triggered) =>
        Given(Life.Usual.Reconciling).When(Reconcile([Over(At(0).AddSeconds(seconds), 1, 2)])).Then(new E.TriggerReconciled(Stamp(5, attempt: 1), triggered, ""));

    [Fact]
    public void The_intent_within_a_second_and_the_port_tells_whole_ones()
    {
        var intent = new E.IntentAccepted(Stamp(attempt: 1) with { At = At(1).AddMilliseconds(700) }, SendBudgets.Default);
        Given([.. Life.Usual.Compacting, intent, new E.TriggerOutcomeUnknown(Stamp(1.5, attempt: 1), "")]).When(Reconcile([Over(At(1), 1, 2)]))
            .Then(new E.TriggerReconciled(Stamp(5, attempt: 1), Triggered: true, ""));
    }

    [Fact]
    public void Nothing_elsewhere_beside_without_a_time_or_without_segments_is_taken_for_it()
    {
        foreach (var other in new[] { Work(90), Work(1, 90), Over(null, 1, 2), Work() })
            Given(Life.Usual.Reconciling).When(Reconcile([other])).Then(new E.TriggerReconciled(Stamp(5, attempt: 1), Triggered: false, ""));
    }

    [Fact]
    public void It_does_not_speak_against_segments_that_are_gone() =>
        Given(Life.Usual.Reconciling).When(Reconcile([]) with { Segments = Segments(10, 3) }).Then(new E.TriggerReconciled(Stamp(5, attempt: 1), Triggered: true, ""));

    [Fact]
    public void Nothing_shown_is_no_proof_where_segments_cannot_be_seen() =>
        Given(Life.Usual.Reconciling).When(Reconcile([]) with { Segments = null }).Then(new E.OperatorNeeded(Stamp(5, attempt: 1), ""));

    [Fact]
    public void While_it_shows_the_merge_segments_that_stand_still_are_no_end_of_it()
    {
        Follow([Work(1, 2)]).ThenNothing();
        Follow([Work(90)]).Then(new E.CompactionEnded(Stamp(60, attempt: 1)));
        Follow([Over(At(1), 1, 2)]).Then(new E.CompactionEnded(Stamp(60, attempt: 1)));
    }

    private static ListedTask Work(params ImmutableArray<long> sources) => new(sources, AtWork: true, At(-60));

    private static ListedTask Over(DateTimeOffset? started, params ImmutableArray<long> sources) => new(sources, AtWork: false, started);

    private static C.RecordReconciliation Reconcile(ImmutableArray<ListedTask> tasks) => new(At(5), Run1, Segments(1, 2, 3), WaitedOut: true) { Tasks = tasks };

    private static Outcome Follow(ImmutableArray<ListedTask> tasks) =>
        Given(Life.Usual.FoundBySegments).When(new C.RecordCompaction(At(60), Run1, new(null, Segments(1, 2, 3), Settled: true) { Tasks = tasks }));
}
