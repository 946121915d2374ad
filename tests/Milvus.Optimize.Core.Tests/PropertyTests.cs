using CsCheck;
using Milvus.Optimize.Core.Runs;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Tests;

/// <summary>What holds for every interleaving of callers, people, answers, crashes and zombies. A failure prints its seed.</summary>
public sealed class PropertyTests
{
    private const int Cases = 2000;
    private static readonly Gen<byte[]> Tapes = Gen.Byte.Array[0, 600];

    [Fact]
    public void Whatever_is_decided_can_be_folded_and_read_again() => Tapes.Sample(tape =>
    {
        var shell = new TinyShell(tape) { AtRecovery = (lost, read) => Assert.Equal(Shape.Of(lost), Shape.Of(read)) }.Run();
        Assert.Equal(Shape.Of(shell.State), Shape.Of(shell.Journal.Aggregate(CollectionState.Empty, OptimizeState.Apply)));
        Assert.Equal(shell.Journal.Count, shell.State.Revision);
    }, iter: Cases);

    [Fact]
    public void Something_is_owed_exactly_while_a_run_can_go_on() => Tapes.Sample(tape =>
        new TinyShell(tape)
        {
            Check = (_, _, state) => Assert.Equal(state.Run is OptimizeRun.Active and not OptimizeRun.NeedsOperator, OptimizeEffects.Pending(state) is not null),
        }.Run(), iter: Cases);

    [Fact]
    public void A_run_ends_once_and_nothing_of_it_follows_but_evidence() => Tapes.Sample(tape =>
    {
        var journal = new TinyShell(tape).Run().Journal;
        foreach (var run in journal.GroupBy(e => e.Stamp.Run))
        {
            var after = run.SkipWhile(e => e is not E.Ended).Skip(1);
            Assert.All(after, e => Assert.True(e is E.LateOutcomeStored or E.LaneFreed, $"{e.GetType().Name} follows the end"));
        }
    }, iter: Cases);

    [Fact]
    public void The_same_request_again_adds_nothing() => Tapes.Sample(tape =>
    {
        var shell = default(TinyShell)!;
        shell = new TinyShell(tape)
        {
            AfterCommand = command =>
            {
                if (command is not OptimizeCommand.Start start) return;
                var again = OptimizeDecider.Decide(shell.State, start, OptimizePolicy.Default);
                Assert.Empty(again.Events);
                if (shell.State.Requests.TryGetValue(start.Key, out var known) && known.Parameters == start.Parameters) Assert.Equal(known.Run, again.Run);
                else Assert.NotNull(again.Rejection);
            },
        };
        shell.Run();
    }, iter: Cases);

    [Fact]
    public void A_trigger_is_sent_at_most_once_per_attempt() => Tapes.Sample(tape =>
    {
        var sends = new TinyShell(tape).Run().Sends;
        Assert.All(sends, s => Assert.Equal(1, s.Value));
    }, iter: Cases);

    [Fact]
    public void No_intent_is_accepted_while_another_is_unresolved() => Tapes.Sample(tape =>
        new TinyShell(tape) { Check = (before, e, _) => Assert.False(e is E.IntentAccepted && before.Lane is not null, "the lane is taken") }.Run(), iter: Cases);

    [Fact]
    public void An_attempt_has_one_intent() => Tapes.Sample(tape =>
    {
        var intents = new TinyShell(tape).Run().Journal.OfType<E.IntentAccepted>().Select(i => (i.Stamp.Run, i.Stamp.Attempt)).ToList();
        Assert.Equal(intents.Distinct(), intents);
    }, iter: Cases);

    [Fact]
    public void Epochs_rise_with_every_owner_and_with_nothing_else() => Tapes.Sample(tape =>
        new TinyShell(tape) { Check = (before, e, after) => Assert.Equal(before.Epoch + (e is E.OwnershipTaken ? 1 : 0), after.Epoch) }.Run(), iter: Cases);

    // Properties of runs that never get anywhere would hold for a shell that does nothing.
    [Fact]
    public void The_tapes_reach_every_kind_of_event()
    {
        var kinds = new HashSet<string>();
        Tapes.Sample(tape =>
        {
            var seen = new TinyShell(tape).Run().Journal.Select(e => e.GetType().Name).ToList();
            lock (kinds) kinds.UnionWith(seen);
        }, iter: Cases);
        Assert.Equal(typeof(OptimizeEvent).GetNestedTypes().Select(t => t.Name).Order(), kinds.Order());
    }
}
